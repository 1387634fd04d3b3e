"""What one clock has done since it was recorded.

A clock is compared as it was recorded and as it is found at a moment. Where it did what a clock
does by itself (it was breached, paused, resumed, stopped), there is an event for that. What cannot
have followed from what was recorded is a correction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deskledger.domain.sla.clock import Clock
from deskledger.domain.sla.terms import Reminder
from deskledger.domain.sla.views import mark_of
from deskledger.domain.ticket.clock_events import (
    ClockBreached,
    ClockEnded,
    ClockEvent,
    ClockFulfilled,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    MarkReached,
)
from deskledger.domain.ticket.recorded_clocks import RecordedClock


class Difference(NamedTuple):
    """One event to be made: its kind, the clock as it is from then on, and of which mark."""

    kind: type[ClockEvent]
    clock: RecordedClock
    mark: Reminder | None = None


def differences(
    known: RecordedClock | None, found: RecordedClock, clock: Clock, *, exact: bool
) -> list[Difference]:
    """What a clock has done since it was recorded, in order of time; a correction comes last.

    Args:
        known: as recorded; None where nothing was.
        found: the clock as it is at the present moment, with the marks that were recorded.
        clock: itself.
        exact: whether what was used is compared as well, as it must be once history changed.
    """
    if known is None:
        done = _begun(found, clock)
    elif _is_same(known, found) and (not exact or _has_used(known, found, clock)):
        if known.next_at is None or known.next_at > found.at:
            return []
        done = []
    elif _follows(known, found, clock) and (not exact or _has_used(known, found, clock)):
        done = list(_moved(known, found, clock))
        if _is_quiet(known, found):
            return [one._replace(clock=one.clock._replace(next_at=None)) for one in done]
    else:
        done = list(_corrected(known, found, clock))
    corrects = known is not None and any(one.kind is ClockRescheduled for one in done)
    reached, next_at = _marks(found, clock)
    done += [Difference(MarkReached, found._replace(at=at), mark) for at, mark in reached]
    done.sort(key=_time)
    return list(_whole(done, found if corrects else known or found, clock, next_at))


def vanished(known: RecordedClock, now: int) -> list[Difference]:
    """That a clock which was recorded does not exist after all."""
    if known.state == "absent":
        return []
    gone = known._replace(at=now, state="absent", phase="stopped", used=0, provisional=False)
    return [
        Difference(
            ClockRescheduled, gone._replace(due=None, noticed=None, stopped=None, next_at=None)
        )
    ]


def _begun(found: RecordedClock, clock: Clock) -> list[Difference]:
    """A clock that starts shows how it began; what has befallen it since has its own events."""
    began = clock.began
    stands = found.phase == "standing" and clock.standing is not None and clock.standing <= began
    fresh = found._replace(
        at=began,
        state="paused" if stands else "running",
        phase="standing" if stands else "counting",
        due=None if stands else clock.due,
        used=clock.used_by(began),
        noticed=None,
        stopped=None,
    )
    done = [Difference(ClockStarted, fresh), *_breach(found, clock)]
    if found.phase == "counting":
        if clock.counts_since > began:
            done.append(_turned(found, clock))
    elif not stands:
        done.append(_turned(found, clock))
    return done


def _moved(known: RecordedClock, found: RecordedClock, clock: Clock) -> Iterator[Difference]:
    if known.noticed is None:
        yield from _breach(found, clock)
    if known.phase != found.phase:
        yield _turned(found, clock)


def _corrected(known: RecordedClock, found: RecordedClock, clock: Clock) -> Iterator[Difference]:
    yield Difference(ClockRescheduled, found)
    if found.noticed != known.noticed:
        yield from _breach(found, clock)


def _is_quiet(known: RecordedClock, found: RecordedClock) -> bool:
    """Whether a clock that has stopped, or waits, has reached nothing since it was recorded."""
    waits = found.phase == "stopped" or found.state == "paused"
    return waits and (known.next_at is None or known.next_at > found.at)


def _breach(found: RecordedClock, clock: Clock) -> Iterator[Difference]:
    if found.noticed is not None:
        used = clock.used_by(found.noticed)
        yield Difference(ClockBreached, found._replace(at=found.noticed, used=used))


def _turned(found: RecordedClock, clock: Clock) -> Difference:
    """That the clock counts, stands still or has stopped, since when it does."""
    at = _turned_at(found, clock)
    kind: type[ClockEvent]
    if found.phase == "counting":
        return Difference(ClockResumed, found._replace(at=at, used=clock.used_by(at)))
    if found.phase == "standing":
        kind = ClockPaused
    else:
        kind = ClockFulfilled if clock.fulfilled else ClockEnded
    return Difference(kind, found._replace(at=at))


def _turned_at(found: RecordedClock, clock: Clock) -> int:
    if found.stopped is not None:
        return found.stopped
    return clock.counts_since if clock.standing is None else clock.standing


def _is_same(known: RecordedClock, found: RecordedClock) -> bool:
    """Whether the clock is as it was recorded; how much a counting one has used grows by itself."""
    return _course(known) == _course(found) and (
        known.phase == "counting" or known.used == found.used
    )


def _course(clock: RecordedClock) -> tuple[object, ...]:
    return (
        clock.phase, clock.state, clock.due, clock.judgement, clock.noticed, clock.stopped,
        clock.start, clock.target, clock.provisional,
    )  # fmt: skip


def _follows(known: RecordedClock, found: RecordedClock, clock: Clock) -> bool:
    """Whether a clock that was as recorded can have become what is found, by itself."""
    if known.phase == "stopped" or (known.judgement, known.start, known.target) != (
        found.judgement,
        found.start,
        found.target,
    ):
        return False
    if known.noticed != found.noticed and (
        known.noticed is not None
        or known.phase == "standing"
        or (found.noticed is not None and found.noticed < known.at)
    ):
        return False
    if known.phase != found.phase and _turned_at(found, clock) < known.at:
        return False
    if known.phase == "counting":
        return clock.due == known.due
    return known.phase != found.phase and _has_used(known, found, clock)


def _has_used(known: RecordedClock, found: RecordedClock, clock: Clock) -> bool:
    """Whether the clock has used what follows from the record: no pause was filed in between."""
    if known.phase == "counting" and clock.terms is not None:
        until = found.at if found.phase == "counting" else _turned_at(found, clock)
        return known.used + clock.terms.calendar.worked(known.at, until) == found.used
    return known.phase == "stopped" or clock.used_by(known.at) == known.used


def _marks(found: RecordedClock, clock: Clock) -> tuple[list[tuple[int, Reminder]], int | None]:
    """The marks that were reached and are not recorded; and when to look at the clock again."""
    assert clock.terms is not None, "only a clock with terms is recorded"
    reached: list[tuple[int, Reminder]] = []
    ahead = []
    if found.state == "running" and found.due is not None:
        ahead.append(found.due + 1)
    for reminder in clock.terms.reminders:
        if reminder.name in found.marks or found.state == "absent":
            continue
        at = mark_of(clock, clock.terms, reminder, found.state)
        if at is not None and at <= found.at:
            reached.append((at, reminder))
        elif at is not None and found.phase != "stopped":
            ahead.append(at)
    reached.sort(key=lambda one: (one[0], one[1].name))
    return reached, min(ahead, default=None)


def _whole(
    done: list[Difference], base: RecordedClock, clock: Clock, next_at: int | None
) -> Iterator[Difference]:
    """The events, each of which says all about the clock as of its time."""
    marks, present = base.marks, base
    for kind, after, mark in done:
        if mark is not None:
            marks |= {mark.name}
            after = present._replace(at=after.at, used=clock.used_by(after.at))  # noqa: PLW2901
        elif kind is ClockBreached and present.phase != "stopped":
            as_it_was = present._replace(state="breached", noticed=after.noticed)
            after = as_it_was._replace(at=after.at, used=after.used, due=after.due)  # noqa: PLW2901
        present = after
        yield Difference(kind, after._replace(marks=marks, next_at=next_at), mark)


def _time(difference: Difference) -> int:
    return difference.clock.at
