"""Events by which a ticket's status changes, as several rules cause them."""

from __future__ import annotations

from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.events import TicketActivated, TicketReopened
from deskledger.domain.ticket.status import Status, StatusChange


def status_change(case: Case, after: Status) -> StatusChange:
    """What an event that changes the status replaces."""
    before, since = case.state.status.held(case.at)
    return StatusChange.model_construct(before=before, after=after, since=since)


def activated(case: Case, reason: str) -> TicketActivated:
    """The event by which a ticket that was new or waited becomes open."""
    change = status_change(case, Status.OPEN)
    return TicketActivated.model_construct(
        occurred_at=case.at, by=case.by, status=change, reason=reason
    )


def reopened(case: Case, reason: str) -> TicketReopened:
    """The event by which a settled ticket becomes open."""
    return TicketReopened.model_construct(
        occurred_at=case.at,
        by=case.by,
        status=status_change(case, Status.OPEN),
        reason=reason,
        solver=case.state.settler(case.at),
    )
