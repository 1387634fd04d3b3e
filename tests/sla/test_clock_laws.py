"""Clocks: what holds of every history and every policy."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.sla.clocks import clocks
from deskledger.domain.sla.durations import HOUR, MINUTE
from deskledger.domain.sla.scenario.reading import Scenario
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.views import ClockView
from tests.sla.build import OFFICE, compiled
from tests.sla.histories import BEGIN, moments, policies, scenario, timelines

Key = tuple[str, int]


def steps_of(read: Scenario, ticket: str = "t1") -> list[Step]:
    """The steps of one ticket in the order in which the scenario holds them."""
    return [entry.step for entry in read.entries if entry.ticket == ticket]


def seen(read: Scenario, steps: list[Step], now: int) -> dict[Key, ClockView]:
    return {(one.metric, one.instance): one for one in clocks(steps, read.rules, now)}


@given(policies(), timelines("a"), timelines("b"), moments)
def test_interleaving_two_tickets_changes_nothing(
    rules: list[dict[str, Any]], first: list[Any], second: list[Any], now: int
) -> None:
    together = scenario(rules, sorted(first + second, key=lambda step: str(step["at"])))
    for ticket, alone in (("a", first), ("b", second)):
        apart = scenario(rules, alone)
        expected = seen(apart, steps_of(apart, ticket), now)
        assert seen(together, steps_of(together, ticket), now) == expected


@given(policies(), timelines(), moments, st.randoms(use_true_random=False))
def test_late_facts_in_any_order_end_in_the_clocks_of_the_sorted_history(
    rules: list[dict[str, Any]], timeline: list[Any], now: int, random: Any
) -> None:
    ordered = scenario(rules, timeline)
    later = timeline[1:]
    random.shuffle(later)
    shuffled = scenario(rules, [timeline[0], *later])
    expected = seen(ordered, steps_of(ordered), now)
    assert seen(shuffled, steps_of(shuffled), now) == expected
    log = [entry.step for entry in sorted(shuffled.entries, key=lambda entry: entry.place)]
    assert seen(shuffled, log, now) == expected


@given(policies(), timelines(), moments, moments)
def test_used_time_never_decreases_while_nothing_happens(
    rules: list[dict[str, Any]], timeline: list[Any], first: int, second: int
) -> None:
    read = scenario(rules, timeline)
    steps, (before, after) = steps_of(read), sorted((first, second))
    happened = [step for step in steps if step.at <= before]
    earlier, later = seen(read, happened, before), seen(read, happened, after)
    assert earlier.keys() == later.keys()
    for key, clock in earlier.items():
        assert clock.used <= later[key].used <= clock.used + after - before


@given(policies(), timelines())
def test_used_time_decreases_only_where_the_rules_of_a_ticket_change(
    rules: list[dict[str, Any]], timeline: list[Any]
) -> None:
    read = scenario(rules, timeline)
    steps = steps_of(read)
    for count in range(1, len(steps)):
        step = steps[count]
        before = seen(read, steps[:count], step.at)
        after = seen(read, steps[: count + 1], step.at)
        # A reopening brings the terms that apply by now, if they changed while it was solved.
        if not any(one.changes is not None for one in steps[: count + 1]):
            assert before.keys() <= after.keys()
            for key, clock in before.items():
                reopened = steps[count].status is not None
                assert after[key].used == clock.used or (reopened and after[key].used > clock.used)


@given(policies(), timelines(), moments)
def test_margin_and_used_are_the_target(
    rules: list[dict[str, Any]], timeline: list[Any], now: int
) -> None:
    read = scenario(rules, timeline)
    stated = {
        target["metric"]: target["within"] for policy in rules for target in policy["targets"]
    }
    only = len(rules) == 1
    for clock in clocks(steps_of(read), read.rules, now):
        whole = clock.margin + clock.used
        assert whole >= 0
        if only and stated[clock.metric].startswith("PT"):
            told = stated[clock.metric]
            assert whole == int(told[2:-1]) * (HOUR if told[-1] == "H" else MINUTE)


@given(policies(), timelines(), moments, moments)
def test_a_breach_is_final_and_was_noticed_when_due_or_when_the_target_began(
    rules: list[dict[str, Any]], timeline: list[Any], first: int, second: int
) -> None:
    read = scenario(rules, timeline)
    steps, (before, after) = steps_of(read), sorted((first, second))
    later = seen(read, steps, after)
    for key, clock in seen(read, steps, before).items():
        if clock.state == "breached":
            assert later[key].state == "breached"
            assert (later[key].due, later[key].noticed_at) == (clock.due, clock.noticed_at)
            assert clock.due is not None
            assert clock.noticed_at is not None
            assert clock.due <= clock.noticed_at <= before
        else:
            assert clock.noticed_at is None


@given(policies(), timelines(), moments)
def test_a_running_clock_is_not_yet_past_its_due_time(
    rules: list[dict[str, Any]], timeline: list[Any], now: int
) -> None:
    read = scenario(rules, timeline)
    for clock in clocks(steps_of(read), read.rules, now):
        match clock.state:
            case "running":
                assert clock.due is not None
                assert clock.due >= now
                assert clock.margin >= 0
            case "paused":
                assert clock.due is None
                assert clock.due_if_resumed is not None
                assert clock.due_if_resumed >= now
            case "met":
                assert clock.stopped_at is not None
                assert clock.margin >= 0
            case "ended":
                assert clock.due is None


@given(policies(), timelines(), moments)
def test_at_its_due_time_a_running_clock_has_used_its_target_to_the_microsecond(
    rules: list[dict[str, Any]], timeline: list[Any], now: int
) -> None:
    read = scenario(rules, timeline)
    steps = [step for step in steps_of(read) if step.at <= now]
    for key, clock in seen(read, steps, now).items():
        if clock.state == "running":
            assert clock.due is not None
            at_due = seen(read, steps, clock.due)[key]
            assert (at_due.state, at_due.margin) == ("running", 0)
            assert seen(read, steps, clock.due + 1)[key].state == "breached"


@given(timelines(), moments)
def test_a_resolution_uses_the_working_time_outside_its_pauses_and_solved_spans(
    timeline: list[Any], now: int
) -> None:
    target = {"metric": "resolution", "within": "PT9H", "pauses_in": ["pending", "on_hold"]}
    rules = [{"name": "p", "calendar": "office", "targets": [target]}]
    read = scenario(rules, timeline)
    steps = steps_of(read)
    counted, status, since = 0, "new", BEGIN
    calendar = compiled(OFFICE)
    for step in [*(one for one in steps if one.at <= now), Step(max(now, BEGIN), status="end")]:
        if status in ("new", "open"):
            counted += calendar.worked(since, step.at)
        status, since = step.status or status, step.at
    assert seen(read, steps, max(now, BEGIN))["resolution", 1].used == counted


@given(policies(), timelines(), st.sampled_from(("recompute", "carry")))
def test_terms_that_mean_the_same_are_no_change_whatever_the_names(
    rules: list[dict[str, Any]], timeline: list[Any], on_change: str
) -> None:
    """Each priority has the same promises under another name: changes of priority are nothing."""
    promised = [
        target | {"on_change": on_change} if target["within"].startswith("PT") else target
        for target in rules[0]["targets"]
    ]
    same = [
        {"name": name, "when": {"priority": [name]}, "calendar": "office", "targets": promised}
        for name in ("low", "high", "urgent")
    ]
    one = [{"name": "all", "calendar": "office", "targets": promised}]
    many, single = scenario(same, timeline), scenario(one, timeline)
    now = BEGIN + 120 * HOUR
    assert seen(many, steps_of(many), now) == seen(single, steps_of(single), now)


@given(policies(), timelines())
def test_instances_of_a_metric_are_numbered_in_the_order_in_which_they_begin(
    rules: list[dict[str, Any]], timeline: list[Any]
) -> None:
    read = scenario(rules, timeline)
    found = clocks(steps_of(read), read.rules, BEGIN + 240 * HOUR)
    for metric in {clock.metric for clock in found}:
        own = [(clock.instance, clock.start) for clock in found if clock.metric == metric]
        assert own == sorted(own)
        assert own[0][0] >= 1
