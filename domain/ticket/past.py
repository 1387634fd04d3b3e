"""How imported tickets change their status: from any to any except new, without guards.

A command says which status the source's ticket had; it never depends on the status that the desk
knows, so the same source row gives the same command for ever.
"""

from __future__ import annotations

from typing import assert_never

from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.changes import activated, reopened
from deskledger.domain.ticket.commands import (
    CloseTicket,
    HoldTicket,
    PendTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    WakeTicket,
)
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.evolve import evolve
from deskledger.domain.ticket.standing import closed, paused, solved
from deskledger.domain.ticket.status import SETTLED, Status
from deskledger.domain.ticket.together import StatusPart

UNSTATED = "unstated"
"""The reason or resolution where the source tells none."""


def decide_past_status(case: Case, command: StatusPart) -> list[TicketEvent]:
    """Bring the ticket to the command's status; an empty list where it has it already."""
    match command:
        case PendTicket():
            return _paused(case, command, Status.PENDING)
        case HoldTicket():
            return _paused(case, command, Status.ON_HOLD)
        case ResumeTicket() | ReopenTicket():
            return _opened(case, command.reason)
        case WakeTicket():
            return _opened(case, "woke")
        case SolveTicket():
            resolution = command.resolution or UNSTATED
            stays = case.status is Status.SOLVED
            return [] if stays else [solved(case, command, resolution)]
        case CloseTicket():
            stays = case.status is Status.CLOSED
            return [] if stays else [closed(case, command.reason or "settled")]
        case _:
            assert_never(command)


def _opened(case: Case, reason: str | None) -> list[TicketEvent]:
    if case.status is Status.OPEN:
        return []
    if case.status in SETTLED:
        return [reopened(case, reason or UNSTATED)]
    return [activated(case, reason or "resumed")]


def _paused(case: Case, command: PendTicket | HoldTicket, status: Status) -> list[TicketEvent]:
    """A settled ticket is reopened first, at the same time."""
    if case.status not in SETTLED:
        return paused(case, command, status, unstated=UNSTATED)
    again = reopened(case, UNSTATED)
    state = evolve(case.state, again, case.state.version + 1)
    return [again, *paused(case._replace(state=state), command, status, unstated=UNSTATED)]
