"""Clocks told event by event, as a ledger stores them, by chance or one by one."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.figures.told import Event, event, instant

METRICS = ("first_response", "resolution", "group_ownership")
TARGET = 3_600_000_000
PHASES = {
    "running": ["counting"],
    "paused": ["standing"],
    "met": ["stopped"],
    "breached": ["counting", "standing", "stopped"],
    "ended": ["stopped"],
    "absent": ["stopped"],
}
WITHOUT_DUE = {"paused", "ended", "absent"}


def clock(kind: str, at: float, /, metric: str = "first_response", **stated: Any) -> Event:
    """What one clock did, at so many minutes after noon; other instants are minutes, too."""
    told: dict[str, Any] = {
        "metric": metric,
        "instance": 1,
        "of": {"kind": "ticket", "id": "t1"},
        "policy": {"kind": "service-policy", "id": "default", "version": 1},
        "state": "running",
        "phase": "counting",
        "started_at": 0,
        "due": 60,
        "used": 0,
        "target": TARGET,
        "noticed_at": None,
        "stopped_at": None,
        "provisional": False,
        "next_at": None,
    }
    if kind in {"ClockStarted", "ClockRescheduled"}:
        judged = {"name": "standard", "calendar": "office", "within": "PT1H", "applies_from": 0}
        told |= judged
    if kind == "ClockRescheduled":
        told |= {"before": {}, "reason": "late_fact"}
    if kind == "MarkReached":
        told |= {"mark": "warn", "level": None}
    told |= stated
    for name in ("started_at", "due", "noticed_at", "stopped_at", "next_at", "applies_from"):
        if told.get(name) is not None:
            told[name] = instant(told[name])
    return event(kind, at, **told)


def showing(state: str, phase: str, at: float) -> dict[str, Any]:
    """The fields of a clock that shows this state, at a time."""
    return {
        "state": state,
        "phase": phase,
        "due": None if state in WITHOUT_DUE else at + 7,
        "noticed_at": at if state == "breached" else None,
        "stopped_at": at if phase == "stopped" else None,
        "next_at": at + 9 if phase == "counting" else None,
    }


KINDS = {
    "ClockPaused": "paused",
    "ClockResumed": "running",
    "ClockFulfilled": "met",
    "ClockEnded": "ended",
    "ClockBreached": "breached",
    "ClockRescheduled": None,
    "MarkReached": None,
}


@st.composite
def one_life(draw: st.DrawFn) -> list[Event]:
    """The events of some clocks of one ticket, in the order of recording."""
    told: list[Event] = []
    begun: dict[tuple[str, int], int] = {}
    at = 0
    for _ in range(draw(st.integers(1, 14))):
        at += draw(st.sampled_from([0, 1, 30, 600]))
        key = (draw(st.sampled_from(METRICS)), draw(st.integers(1, 2)))
        happened = at - draw(st.sampled_from([0, 0, 0, 5, 700]))
        stated: dict[str, Any] = {"instance": key[1], "used": draw(st.integers(0, 2 * TARGET))}
        if key not in begun:
            begun[key] = at
            told.append(_told(draw, "ClockStarted", at, key[0], {**stated, "started_at": at}))
            continue
        kind = draw(st.sampled_from(sorted(KINDS)))
        happened = max(happened, begun[key])
        told.append(_told(draw, kind, happened, key[0], {**stated, "started_at": begun[key]}))
    return told


def _told(draw: st.DrawFn, kind: str, at: int, metric: str, stated: dict[str, Any]) -> Event:
    usual = "running" if kind == "ClockStarted" else KINDS[kind]
    state = usual or draw(st.sampled_from(sorted(PHASES)))
    phase = draw(st.sampled_from(PHASES[state]))
    told = {**stated, **showing(state, phase, at)}
    if kind == "ClockRescheduled":
        told |= {"name": draw(st.sampled_from(["gold", "standard"])), "applies_from": at}
    if kind == "MarkReached":
        told["level"] = draw(st.sampled_from([None, 1, 2]))
    version = draw(st.integers(1, 3))
    told["policy"] = {"kind": "service-policy", "id": "default", "version": version}
    return clock(kind, at, metric, **told)


def commits(draw: st.DrawFn, events: Sequence[Event]) -> list[list[Event]]:
    """The events cut into commits."""
    cuts = sorted(draw(st.sets(st.integers(0, len(events)))) | {0, len(events)})
    return [list(events[start:end]) for start, end in pairwise(cuts)]
