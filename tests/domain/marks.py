"""A ticket whose clocks are told event by event, so that escalation can be tried by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskledger.domain.shapes import Actor, By, Of
from deskledger.domain.ticket.clock_events import (
    ClockFulfilled,
    ClockPaused,
    ClockStarted,
    MarkReached,
    Measured,
)
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.escalation import ClockName, EscalateTicket
from tests.domain.stories import TICKET, Story, desk

POLICY = Of(kind="service-policy", id="default", version=7)
AS_POLICY = Actor(kind="policy", id="default", version=7)
BY_POLICY = By(kind="policy", id="default", version=7)
METRICS = ("resolution", "first_response")


def _clock(at: datetime, metric: str, **stated: Any) -> dict[str, Any]:
    return {
        "occurred_at": at,
        "by": None,
        "metric": metric,
        "instance": 1,
        "of": Measured(kind="ticket", id=TICKET.partition("/")[2]),
        "policy": POLICY,
        "state": "running",
        "phase": "counting",
        "started_at": at,
        "due": at,
        "used": 0,
        "target": 3_600_000_000,
        "noticed_at": None,
        "stopped_at": None,
        "provisional": False,
        "next_at": None,
        **stated,
    }


def running() -> Story:
    """A ticket in an agent's queue with a clock of each metric that counts."""
    story = desk().when(OpenTicket(channel="email", group="first-line", priority="normal"))
    for metric in METRICS:
        clock = _clock(story.now, metric)
        judged = {"name": "p", "calendar": "always", "within": "PT1H", "applies_from": story.now}
        story = story.told(ClockStarted(**clock, **judged))
    return story


def reached(story: Story, level: int | None, mark: str = "", metric: str = METRICS[0]) -> Story:
    """The story in which a mark was reached; without a name it is called after its level."""
    clock = _clock(story.now, metric)
    return story.told(MarkReached(**clock, mark=mark or f"level-{level}", level=level))


def stopped(story: Story, metric: str = METRICS[0]) -> Story:
    """The story in which what the clock waited for has happened."""
    stated = {"state": "met", "phase": "stopped", "stopped_at": story.now}
    return story.told(ClockFulfilled(**_clock(story.now, metric, **stated)))


def paused(story: Story, metric: str = METRICS[0]) -> Story:
    """The story in which the clock stands still."""
    stated = {"state": "paused", "phase": "standing", "due": None}
    return story.told(ClockPaused(**_clock(story.now, metric, **stated)))


def escalate(level: int | None, mark: str = "", metric: str = METRICS[0], **does: Any) -> Any:
    """What the escalator asks for at a mark."""
    clock = ClockName(metric=metric, instance=1)
    name = mark or f"level-{level}"
    return EscalateTicket(level=level, clock=clock, mark=name, by=BY_POLICY, **does)


def at_mark(story: Story, level: int | None, mark: str = "", **does: Any) -> Story:
    """The story in which a mark was reached and the policy asked for what it says."""
    return reached(story, level, mark).by(AS_POLICY).when(escalate(level, mark, **does))
