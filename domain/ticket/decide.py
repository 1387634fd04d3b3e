"""The rules of a ticket: which events a command causes, if the desk accepts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.moments import moment, unknown_stream
from deskledger.domain.references import LinkReference, UnlinkReference
from deskledger.domain.ticket.assignment import decide_party
from deskledger.domain.ticket.attributes import decide_attribute
from deskledger.domain.ticket.case import Case, Turn
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.clock_recording import clock_events
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.configured import check_configured
from deskledger.domain.ticket.contact_events import (
    CallLogged,
    CustomerMessageReceived,
    NoteAdded,
    ReplySent,
)
from deskledger.domain.ticket.contacts import decide_contact
from deskledger.domain.ticket.dealings import decide_due, decide_redaction
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.escalating import decide_escalation
from deskledger.domain.ticket.escalation import EscalateTicket
from deskledger.domain.ticket.events import (
    TicketActivated,
    TicketAssigned,
    TicketClosed,
    TicketEvent,
    TicketOpened,
    TicketPaused,
    TicketReopened,
    TicketSolved,
)
from deskledger.domain.ticket.evolve import evolve
from deskledger.domain.ticket.follow_on import decide_follow_on
from deskledger.domain.ticket.linking import decide_relation
from deskledger.domain.ticket.opening import decide_opening
from deskledger.domain.ticket.participation import decide_participants
from deskledger.domain.ticket.past import decide_past_status
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.domain.ticket.relations import Merged
from deskledger.domain.ticket.standing import decide_status
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.together import (
    AttributePart,
    ContactPart,
    FollowOn,
    Part,
    ParticipantPart,
    PartyPart,
    RelationPart,
    StatusPart,
    TicketCommand,
    Together,
)

Decider = Callable[[Case, Any], list[TicketEvent]]

# What a ticket that has become a part of another still takes.
_OF_MERGED = LinkReference | UnlinkReference | RedactInteraction


def decide(
    state: TicketState | None, command: TicketCommand, context: Context
) -> list[TicketEvent]:
    """Give the events that a command causes; an empty list when there is nothing to do.

    Raises:
        CommandRefused: the rules do not allow it.
    """
    if isinstance(command, ObserveClocks):
        return _observe(state, command, context)
    if isinstance(command, Together):
        events = _decide_together(state, command, context)
    else:
        turn = Turn(context, command.occurred_at, command.by, 0, opening=False)
        events = _decide_part(state, command, turn)
    return [*events, *clock_events(state, events, context)] if events else events


def _observe(
    state: TicketState | None, command: ObserveClocks, context: Context
) -> list[TicketEvent]:
    if state is None:
        raise unknown_stream(context)
    moment(state, command.occurred_at, context)
    return [*clock_events(state, [], context)]


def _decide_together(
    state: TicketState | None, together: Together, context: Context
) -> list[TicketEvent]:
    """Decide each part on what the one before left; the first refusal refuses all."""
    opening = isinstance(together.parts[0], OpenTicket)
    events: list[TicketEvent] = []
    caused: list[TicketEvent] = []
    for index, part in enumerate(together.parts):
        for event in caused:
            state = evolve(state, event, 1 if state is None else state.version + 1)
        stated = part.occurred_at or together.occurred_at
        turn = Turn(context, stated, part.by or together.by, index, opening=opening)
        try:
            caused = _decide_part(state, part, turn)
        except CommandRefused as refused:
            raise CommandRefused(refused.code, {"index": index, **refused.facts}) from None
        events += caused
    return sorted(events, key=_place) if len(events) > 1 else events


def _decide_part(
    state: TicketState | None, command: Part | FollowOn, turn: Turn
) -> list[TicketEvent]:
    if isinstance(command, OpenTicket):
        return decide_opening(state, command, turn)
    if state is None:
        raise unknown_stream(turn.context)
    if isinstance(command, FollowOn):
        return decide_follow_on(state, command, turn)
    case = Case.of(state, turn)
    if not isinstance(command, _OF_MERGED):
        case.refuse_merged()
    events = _DECIDERS[type(command)](case, command)
    if events and not case.history:
        check_configured(case, command)
    return events


def _decide_any_status(case: Case, command: StatusPart) -> list[TicketEvent]:
    return (decide_past_status if case.history else decide_status)(case, command)


def _by_type(*deciders: tuple[Any, Decider]) -> dict[type[Part], Decider]:
    """Each type of part with what decides it: one look instead of a dozen questions."""
    return {shape: decider for union, decider in deciders for shape in get_args(union) or (union,)}


_DECIDERS = _by_type(
    (ContactPart, decide_contact),
    (StatusPart, _decide_any_status),
    (PartyPart, decide_party),
    (AttributePart, decide_attribute),
    (RelationPart, decide_relation),
    (ParticipantPart, decide_participants),
    (SetDue, decide_due),
    (EscalateTicket, decide_escalation),
    (RedactInteraction, decide_redaction),
)


def _place(event: TicketEvent) -> int:
    """Where an event stands in its commit: opening, contact, assignment, status, others."""
    return _PLACES.get(type(event), len(_IN_ORDER))


_IN_ORDER = (
    (TicketOpened,),
    (CustomerMessageReceived, ReplySent, NoteAdded, CallLogged),
    (TicketAssigned,),
    (TicketActivated, TicketPaused, TicketSolved, TicketReopened, TicketClosed, Merged),
)
_PLACES: dict[type[TicketEvent], int] = {
    shape: place for place, shapes in enumerate(_IN_ORDER) for shape in shapes
}
