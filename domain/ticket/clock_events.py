"""What a ticket's clocks did: service levels as they were found when a commit was made.

Every event is the present state of one clock, whole: whoever follows the events takes the last one
of a clock as it is and computes nothing. `next_at` says when to look at the clock again, so nobody
needs a calendar to watch it. Only the working time that a counting clock has used since its last
event is not stored, because it grows by itself.

A breach has an event of its own whatever else is told of its clock, and so has each mark, once.
The events of a clock stand in the order in which they happened; a correction stands where the desk
learned of it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from deskledger.domain.events import Event
from deskledger.domain.shapes import INTEGER_MAX, Count, Frozen, Id, Instant, Of, Slug
from deskledger.domain.sla.calendar_document import Name

ClockState = Literal["running", "paused", "met", "breached", "ended", "absent"]
ClockPhase = Literal["counting", "standing", "stopped"]

Instance = Annotated[int, Field(strict=True, ge=1, le=INTEGER_MAX)]
Within = Annotated[str, StringConstraints(pattern=r"^P[0-9DTHMS]{2,40}\z")]


class Measured(Frozen):
    """What a clock measures: a ticket as a whole, or one of its steps or stages."""

    kind: Literal["ticket", "step", "stage"]
    id: Id


class Standing(Frozen):
    """How a clock stood; lengths are whole microseconds of working time.

    Attributes:
        policy: the published version that judges the clock, or judged it last.
        state: `running` up to and including the due time; `breached` is final; `ended` stopped
            unfulfilled before it was due; `absent` where there is no such clock after all.
        phase: whether it counts, stands still in a pause, or has stopped: tells a breached clock
            that still counts from one that was stopped.
        due: null while paused or ended.
        used: as of the event's `occurred_at`, or of its stop.
        target: what was promised; the margin is the target without what was used.
        noticed_at: when the breach was noticed: when it was due, or when the target began to
            apply, if that was later; null without a breach.
        stopped_at: when it stopped; null while it may still count.
    """

    policy: Of
    state: ClockState
    phase: ClockPhase
    due: Instant | None
    used: Count
    target: Count
    noticed_at: Instant | None
    stopped_at: Instant | None


class ClockEvent(Event):
    """One clock as it is from here on; lengths are whole microseconds of working time.

    `occurred_at` is when it happened by the clock: the start, pause, resumption or stop, the
    notice of the breach, the time of the mark; of a correction, when it was made.

    Attributes:
        metric: what is promised.
        instance: its number among the occurrences of the metric, from 1.
        of: what it measures; at present always the ticket.
        policy, state, phase, due, used, target, noticed_at, stopped_at: as in ``Standing``.
        started_at: since when it measures.
        provisional: the due time lies where the list of public holidays is not settled yet.
        next_at: when something is to be recorded of the clock although nothing else happens: its
            breach, one microsecond after the due time, or its next mark; null for never.
    """

    metric: Slug
    instance: Instance
    of: Measured
    policy: Of
    state: ClockState
    phase: ClockPhase
    started_at: Instant
    due: Instant | None
    used: Count
    target: Count
    noticed_at: Instant | None
    stopped_at: Instant | None
    provisional: bool
    next_at: Instant | None


class Judged(ClockEvent):
    """One clock, and what judges it from here on.

    Attributes:
        name: of the policy.
        calendar: its name in that version; `always` where every second counts.
        within: what is promised, as it was written.
        applies_from: when these terms began to apply to the ticket.
    """

    name: Name
    calendar: Name
    within: Within
    applies_from: Instant


class ClockStarted(Judged):
    """A promise began to be measured."""

    type: Literal["ClockStarted"] = "ClockStarted"
    v: Literal[1] = 1


class ClockRescheduled(Judged):
    """What the desk had recorded of a clock holds no more; the event says what does.

    Attributes:
        before: what the desk believed until now.
        reason: `published` (a publication reached the ticket), `changed` (the ticket changed, so
            other terms apply), `reopened`, or `late_fact`.
    """

    type: Literal["ClockRescheduled"] = "ClockRescheduled"
    v: Literal[1] = 1
    before: Standing
    reason: Slug


class ClockPaused(ClockEvent):
    """A clock stands still; no time is used until it resumes."""

    type: Literal["ClockPaused"] = "ClockPaused"
    v: Literal[1] = 1


class ClockResumed(ClockEvent):
    """A clock that stood still counts again."""

    type: Literal["ClockResumed"] = "ClockResumed"
    v: Literal[1] = 1


class ClockFulfilled(ClockEvent):
    """What the clock waited for happened; met, unless it had been breached before."""

    type: Literal["ClockFulfilled"] = "ClockFulfilled"
    v: Literal[1] = 1


class ClockEnded(ClockEvent):
    """A clock stopped unfulfilled: the ticket was solved, or nothing is promised any more."""

    type: Literal["ClockEnded"] = "ClockEnded"
    v: Literal[1] = 1


class ClockBreached(ClockEvent):
    """A clock's due time has passed while it ran; `noticed_at` is `occurred_at`.

    Three times are told apart: `due`, `noticed_at`, and the commit's own time of recording.
    """

    type: Literal["ClockBreached"] = "ClockBreached"
    v: Literal[1] = 1


class MarkReached(ClockEvent):
    """A reminder or an escalation of a clock has come; once for each mark of an instance.

    Attributes:
        mark: its name in the policy.
        level: of escalation; null for a reminder.
    """

    type: Literal["MarkReached"] = "MarkReached"
    v: Literal[1] = 1
    mark: Name
    level: Count | None


AnyClockEvent = (
    ClockStarted
    | ClockPaused
    | ClockResumed
    | ClockFulfilled
    | ClockBreached
    | ClockEnded
    | ClockRescheduled
    | MarkReached
)
