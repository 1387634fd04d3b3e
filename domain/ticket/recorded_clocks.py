"""A ticket's clocks as they were recorded: what the last event of each said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from deskledger.domain.sla.instants import micros_of
from deskledger.domain.ticket.clock_events import (
    AnyClockEvent,
    ClockPhase,
    ClockRescheduled,
    ClockStarted,
    ClockState,
    MarkReached,
)

ClockKey = tuple[str, int]
"""Metric and instance, which name a clock of a ticket."""


class Judgement(NamedTuple):
    """What judges a clock: version and names as published, the promise as written, since when.

    `applies_from` is in microseconds since 1970.
    """

    version: int
    name: str
    calendar: str
    within: str
    applies_from: int


class RecordedClock(NamedTuple):
    """One clock as its last event told it; instants and lengths are microseconds.

    Attributes:
        at: when that event occurred: of that instant is what was used.
        marks: names of the marks that were recorded.
        judgement: of the last event that told it.

    The others are as in the events.
    """

    at: int
    state: ClockState
    phase: ClockPhase
    start: int
    due: int | None
    used: int
    target: int
    noticed: int | None
    stopped: int | None
    provisional: bool
    next_at: int | None
    judgement: Judgement
    marks: frozenset[str]


RecordedClocks = Mapping[ClockKey, RecordedClock]


def filed_clock(clocks: RecordedClocks, event: AnyClockEvent) -> dict[ClockKey, RecordedClock]:
    """The clocks with what one more event says of one of them."""
    key = (event.metric, event.instance)
    known = clocks.get(key)
    if isinstance(event, ClockStarted | ClockRescheduled):
        applies_from = micros_of(event.applies_from)
        version = event.policy.version
        judgement = Judgement(version, event.name, event.calendar, event.within, applies_from)
    else:
        assert known is not None, "a clock starts before anything else befalls it"
        judgement = known.judgement
    marks = frozenset() if known is None else known.marks
    if isinstance(event, MarkReached):
        marks |= {event.mark}
    recorded = RecordedClock(
        at=micros_of(event.occurred_at),
        state=event.state,
        phase=event.phase,
        start=micros_of(event.started_at),
        due=None if event.due is None else micros_of(event.due),
        used=event.used,
        target=event.target,
        noticed=None if event.noticed_at is None else micros_of(event.noticed_at),
        stopped=None if event.stopped_at is None else micros_of(event.stopped_at),
        provisional=event.provisional,
        next_at=None if event.next_at is None else micros_of(event.next_at),
        judgement=judgement,
        marks=marks,
    )
    return {**clocks, key: recorded}
