"""Recorded clocks: what holds of every history, every policy, and every moment."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.sla.scenario.reading import Scenario
from deskledger.domain.ticket.clock_events import (
    AnyClockEvent,
    ClockBreached,
    ClockRescheduled,
    MarkReached,
)
from tests.sla.histories import moments, policies, scenario, timelines
from tests.sla.live import Lived, lived, own_steps, published
from tests.sla.test_recorded_clocks import shows, told


def lived_through(read: Scenario, ticket: str = "t1", until: int | None = None) -> Lived:
    """A ticket of a scenario, whose steps happened in the order of the file."""
    steps = [step for step in own_steps(read, ticket) if until is None or step.at <= until]
    return lived(published(read.rules, [one.step for one in read.entries]), steps)


def events_of(ticket: Lived) -> list[AnyClockEvent]:
    return [event for commit in ticket.commits for event in commit]


def key_of(event: AnyClockEvent) -> tuple[str, int]:
    return event.metric, event.instance


def of_each_clock(ticket: Lived) -> list[AnyClockEvent]:
    """The events clock by clock, but for when to look again: a late commit has one answer to that.

    Those of one clock stand in the order of time; those of several only where somebody looked.
    """
    told_last = [event.model_copy(update={"next_at": None}) for event in events_of(ticket)]
    return sorted(told_last, key=lambda event: (event.metric, event.instance))


def reshuffled(timeline: list[Any], random: Any) -> list[Any]:
    later = timeline[1:]
    random.shuffle(later)
    return [timeline[0], *later]


randoms = st.randoms(use_true_random=False)


@given(policies(), timelines(), moments, randoms)
def test_the_record_shows_the_clocks_of_the_history_whatever_came_late(
    rules: list[dict[str, Any]], timeline: list[Any], now: int, random: Any
) -> None:
    read = scenario(rules, reshuffled(timeline, random))
    ticket = lived_through(read, until=now)
    if ticket.history.steps:
        ticket.take(now=now)
        shown, marks = shows(read, "t1", now)
        assert told(ticket, now) == shown
        assert all(ticket.recorded[key].marks >= names for key, names in marks.items())


@given(policies(), timelines(), st.lists(moments, min_size=1, max_size=6).map(sorted))
def test_looking_again_and_again_records_each_thing_once(
    rules: list[dict[str, Any]], timeline: list[Any], looks: list[int]
) -> None:
    read = scenario(rules, timeline)
    steps = own_steps(read, "t1")
    looked, once = lived_through(read, until=-1), lived_through(read)
    for step in sorted(steps, key=lambda one: one.at):
        for look in looks:
            if looked.history.steps and looked.history.latest <= look < step.at:
                looked.take(now=look)
                assert looked.take(now=look) == []
        looked.take(step)
    end = max(looks[-1], looked.history.latest)
    looked.take(now=end)
    once.take(now=end)
    assert told(looked, end) == told(once, end)
    assert of_each_clock(looked) == of_each_clock(once)
    assert {key: one.next_at for key, one in looked.recorded.items()} == {
        key: one.next_at for key, one in once.recorded.items()
    }


@given(policies(), timelines(), moments)
def test_living_through_the_same_again_records_identical_events(
    rules: list[dict[str, Any]], timeline: list[Any], now: int
) -> None:
    first, second = scenario(rules, timeline), scenario(rules, timeline)
    one, other = lived_through(first), lived_through(second)
    # Nothing is remembered of this one: its clocks are folded from the first step on.
    other.history = type(other.history)(other.history.steps)
    latest = max(now, one.history.latest)
    one.take(now=latest)
    other.take(now=latest)
    assert one.commits == other.commits


@given(policies(), timelines("a"), timelines("b"))
def test_interleaving_two_tickets_records_what_each_alone_does(
    rules: list[dict[str, Any]], first: list[Any], second: list[Any]
) -> None:
    together = scenario(rules, sorted(first + second, key=lambda step: str(step["at"])))
    for ticket, alone in (("a", first), ("b", second)):
        apart = lived_through(scenario(rules, alone), ticket)
        assert lived_through(together, ticket).commits == apart.commits


@given(policies(), timelines(), randoms, moments)
def test_used_time_decreases_by_corrections_alone_and_a_breach_has_its_event(
    rules: list[dict[str, Any]], timeline: list[Any], random: Any, now: int
) -> None:
    ticket = lived_through(scenario(rules, reshuffled(timeline, random)))
    ticket.take(now=max(now, ticket.history.latest))
    used: dict[Any, int] = {}
    breached: set[Any] = set()
    for commit in ticket.commits:
        corrected = {key_of(event) for event in commit if isinstance(event, ClockRescheduled)}
        for event in commit:
            key = key_of(event)
            assert event.used >= used.get(key, 0) or key in corrected
            used[key] = event.used
            if isinstance(event, ClockBreached):
                assert event.noticed_at == event.occurred_at
                breached.add(key)
        assert {key_of(event) for event in commit if event.state == "breached"} <= breached


@given(policies(), timelines(), randoms, moments)
def test_a_mark_of_a_clock_is_recorded_once(
    rules: list[dict[str, Any]], timeline: list[Any], random: Any, now: int
) -> None:
    ticket = lived_through(scenario(rules, reshuffled(timeline, random)))
    ticket.take(now=max(now, ticket.history.latest))
    marks = [
        (*key_of(event), event.mark)
        for event in events_of(ticket)
        if isinstance(event, MarkReached)
    ]
    assert len(marks) == len(set(marks))
