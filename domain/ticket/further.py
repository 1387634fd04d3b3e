"""How a ticket changes by its ties to others, a due time, an escalation, and a redaction."""

from __future__ import annotations

from typing import Any, assert_never

from deskledger.domain.ticket.due import Due, TicketDueSet
from deskledger.domain.ticket.escalation import TicketEscalated
from deskledger.domain.ticket.interactions import redacted
from deskledger.domain.ticket.participants import (
    ParticipantsChanged,
    filed_participants,
    requester_after,
)
from deskledger.domain.ticket.redaction import InteractionRedacted
from deskledger.domain.ticket.relations import LinksChanged, Merged, filed_links
from deskledger.domain.ticket.state import Merging, TicketState

Further = (
    LinksChanged
    | Merged
    | ParticipantsChanged
    | TicketDueSet
    | TicketEscalated
    | InteractionRedacted
)


def further_changes(state: TicketState, event: Further, version: int) -> dict[str, Any]:
    """The state's fields that an event changes, by name."""
    at = event.occurred_at
    match event:
        case LinksChanged():
            links = filed_links(state.links, event, began_at=state.began_at, version=version)
            return {"links": links}
        case Merged():
            return _merged(state, event, version)
        case ParticipantsChanged():
            return _participants(state, event, version)
        case TicketDueSet():
            due = Due(event.due.after, event.promised)
            return {"due": state.due.filed(at, version, due)}
        case TicketEscalated():
            return {"escalation": state.escalation.filed(event, version)}
        case InteractionRedacted():
            return {"interactions": redacted(state.interactions, event)}
        case _:
            assert_never(event)


def _merged(state: TicketState, event: Merged, version: int) -> dict[str, Any]:
    at = event.occurred_at
    changes: dict[str, Any] = {"merged": Merging(event.into, at, version)}
    if event.status is not None:
        changes["status"] = state.status.filed(at, version, event.status.after)
    return changes


def _participants(state: TicketState, event: ParticipantsChanged, version: int) -> dict[str, Any]:
    known, began_at = state.participants, state.began_at
    filed = filed_participants(known, event, began_at=began_at, version=version)
    changes: dict[str, Any] = {"participants": filed}
    requester = requester_after(event)
    if requester is not None:
        changes["requester"] = state.requester.filed(event.occurred_at, version, requester[0])
    return changes
