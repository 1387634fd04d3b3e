"""What a policy says of its marks is done in its name, once, while the clock runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.shapes import Actor
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.writing.requests import Request
from tests.processes.build import Place, foreign, new_place, settle
from tests.processes.escalations import (
    ALL,
    DUE,
    HOUR,
    LATE,
    LI,
    ZHAO,
    Desk,
    levels,
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


def test_what_a_mark_says_is_done_by_the_policy_because_the_mark_was_reached(place: Place) -> None:
    desk = Desk(place, levels(*ALL))
    ticket = desk.opened(group="second-line", priority="low")
    desk.pass_by(ticket, DUE - 1)
    assert desk.steps(ticket) == [(0, 0, True)]
    desk.pass_by(ticket, 2)
    *_, escalated = desk.escalated(ticket)
    assert escalated.step == (0, 1, True)
    assert escalated.event["clock"] == {"metric": "resolution", "instance": 1}
    assert escalated.event["to"] == LI
    assert escalated.event["notify"] == [{"kind": "group", "id": "second-line"}]
    assert escalated.event["by"] == {"kind": "policy", "id": "default", "version": 1}
    envelope = escalated.commit.envelope
    assert envelope.actor == {"kind": "policy", "id": "default", "version": 1}
    assert envelope.source == {"surface": "process", "id": "escalator"}
    cause = envelope.cause
    assert cause is not None
    events = [event for commit in desk.commits(ticket) for event in commit.events]
    reached = events[cause["version"] - 1]
    assert (cause["stream"], reached["type"], reached["mark"]) == (ticket, "MarkReached", "late")
    state = place.state(ticket)
    assert state.party.present.agent == LI
    assert state.attributes["priority"].present == "high"
    assert state.tags["soon-late"].present


def test_a_mark_is_followed_once_however_often_it_is_read(place: Place) -> None:
    desk = Desk(place, levels(*ALL))
    ticket = desk.opened()
    desk.pass_by(ticket, DUE + 1)
    version = place.state(ticket).version
    for _ in range(3):
        again = desk.run()
        assert again.outcomes.counts()["applied"] == 0
    assert place.state(ticket).version == version


def test_after_hours_of_downtime_each_level_is_recorded_and_only_the_highest_acts(
    place: Place,
) -> None:
    desk = Desk(place, levels(*ALL))
    ticket = desk.opened()
    place.clock.pass_by(DUE + 2 * HOUR)
    desk.observe(ticket)
    place.clock.pass_by(HOUR / 2)
    desk.run()
    assert desk.steps(ticket) == [(0, 0, True), (0, 1, False), (1, 2, True)]
    state = place.state(ticket)
    assert state.party.present.group == "second-line"
    assert state.party.present.agent is None
    assert desk.due_after(ticket) == timedelta(seconds=DUE)
    late, later = desk.escalated(ticket)[1:]
    assert late.commit.envelope.cause != later.commit.envelope.cause
    reached = [
        event["occurred_at"]
        for commit in desk.commits(ticket)
        for event in commit.events
        if event["type"] == "MarkReached" and event["level"]
    ]
    assert reached < [late.event["occurred_at"], later.event["occurred_at"]]
    desk.pass_by(ticket, HOUR / 2)
    assert desk.steps(ticket)[-1] == (2, 3, True)


def test_levels_that_no_mark_has_are_recorded_with_the_next_that_has_one(place: Place) -> None:
    desk = Desk(place, levels({"name": "third", "percent": 50, "level": 3}))
    ticket = desk.opened()
    desk.pass_by(ticket, DUE)
    assert desk.steps(ticket) == [(0, 1, False), (1, 2, False), (2, 3, True)]
    assert len({one.commit.commit_id for one in desk.escalated(ticket)}) == 1


def test_a_clock_that_no_longer_runs_is_not_escalated(place: Place) -> None:
    target = {"metric": "first_response", "within": "PT4H", "marks": [LATE]}
    desk = Desk(place, {"name": "p", "calendar": "always", "targets": [target]})
    ticket = desk.opened()
    place.clock.pass_by(DUE + 1)
    desk.observe(ticket)
    desk.as_li(ticket, SendReply(text="Sorry."))
    runner = desk.run()
    assert runner.outcomes.counts()["not_mine"] == 1
    assert desk.steps(ticket) == []


@pytest.mark.parametrize("settling", [SolveTicket(resolution="fixed"), CloseTicket(reason="spam")])
def test_a_settled_ticket_is_not_escalated(place: Place, settling: Any) -> None:
    desk = Desk(place, levels(*ALL))
    ticket = desk.opened()
    place.clock.pass_by(DUE + 1)
    desk.observe(ticket)
    desk.as_li(ticket, settling)
    desk.run()
    assert desk.steps(ticket) == []


def test_who_is_on_leave_is_passed_over_for_the_next_and_the_one_found_is_recorded(
    place: Place,
) -> None:
    desk = Desk(place, levels(LATE))
    desk.say(LI, "away")
    desk.say(ZHAO, "available")
    ticket = desk.opened()
    desk.pass_by(ticket, DUE)
    (escalated,) = desk.escalated(ticket)
    assert escalated.event["to"] == ZHAO
    assert escalated.event["passed_over"] == [{"kind": "agent", "id": LI, "reason": "away"}]
    assert place.state(ticket).party.present.agent == ZHAO


def test_reminders_without_level_or_actions_are_followed_by_nothing(place: Place) -> None:
    desk = Desk(place, levels({"name": "half", "percent": 50}))
    ticket = desk.opened()
    desk.pass_by(ticket, DUE)
    assert desk.steps(ticket) == []
    assert place.types(ticket).count("MarkReached") == 1


def test_two_escalators_beside_each_other_do_nothing_twice(place: Place) -> None:
    desk = Desk(place, levels(*ALL))
    tickets = [desk.opened() for _ in range(5)]
    place.clock.pass_by(DUE + 2 * HOUR)
    for ticket in tickets:
        desk.observe(ticket)
    first, second = place.runner(name="escalator"), place.runner(name="escalator")
    for runner in (first, second, second, first):
        runner.step()
    settle(first)
    settle(second)
    for ticket in tickets:
        assert desk.steps(ticket) == [(0, 0, True), (0, 1, False), (1, 2, True)]


def test_imported_marks_are_history_and_followed_by_nothing(place: Place) -> None:
    desk = Desk(place, levels(LATE))
    importer = Request(Actor(kind="importer", id="old-desk"), "import", "old", history=True)
    writer = place.desk.writer
    began = place.clock.now
    place.clock.pass_by(DUE + HOUR)
    opening = OpenTicket(channel="email", occurred_at=began)
    ticket = writer.execute(None, opening, importer).stream
    late = began + timedelta(seconds=DUE + 60)
    writer.execute(ticket, TagTicket(add=("told",), occurred_at=late), importer)
    assert place.types(ticket).count("MarkReached") == 1
    desk.run()
    assert desk.steps(ticket) == []


def test_who_comes_before_the_watcher_after_hours_lets_only_the_highest_act(place: Place) -> None:
    desk = Desk(place, levels(*ALL))
    ticket = desk.opened()
    place.clock.pass_by(DUE + 1)
    desk.observe(ticket)
    place.clock.pass_by(9 * HOUR)
    desk.run()
    assert desk.steps(ticket) == [(0, 0, True), (0, 1, False), (1, 2, False), (2, 3, True)]


def test_a_mark_of_a_version_that_there_is_not_is_set_aside_and_the_rest_goes_on(
    place: Place,
) -> None:
    desk = Desk(place, levels(LATE))
    odd, ticket = desk.opened(), desk.opened()
    place.clock.pass_by(DUE)
    desk.observe(odd)
    (reached,) = [
        event
        for commit in desk.commits(odd)
        for event in commit.events
        if event["type"] == "MarkReached"
    ]
    other = {**reached["policy"], "version": 99}
    foreign(place, odd, {**reached, "mark": "odd", "level": 2, "policy": other})
    desk.observe(ticket)
    runner = desk.run()
    assert runner.outcomes.counts()["parked"] == 1
    assert desk.steps(ticket) == [(0, 1, True)]
