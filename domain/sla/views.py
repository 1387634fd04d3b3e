"""What a clock shows at an instant."""

from __future__ import annotations

from typing import Literal, NamedTuple

from deskledger.domain.sla.calendar import TimeNotFound
from deskledger.domain.sla.clock import Clock
from deskledger.domain.sla.terms import Reminder, Terms

State = Literal["running", "paused", "met", "breached", "ended"]


class ClockView(NamedTuple):
    """A clock as it shows itself at an instant; all times and lengths are microseconds.

    Attributes:
        metric: what it measures.
        instance: its number among the occurrences of the metric, from 1.
        start: when it began.
        state: `breached` is final; `ended` stopped unfulfilled before it was due.
        due: None while paused or ended.
        due_if_resumed: while paused, when it would be due if it resumed now.
        used: working time counted so far, or at the stop.
        margin: target minus used, below zero when late.
        noticed_at: when the breach was noticed.
        stopped_at: when it stopped.
        marks: times of the marks that have one, by name.
        provisional: the due time lies where the list of public holidays is not settled yet.
    """

    metric: str
    instance: int
    start: int
    state: State
    due: int | None
    due_if_resumed: int | None
    used: int
    margin: int
    noticed_at: int | None
    stopped_at: int | None
    marks: dict[str, int]
    provisional: bool


def view(clock: Clock, now: int) -> ClockView | None:
    """What a clock shows at `now`, which is not before its latest step; None without terms."""
    terms = clock.terms
    if terms is None:
        return None
    state, noticed = state_of(clock, now)
    shows_due = state not in ("paused", "ended")
    used = clock.used(now)
    return ClockView(
        clock.metric,
        clock.instance,
        clock.start,
        state,
        clock.due if shows_due else None,
        clock.due_if_resumed(now) if state == "paused" else None,
        used,
        clock.length - used,
        noticed,
        clock.stopped,
        _marks(clock, terms, state) if terms.reminders else {},
        shows_due and clock.due is not None and not terms.calendar.known(clock.due),
    )


def state_of(clock: Clock, now: int) -> tuple[State, int | None]:
    """The state, and when the breach was noticed."""
    if clock.noticed is not None:
        return "breached", clock.noticed
    if clock.stopped is not None:
        return ("met" if clock.fulfilled else "ended"), None
    if clock.standing is not None:
        return "paused", None
    if clock.due is not None and clock.due < now:
        return "breached", max(clock.due, clock.began)
    return "running", None


def _marks(clock: Clock, terms: Terms, state: State) -> dict[str, int]:
    times = ((one.name, mark_of(clock, terms, one, state)) for one in terms.reminders)
    return {name: at for name, at in times if at is not None}


def mark_of(clock: Clock, terms: Terms, reminder: Reminder, state: State) -> int | None:
    """When a mark is reached, not before its terms began; None where it is withdrawn or not armed.

    A share of the target is reached when the used time reached it, and no later pause moves that.
    """
    try:
        if reminder.share is not None:
            # The first microsecond at which the share is reached.
            at = clock.reached(-(-clock.length * reminder.share // 1))
        elif state == "paused" or clock.due is None or reminder.offset is None:
            at = None
        else:
            at = terms.calendar.shifted(clock.due, reminder.offset)
    except TimeNotFound:
        return None
    if at is None:
        return None
    at = max(at, clock.began)
    return at if clock.stopped is None or at <= clock.stopped else None
