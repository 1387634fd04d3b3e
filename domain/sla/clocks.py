"""A ticket's clocks: a pure function of its history, the rules in force, and an instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

from deskledger.domain.sla.clock import Clock
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.terms import Rules
from deskledger.domain.sla.ticket import TicketClocks
from deskledger.domain.sla.views import ClockView, view

_AT = attrgetter("at")


def in_order(history: Iterable[Step]) -> list[Step]:
    """The steps by when they happened; those of one instant as they stand in the log."""
    return sorted(history, key=_AT)


def clocks(history: Iterable[Step], rules: Rules, now: int) -> tuple[ClockView, ...]:
    """What every clock of a ticket shows at `now`.

    Args:
        history: the ticket's steps and the publications of rules, in log order.
        rules: in force before the first publication of the history.
        now: an instant in microseconds since 1970; later steps are left out.

    Raises:
        TimeNotFound: a clock would have no due time within a hundred years.
    """
    ticket = TicketClocks(rules)
    for step in in_order(history):
        if step.at > now:
            break
        ticket.take(step)
    return shown(ticket.clocks, now)


def shown(found: Iterable[Clock], now: int) -> tuple[ClockView, ...]:
    """What clocks show at `now`, those left out that no terms ever judged."""
    return tuple(_views(found, now))


def _views(found: Iterable[Clock], now: int) -> Iterator[ClockView]:
    for clock in found:
        seen = view(clock, now)
        if seen is not None:
            yield seen


def next_due(views: Iterable[ClockView]) -> int | None:
    """The earliest due time of the running clocks."""
    return min((one.due for one in views if one.state == "running" and one.due), default=None)
