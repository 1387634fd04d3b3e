"""Explanations: what holds of every clock of every history."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given

from deskledger.domain.sla.clocks import clocks
from deskledger.domain.sla.explanation.explaining import explain
from deskledger.domain.sla.explanation.lines import Explanation
from deskledger.domain.sla.steps import Step
from tests.sla.histories import moments, policies, scenario, timelines
from tests.sla.test_recorded_clock_laws import lived_through, randoms, reshuffled

JUDGED = ("judged", "revived", "recomputed", "carried", "same")


def told(rules: list[Any], timeline: list[Any], now: int) -> tuple[list[Explanation], list[Step]]:
    read = scenario(rules, timeline)
    steps = [entry.step for entry in read.entries]
    found = explain(steps, read.rules, now)
    assert tuple(one.view for one in found) == clocks(steps, read.rules, now)
    return found, steps


@given(policies(), timelines(), moments)
def test_the_stretches_of_a_clock_add_up_to_what_it_has_used(
    rules: list[Any], timeline: list[Any], now: int
) -> None:
    for one in told(rules, timeline, now)[0]:
        assert sum(line.used for line in one.lines) == one.view.used
        for line in one.lines:
            assert sum(day.used for day in line.days) == line.used


@given(policies(), timelines(), moments)
def test_stretches_and_pauses_follow_each_other_without_a_gap_from_the_start_on(
    rules: list[Any], timeline: list[Any], now: int
) -> None:
    for one in told(rules, timeline, now)[0]:
        pieces = [line for line in one.lines if line.kind in ("counted", "stood", "stands")]
        ends = [(line.at, now if line.until is None else line.until) for line in pieces]
        bounds = [(one.view.start, one.view.start), *ends]
        assert all(before[1] == after[0] for before, after in pairwise(bounds))
        stopped = one.view.stopped_at
        assert bounds[-1][1] == (now if stopped is None else stopped)


@given(policies(), timelines(), moments)
def test_each_due_time_goes_on_from_the_one_before_it_to_the_one_that_shows(
    rules: list[Any], timeline: list[Any], now: int
) -> None:
    for one in told(rules, timeline, now)[0]:
        due: Any = None
        for line in one.lines:
            if line.kind == "first_due":
                due = line.facts["due"]
            elif line.kind in ("stood", "moved"):
                assert line.facts["due_before"] == due
                due = line.facts["due"]
            elif line.kind == "stands":
                due = line.facts["due_if_resumed"]
        if one.view.state == "paused":
            assert due == one.view.due_if_resumed
        elif one.view.due is not None:
            assert due == one.view.due


@given(policies(), timelines(), moments)
def test_a_clock_is_explained_by_steps_that_happened_and_by_the_policy_that_promises_it(
    rules: list[Any], timeline: list[Any], now: int
) -> None:
    found, steps = told(rules, timeline, now)
    for one in found:
        assert one.lines[0].kind == "started"
        assert one.target.metric == one.view.metric
        assert one.match.policy is not None
        assert one.match.target(one.view.metric) is one.target
        for line in one.lines:
            assert line.step is None or steps[line.step].at <= now
        judged = [line for line in one.lines if line.kind in JUDGED]
        assert judged[-1].facts["match"] is one.match


@given(policies(), timelines(), moments, randoms)
def test_an_explanation_ends_in_the_figures_that_are_recorded_whatever_came_late(
    rules: list[Any], timeline: list[Any], now: int, random: Any
) -> None:
    read = scenario(rules, reshuffled(timeline, random))
    ticket = lived_through(read, until=now)
    if not ticket.history.steps:
        return
    ticket.take(now=now)
    found = explain(ticket.history.steps, read.rules, now)
    kept = {key: one for key, one in ticket.recorded.items() if one.state != "absent"}
    assert {(one.view.metric, one.view.instance) for one in found} == kept.keys()
    for one in found:
        recorded, seen = kept[one.view.metric, one.view.instance], one.view
        assert (recorded.state, recorded.due) == (seen.state, seen.due)
        assert (recorded.start, recorded.stopped) == (seen.start, seen.stopped_at)
        assert recorded.target == seen.used + seen.margin
        assert recorded.noticed == seen.noticed_at
        assert recorded.used == seen.used or recorded.phase == "counting"
        assert recorded.judgement.name == (one.match.policy and one.match.policy.name)
