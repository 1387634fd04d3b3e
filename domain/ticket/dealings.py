"""How a due time is set, and how parts of a contact are redacted."""

from __future__ import annotations

from deskledger.domain.errors import CommandRefused
from deskledger.domain.shapes import instant_text
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.due import Due, DueChange, SetDue, TicketDueSet
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.redaction import InteractionRedacted, RedactInteraction
from deskledger.domain.ticket.status import Status


def decide_due(case: Case, command: SetDue) -> list[TicketEvent]:
    """Set the due time, or take it away.

    Raises:
        CommandRefused: the ticket is closed, or was opened after that time.
    """
    case.refuse_late()
    case.refuse(Status.CLOSED)
    due_at, opened_at = command.due_at, case.state.began_at
    if due_at is not None and due_at < opened_at:
        facts = {"occurred_at": instant_text(due_at), "opened_at": instant_text(opened_at)}
        raise CommandRefused("time_before_opening", facts)
    before, since = case.state.due.held(case.at)
    after = Due(due_at, command.promised and due_at is not None)
    if before == after:
        return []
    event = TicketDueSet.model_construct(
        occurred_at=case.at,
        by=case.by,
        due=DueChange.model_construct(before=before.at, after=after.at, since=since),
        promised=after.promised,
        reason=command.reason or ("promised" if after.promised else "manual"),
    )
    return [event]


def decide_redaction(case: Case, command: RedactInteraction) -> list[TicketEvent]:
    """Redact what was not redacted yet of the stated parts.

    Raises:
        CommandRefused: the ticket has no such contact, or this no such part; or all was redacted.
    """
    known = case.state.interactions.get(command.interaction)
    stated = command.parts
    if known is None or not known.parts.issuperset(stated or ()):
        raise CommandRefused("interaction_unknown", {"interaction": command.interaction})
    asked = known.parts if stated is None else frozenset(stated)
    left = asked - known.redacted
    if not left:
        raise CommandRefused("already_redacted", {"interaction": command.interaction})
    event = InteractionRedacted.model_construct(
        occurred_at=case.at,
        by=case.by,
        interaction=command.interaction,
        parts=tuple(sorted(left)),
        reason=command.reason,
    )
    return [event]
