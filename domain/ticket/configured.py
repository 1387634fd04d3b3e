"""What the desk's configuration asks of a command that would change a ticket.

It is asked last: a ticket that is closed already, or a command that changes nothing, is answered
so, whatever the configuration says.
"""

from __future__ import annotations

from typing import Any

from deskledger.domain.commands import Command
from deskledger.domain.fields import SetFields
from deskledger.domain.shapes import Erased
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.codes import check_codes
from deskledger.domain.ticket.commands import SolveTicket
from deskledger.domain.ticket.field_rules import check_fields, check_required
from deskledger.domain.ticket.ticket_types import type_of


def check_configured(case: Case, command: Command) -> None:
    """Refuse codes that the desk does not have, and fields that the ticket's type does not allow.

    Raises:
        CommandRefused: ``code_unknown``, ``field_unknown``, ``field_invalid``, ``field_missing``.
    """
    check_codes(command, case.context)
    if isinstance(command, SetFields):
        _check_set(case, command)
    elif isinstance(command, SolveTicket):
        check_required(type_of(case), "solve", _there(case))


def _check_set(case: Case, command: SetFields) -> None:
    configured = type_of(case)
    check_fields(configured, command.fields, command.personal_fields)
    cleared = {
        name
        for names in (command.fields, command.personal_fields)
        for name, value in names.items()
        if value is None
    }
    if cleared:
        # What was never set is not missed now: only what is being taken away is.
        kept = {one.code for one in configured.required("open")} - cleared
        check_required(configured, "open", kept)


def _there(case: Case) -> set[str]:
    """The fields that are set as of the command's time; an erased value was set."""
    held: tuple[tuple[str, Any], ...] = (
        *case.state.fields.items(),
        *case.state.personal_fields.items(),
    )
    values = ((name, timeline.held(case.at)[0]) for name, timeline in held)
    return {name for name, value in values if value is not None or isinstance(value, Erased)}
