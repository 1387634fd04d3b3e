"""Clocks as they are recorded: the same as the clocks of the history, at every moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.public_holidays import countries
from deskledger.domain.configuration.policy_history import PolicyHistory
from deskledger.domain.sla.clocks import clocks
from deskledger.domain.sla.instants import instant_of
from deskledger.domain.sla.scenario.reading import Scenario, read_scenario
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.recorded_clocks import RecordedClock
from tests.domain.stories import Story
from tests.sla.live import Lived, lived, own_steps, published
from tests.sla.played import NotPlayable, Played
from tests.sla.test_cases import VALID, name_of


def used_at(clock: RecordedClock, policies: PolicyHistory, now: int) -> int:
    """Working time that a clock has used by an instant, not before it was recorded."""
    if clock.phase != "counting":
        return clock.used
    calendars = policies.rules(clock.judgement.version).calendars
    return clock.used + calendars[clock.judgement.calendar].worked(clock.at, now)


def told(ticket: Lived, now: int) -> dict[Any, Any]:
    """What the record says that the clocks show."""
    return {
        key: (
            clock.state,
            clock.due,
            used := used_at(clock, ticket.policies, now),
            clock.target - used,
            clock.noticed,
            clock.stopped,
            clock.provisional,
        )
        for key, clock in ticket.recorded.items()
        if clock.state != "absent"
    }


def shows(scenario: Scenario, ticket: str, now: int) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What the clocks of the history show, and which marks they have reached."""
    entries = sorted(scenario.entries, key=lambda one: one.place)
    steps = [one.step for one in entries if one.ticket in (ticket, None)]
    seen = clocks(steps, scenario.rules, now)
    shown = {
        (one.metric, one.instance): (
            one.state,
            one.due,
            one.used,
            one.margin,
            one.noticed_at,
            one.stopped_at,
            one.provisional,
        )
        for one in seen
    }
    marks = {
        (one.metric, one.instance): {name for name, at in one.marks.items() if at <= now}
        for one in seen
    }
    return shown, marks


def agrees(clock: RecordedClock, now: int) -> bool:
    """Whether nothing is overdue of what is to be recorded."""
    return clock.next_at is None or clock.next_at > now


def states(story: Story) -> dict[Any, Any]:
    """State and due time of every clock that a ticket has recorded."""
    recorded = story.state.clocks.items()
    return {key: (one.state, one.due) for key, one in recorded if one.state != "absent"}


def looks(scenario: Scenario) -> set[tuple[str, int]]:
    """Who is looked at in a scenario, and when."""
    return {(one.ticket, one.at) for one in scenario.expectations if one.at is not None}


PLAYED_MIN = 600
# A ticket is told late to be open, as it already is; a pause from before is told only after that.
UNSAID = {"file-late-facts"}


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_what_is_recorded_of_a_live_ticket_is_what_the_scenario_shows(path: Path) -> None:
    scenario = read_scenario(path.read_bytes(), countries())
    policies = published(scenario.rules, [one.step for one in scenario.entries])
    for name, at in looks(scenario):
        steps = [step for step in own_steps(scenario, name) if step.at <= at]
        if not steps or steps[0].opening is None:
            continue
        ticket = lived(policies, steps)
        ticket.take(now=at)
        shown, marks = shows(scenario, name, at)
        assert told(ticket, at) == shown
        assert all(ticket.recorded[key].marks >= names for key, names in marks.items())
        assert all(agrees(clock, at) for clock in ticket.recorded.values())
        assert ticket.take(now=at) == []


def test_scenarios_played_as_commands_record_what_they_show() -> None:
    played = 0
    for path in VALID:
        if path.stem in UNSAID:
            continue
        scenario = read_scenario(path.read_bytes(), countries())
        for name, at in looks(scenario):
            try:
                story = Played(path).story(name, at)
            except NotPlayable:
                continue
            if story.state is not None:
                story = replace(story, now=instant_of(at)).when(ObserveClocks())
                shown, _ = shows(scenario, name, at)
                expected = {key: (state, due) for key, (state, due, *_) in shown.items()}
                assert states(story) == expected, path
                played += 1
    assert played >= PLAYED_MIN
