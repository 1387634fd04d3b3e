"""What whoever watches clocks asks of the tables."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from deskledger.projections.question import Connection, Moment, Question
from deskledger.projections.sql import section

PAGE_TICKETS = 20_000


class WaitingClock(NamedTuple):
    """A clock about which something is to be recorded when its time comes.

    Attributes:
        at: when, in microseconds since 1970.
        ticket: the ticket's number.
        clock: metric and instance, and what it measures where that is not the ticket.
        version: of the event that said so.
    """

    at: int
    ticket: int
    clock: str
    version: int


class WaitingClocks(NamedTuple):
    """Clocks that wait for their time, column by column: a million are told in seconds so."""

    at: list[int]
    ticket: list[int]
    clock: list[str]
    version: list[int]


class ClockWatch(NamedTuple):
    """How many clocks wait for their time, for how many it has come, and the earliest time."""

    waiting: int
    late: int
    next_at: datetime | None


@Question
def waiting_clocks(connection: Connection, first: int, last: int) -> WaitingClocks:
    """The clocks of some tickets that wait for their time, by the numbers of the tickets."""
    bounds = {"first": first, "last": last}
    (columns,) = connection.execute(section("clock_watch", "waiting"), bounds).fetchall()
    return WaitingClocks(*columns)


@Question
def clocked_tickets(connection: Connection) -> tuple[int, int]:
    """The lowest and the highest number of a ticket that has a clock; 0 and -1 where none has."""
    ((first, last),) = connection.execute(section("clock_watch", "tickets")).fetchall()
    return first, last


@Question
def clock_watch(connection: Connection, now: datetime) -> ClockWatch:
    """What waits for its time, and what of it should have been recorded by `now`."""
    ((waiting, late, next_at),) = connection.execute(
        section("clock_watch", "totals"), {"now": now}
    ).fetchall()
    return ClockWatch(waiting, late, next_at)


def every_waiting_clock(moment: Moment) -> Iterator[WaitingClock]:
    """All clocks that wait for their time at one moment, some thousand at a time."""
    lowest, highest = moment.answer(clocked_tickets)
    for first in range(lowest, highest + 1, PAGE_TICKETS):
        yield from map(
            WaitingClock, *moment.answer(waiting_clocks, first, first + PAGE_TICKETS - 1)
        )
