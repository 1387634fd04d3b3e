"""The rules of a ticket: which events a command causes, if the desk accepts it."""

from __future__ import annotations

from deskledger.domain.contact import ContactEvent
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.moments import unknown_stream
from deskledger.domain.ticket.assignment import decide_party
from deskledger.domain.ticket.attributes import decide_attribute
from deskledger.domain.ticket.case import Case, Turn
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contacts import decide_contact
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
from deskledger.domain.ticket.opening import decide_opening
from deskledger.domain.ticket.past import decide_past_status
from deskledger.domain.ticket.standing import decide_status
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.together import (
    ContactPart,
    Part,
    PartyPart,
    StatusPart,
    TicketCommand,
    Together,
)


def decide(
    state: TicketState | None, command: TicketCommand, context: Context
) -> list[TicketEvent]:
    """Give the events that a command causes; an empty list when there is nothing to do.

    Raises:
        CommandRefused: the rules do not allow it.
    """
    if isinstance(command, Together):
        return _decide_together(state, command, context)
    turn = Turn(context, command.occurred_at, command.by, 0, opening=False)
    return _decide_part(state, command, turn)


def _decide_together(
    state: TicketState | None, together: Together, context: Context
) -> list[TicketEvent]:
    """Decide each part on what the one before left; the first refusal refuses all."""
    opening = isinstance(together.parts[0], OpenTicket)
    events: list[TicketEvent] = []
    for index, part in enumerate(together.parts):
        stated = part.occurred_at or together.occurred_at
        turn = Turn(context, stated, part.by or together.by, index, opening=opening)
        try:
            caused = _decide_part(state, part, turn)
        except CommandRefused as refused:
            raise CommandRefused(refused.code, {"index": index, **refused.facts}) from None
        for event in caused:
            state = evolve(state, event, 1 if state is None else state.version + 1)
        events += caused
    return sorted(events, key=_place)


def _decide_part(state: TicketState | None, command: Part, turn: Turn) -> list[TicketEvent]:
    context = turn.context
    if isinstance(command, OpenTicket):
        return [*decide_opening(state, command, turn)]
    if state is None:
        raise unknown_stream(context)
    case = Case.of(state, turn)
    if isinstance(command, ContactPart):
        return decide_contact(case, command)
    if isinstance(command, StatusPart):
        return (decide_past_status if context.history else decide_status)(case, command)
    if isinstance(command, PartyPart):
        return decide_party(case, command)
    return decide_attribute(case, command)


def _place(event: TicketEvent) -> int:
    """Where an event stands in its commit: opening, contact, assignment, status, others."""
    match event:
        case TicketOpened():
            return 0
        case ContactEvent():
            return 1
        case TicketAssigned():
            return 2
        case (
            TicketActivated() | TicketPaused() | TicketSolved() | TicketReopened() | TicketClosed()
        ):
            return 3
        case _:
            return 4
