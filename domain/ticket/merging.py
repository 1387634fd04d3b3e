"""How tickets become one: always the younger a part of the older, so that no ring can arise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from deskledger.domain.errors import CommandRefused, InvalidInput
from deskledger.domain.shapes import instant_text
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.changes import status_change
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.relation_commands import MergeTicket
from deskledger.domain.ticket.relations import Merged
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.status import Status

StateOf = Callable[[str], TicketState | None]


def decide_merge(case: Case, command: MergeTicket) -> list[TicketEvent]:
    """Make this ticket a part of the older one that is named.

    Raises:
        CommandRefused: one of the two is closed, the other is not known, is this one, or is
            itself a part of another.
        InvalidInput: this is the older one; the fact ``stream`` names the younger.
    """
    if case.late and not case.history:
        raise _late(case)
    case.refuse(Status.CLOSED)
    other = other_ticket(case, command.ticket)
    mine, own = case.context.part, case.state
    if (own.began_at, mine) < (other.began_at, command.ticket):
        younger = f"ticket/{command.ticket}"
        told = f"This ticket is the older of the two; put the merge to the younger, {younger}."
        raise InvalidInput(told, stream=younger)
    if not case.history and other.status.present is Status.CLOSED:
        facts = {"ticket": command.ticket, "since": instant_text(_closed_since(other))}
        raise CommandRefused("ticket_closed", facts)
    closed = case.status is Status.CLOSED
    status = None if closed else status_change(case, Status.CLOSED)
    return [
        Merged.model_construct(occurred_at=case.at, by=case.by, into=command.ticket, status=status)
    ]


def other_ticket(case: Case, ticket: str) -> TicketState:
    """The state of another ticket that a command names.

    Raises:
        CommandRefused: it is this one, is not known, or was merged into another.
    """
    if ticket == case.context.part:
        raise CommandRefused("link_to_itself", {"ticket": ticket})
    state: Any = case.context.state_of("ticket", ticket)
    return known_ticket(ticket, state)


def known_ticket(ticket: str, state: TicketState | None) -> TicketState:
    """The state of a ticket that a command names, if it may be named.

    Raises:
        CommandRefused: there is no such ticket, or it was merged into another.
    """
    if state is None:
        raise CommandRefused("link_unknown", {"ticket": ticket})
    if state.merged is not None:
        raise CommandRefused("already_merged", {"ticket": ticket, "into": state.merged.into})
    return state


def younger_first(one: tuple[str, TicketState], other: tuple[str, TicketState]) -> tuple[str, str]:
    """The ids of two tickets, the younger first: by opening, then by id; neither ever changes."""
    first, second = sorted((one, other), key=lambda each: (each[1].began_at, each[0]))
    return second[0], first[0]


def survivor(ticket: str, state_of: StateOf) -> str:
    """The ticket of which this one has become a part, however often that was merged again.

    Args:
        ticket: an id.
        state_of: gives the state of a ticket by its id, None where it does not exist.
    """
    # It ends: each merge leads to an older ticket.
    while (state := state_of(ticket)) is not None and state.merged is not None:
        ticket = state.merged.into
    return ticket


def _closed_since(state: TicketState) -> datetime:
    return state.status.held(state.latest_at)[1]


def _late(case: Case) -> CommandRefused:
    """The refusal of a merge in the past: what came after it would belong to another ticket."""
    at, latest_at = instant_text(case.at), instant_text(case.state.latest_at)
    return CommandRefused("late_not_permitted", {"occurred_at": at, "latest_at": latest_at})
