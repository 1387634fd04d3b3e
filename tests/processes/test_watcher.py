"""Breaches and marks are recorded when their time comes, once, whatever happens to the watcher."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.consumers.processes import watcher as watchers
from deskledger.domain.ticket.commands import SolveTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.instants import format_instant
from tests.processes.build import ALL_LANES, FreeLease, Place, new_place
from tests.processes.clocked import (
    ALL,
    HOUR,
    MINUTE,
    RESPONSE,
    SOON,
    Killed,
    ask,
    at,
    killed_at,
    observations,
    opened,
    passed,
    publish,
    settle,
    watcher,
)

MICROSECOND = 0.000001


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        publish(made, RESPONSE)
        yield made


def test_each_mark_is_recorded_at_its_time_and_a_breach_a_microsecond_after_it_was_due(
    place: Place,
) -> None:
    ticket, watching = opened(place), watcher(place)
    told = []
    for seconds in (
        45 * MINUTE - MICROSECOND,
        MICROSECOND,
        15 * MINUTE,
        MICROSECOND,
        30 * MINUTE - 2 * MICROSECOND,
        MICROSECOND,
        100 * HOUR,
    ):
        place.clock.pass_by(seconds)
        settle(watching)
        told.append(len(passed(place, ticket)))
    assert told == [0, 1, 1, 2, 2, 3, 3]
    assert passed(place, ticket) == ALL
    assert len(watching.due) == 0


def test_the_commit_names_the_watcher_and_the_event_that_said_when_to_look(place: Place) -> None:
    ticket, watching = opened(place), watcher(place)
    place.clock.pass_by(50 * MINUTE)
    settle(watching)
    commit = read_commit(place.desk.ledger.history(ticket)[-1].value)
    assert commit.envelope.command_type == "ObserveClocks"
    assert commit.envelope.actor == {"kind": "system", "id": "watcher", "version": 1}
    assert commit.envelope.source == {"surface": "process", "id": "watcher"}
    assert commit.envelope.cause == {"stream": ticket, "version": commit.version - 1}


def test_after_hours_of_downtime_all_is_recorded_late_in_the_order_in_which_it_was_due(
    place: Place,
) -> None:
    tickets = []
    # Of so many, some are in the same lane, whose order can be compared.
    for _ in range(20):
        tickets.append(opened(place))
        place.clock.pass_by(MINUTE)
    place.clock.pass_by(10 * HOUR)
    settle(watcher(place))
    for minute, ticket in enumerate(tickets):
        due = [at(minute + later) for later in (45, 60, 90)]
        assert [one.at for one in passed(place, ticket)] == due
    last = [place.desk.ledger.history(ticket)[-1] for ticket in tickets]
    assert {read_commit(one.value).recorded_at for one in last} == {format_instant(place.clock.now)}
    for lane in ALL_LANES:
        recorded = [one.sequence for one in last if one.lane == lane]
        assert recorded == sorted(recorded)


def test_what_was_answered_in_time_is_not_looked_at_again(place: Place) -> None:
    ticket, watching = opened(place), watcher(place)
    settle(watching)
    assert len(watching.due) == 1
    ask(place, ticket, SendReply(text="Hello"))
    settle(watching)
    assert len(watching.due) == 0
    place.clock.pass_by(10 * HOUR)
    before = place.desk.ledger.progress()
    settle(watching)
    assert place.desk.ledger.progress() == before
    assert passed(place, ticket) == []


def test_while_the_past_is_read_nothing_is_asked_that_was_settled_then(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchers, "BATCH_RECORDS_MAX", 5)
    monkeypatch.setattr(watchers, "BEHIND_RECORDS_MAX", 1)
    tickets = [opened(place) for _ in range(12)]
    for ticket in tickets:
        ask(place, ticket, SendReply(text="Hello"))
    place.clock.pass_by(10 * HOUR)
    watching, steps = watcher(place), 0
    while watching.step():
        steps += 1
    assert steps > 24 / 5
    assert set(watching.outcomes.counts().values()) == {0}


def test_a_command_that_comes_first_records_what_is_due_and_the_watcher_has_nothing_to_do(
    place: Place,
) -> None:
    ticket, watching = opened(place), watcher(place)
    settle(watching)
    place.clock.pass_by(50 * MINUTE)
    place.ask(ticket, SolveTicket(resolution="fixed"))
    settle(watching)
    assert passed(place, ticket) == [SOON]
    assert observations(place, ticket) == 0


def test_two_watchers_record_nothing_twice(place: Place) -> None:
    tickets = [opened(place) for _ in range(5)]
    both = [watcher(place), watcher(place)]
    for minutes in (45, 20, 30):
        place.clock.pass_by(minutes * MINUTE)
        for one in both:
            one.step()
    for one in both:
        settle(one)
    assert [passed(place, ticket) for ticket in tickets] == [ALL] * 5
    assert sum(one.outcomes.counts()["applied"] for one in both) == 15
    assert all(one.outcomes.counts()["parked"] == 0 for one in both)


@pytest.mark.parametrize("after", [False, True])
def test_what_a_killed_watcher_left_is_recorded_once_by_the_next(
    place: Place, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    ticket, watching = opened(place), watcher(place)
    settle(watching)
    for minutes in (50, 15, 60):
        place.clock.pass_by(minutes * MINUTE)
        lives_again = killed_at(place, monkeypatch, after=after)
        with pytest.raises(Killed):
            settle(watching)
        lives_again()
        watching = watcher(place)
        settle(watching)
    assert passed(place, ticket) == ALL


def test_lanes_that_go_to_another_watcher_are_watched_there(place: Place) -> None:
    tickets = [opened(place) for _ in range(20)]
    here, there = FreeLease(), FreeLease(frozenset())
    one, other = watcher(place, here), watcher(place, there)
    settle(one)
    here.held, there.held = frozenset({0, 1, 2}), ALL_LANES - {0, 1, 2}
    place.clock.pass_by(HOUR)
    for watching in (one, other):
        settle(watching)
    assert [passed(place, ticket) for ticket in tickets] == [[SOON]] * 20
    assert len(one.due) + len(other.due) == 20
    assert one.outcomes.counts()["duplicate"] == other.outcomes.counts()["duplicate"] == 0


def test_it_tells_what_waits_for_when_and_how_late_it_is(place: Place) -> None:
    opened(place)
    watching = watcher(place)
    settle(watching)
    assert watching.facts()["waiting"] == 1
    assert watching.facts()["next_at"] == at(45)
    place.clock.pass_by(46 * MINUTE)
    assert watching.facts()["late_seconds"] == MINUTE
    settle(watching)
    facts = watching.facts()
    assert (facts["next_at"], facts["late_seconds"]) == (at(60, 1), 0)
