"""How commands change a ticket's status; ``past`` does it for imported tickets."""

from __future__ import annotations

from typing import Any, assert_never

from deskledger.domain.errors import CommandRefused
from deskledger.domain.ticket.assignment import assigned, taking_party
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.changes import activated, reopened, status_change
from deskledger.domain.ticket.commands import (
    CloseTicket,
    HoldTicket,
    PendTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    WakeTicket,
)
from deskledger.domain.ticket.events import (
    TicketClosed,
    TicketEvent,
    TicketPaused,
    TicketSolved,
)
from deskledger.domain.ticket.relations import links_at
from deskledger.domain.ticket.status import PAUSED, SETTLED, Status
from deskledger.domain.ticket.together import StatusPart

UNSETTLED_CLOSE_REASONS = ("withdrawn", "spam", "duplicate", "test")
"""Reasons for which a ticket may be closed that was not solved."""


def decide_status(case: Case, command: StatusPart) -> list[TicketEvent]:
    """Change the status as the state machine says; an empty list where it stays.

    Raises:
        CommandRefused: the status, or something missing, does not allow it.
    """
    case.refuse_late()
    events: list[TicketEvent]
    match command:
        case PendTicket():
            events = _pause(case, command, Status.PENDING)
        case HoldTicket():
            events = _pause(case, command, Status.ON_HOLD)
        case ResumeTicket():
            events = _resume(case, command.reason or "resumed")
        case WakeTicket():
            events = _wake(case)
        case SolveTicket():
            events = _solve(case, command)
        case ReopenTicket():
            events = _reopen(case, command)
        case CloseTicket():
            events = _close(case, command)
        case _:
            assert_never(command)
    return events


def _pause(case: Case, command: PendTicket | HoldTicket, status: Status) -> list[TicketEvent]:
    case.refuse(Status.SOLVED, Status.CLOSED)
    return paused(case, command, status)


def paused(
    case: Case, command: PendTicket | HoldTicket, status: Status, *, unstated: str | None = None
) -> list[TicketEvent]:
    """The event by which a ticket waits; none where it waits for this reason until then already.

    In the status that it has already, a reason or ``until`` that is not stated stays.

    Raises:
        CommandRefused: no reason is stated, none is known and none is given for ``unstated``.
    """
    reason, until = command.reason, command.until
    if case.status is status:
        pause = case.state.pauses.held(case.at)[0]
        reason = reason or pause.reason
        until = until if command.states("until") else pause.until
        if (reason, until) == pause:
            return []
    reason = reason or unstated
    if reason is None:
        raise CommandRefused("reason_required", {"status": status.value})
    change = status_change(case, status)
    event = TicketPaused.model_construct(
        occurred_at=case.at, by=case.by, status=change, reason=reason, until=until
    )
    return [event]


def _resume(case: Case, reason: str) -> list[TicketEvent]:
    case.refuse(Status.SOLVED, Status.CLOSED)
    return [] if case.status is Status.OPEN else [activated(case, reason)]


def _wake(case: Case) -> list[TicketEvent]:
    """Resume, but only once the pause is over: the waker's reason must still hold."""
    until = case.state.pauses.held(case.at)[0].until
    if case.status in PAUSED and (until is None or until > case.at):
        return []
    return _resume(case, "woke")


def _solve(case: Case, command: SolveTicket) -> list[TicketEvent]:
    case.refuse(Status.CLOSED)
    if case.status is Status.SOLVED:
        return []
    if command.resolution is None:
        raise CommandRefused("resolution_required")
    _refuse_blocked(case)
    taken: list[TicketEvent] = []
    if case.agent is not None and case.party.agent is None:
        taken = [*assigned(case, taking_party(case), "taken")]
    return [*taken, solved(case, command, command.resolution)]


def _refuse_blocked(case: Case) -> None:
    """Refuse to solve before the children that block; one that is settled does so no longer."""
    waiting = []
    for link in links_at(case.state.links, case.at):
        if link.relation == "child" and link.blocking:
            child: Any = case.context.state_of("ticket", link.ticket)
            if child is None or child.status.present not in SETTLED:
                waiting.append(link.ticket)
    if waiting:
        raise CommandRefused("blocked_by_ticket", {"tickets": sorted(waiting)})


def solved(case: Case, command: SolveTicket, resolution: str) -> TicketSolved:
    """The event by which a ticket is solved: by the deciding agent, else the responsible."""
    return TicketSolved.model_construct(
        occurred_at=case.at,
        by=case.by,
        status=status_change(case, Status.SOLVED),
        resolution=resolution,
        note=command.note or None,
        solver=case.agent or case.party.agent,
    )


def _reopen(case: Case, command: ReopenTicket) -> list[TicketEvent]:
    case.refuse(Status.CLOSED)
    if case.status is not Status.SOLVED:
        raise CommandRefused("not_solved", {"status": case.status.value})
    reason = command.reason or _reopen_reason(case)
    if reason is None:
        raise CommandRefused("reason_required", {"status": Status.OPEN.value})
    return [reopened(case, reason)]


def _reopen_reason(case: Case) -> str | None:
    if case.agent is not None:
        return "agent"
    return "rejected" if case.context.acting.kind == "customer" else None


def _close(case: Case, command: CloseTicket) -> list[TicketEvent]:
    if case.status is Status.CLOSED:
        return []
    since = command.solved_since
    if since is not None and (case.status, case.status_since) != (Status.SOLVED, since):
        return []
    settled = case.status in SETTLED
    if not settled and command.reason not in UNSETTLED_CLOSE_REASONS:
        facts = {"status": case.status.value, "reasons": list(UNSETTLED_CLOSE_REASONS)}
        raise CommandRefused("not_solved", facts)
    return [closed(case, command.reason or "settled")]


def closed(case: Case, reason: str) -> TicketClosed:
    """The event by which a ticket is closed."""
    change = status_change(case, Status.CLOSED)
    return TicketClosed.model_construct(
        occurred_at=case.at, by=case.by, status=change, reason=reason
    )
