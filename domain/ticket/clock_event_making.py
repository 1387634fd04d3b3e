"""A clock as it is found, written as an event."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.shapes import Of
from deskledger.domain.sla.instants import instant_of
from deskledger.domain.ticket.clock_differences import Difference
from deskledger.domain.ticket.clock_events import (
    AnyClockEvent,
    ClockRescheduled,
    ClockStarted,
    MarkReached,
    Measured,
    Standing,
)
from deskledger.domain.ticket.recorded_clocks import ClockKey, RecordedClock

_KIND, _, _ID = POLICY_STREAM.partition("/")


def clock_event(
    key: ClockKey,
    difference: Difference,
    before: RecordedClock | None,
    *,
    reason: str,
    of: Measured,
) -> AnyClockEvent:
    """The event that records a difference.

    Args:
        key: metric and instance of the clock.
        difference: what it did.
        before: as it was recorded before this command; consulted for a correction only.
        reason: of a correction.
        of: what the clock measures.
    """
    kind, clock, mark = difference
    fields = {"metric": key[0], "instance": key[1], "of": of, **_present(clock)}
    if mark is not None:
        fields |= {"mark": mark.name, "level": mark.level}
        return MarkReached.model_construct(**fields)
    if issubclass(kind, ClockStarted | ClockRescheduled):
        judgement = clock.judgement
        fields["name"], fields["calendar"] = judgement.name, judgement.calendar
        fields["within"] = judgement.within
        fields["applies_from"] = instant_of(judgement.applies_from)
    if issubclass(kind, ClockRescheduled):
        assert before is not None, "only what was recorded is corrected"
        fields |= {"before": _standing(before), "reason": reason}
    made: AnyClockEvent = kind.model_construct(**fields)  # type: ignore[assignment]  # one of them
    return made


def _present(clock: RecordedClock) -> dict[str, Any]:
    return {
        "occurred_at": instant_of(clock.at),
        "by": None,
        "policy": _policy(clock.judgement.version),
        "state": clock.state,
        "phase": clock.phase,
        "started_at": instant_of(clock.start),
        "due": _instant(clock.due),
        "used": clock.used,
        "target": clock.target,
        "noticed_at": _instant(clock.noticed),
        "stopped_at": _instant(clock.stopped),
        "provisional": clock.provisional,
        "next_at": _instant(clock.next_at),
    }


def _standing(clock: RecordedClock) -> Standing:
    return Standing.model_construct(
        policy=_policy(clock.judgement.version),
        state=clock.state,
        phase=clock.phase,
        due=_instant(clock.due),
        used=clock.used,
        target=clock.target,
        noticed_at=_instant(clock.noticed),
        stopped_at=_instant(clock.stopped),
    )


@lru_cache(maxsize=256)
def _policy(version: int) -> Of:
    return Of(kind=_KIND, id=_ID, version=version)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else instant_of(micros)
