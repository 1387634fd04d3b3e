"""Snoozed tickets come back by themselves, once, whatever happens to the process."""

import tempfile
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.consumers.processes import bookmarks
from deskledger.consumers.processes import runner as runners
from deskledger.domain.errors import DeskError
from deskledger.domain.ticket.commands import ResumeTicket, SolveTicket
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from tests.processes.build import ALL_LANES, FreeLease, Place, foreign, new_place, settle

HOUR = 3600


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


def test_a_snoozed_ticket_is_woken_when_its_time_has_come_and_not_before(place: Place) -> None:
    ticket, runner = place.snoozed(HOUR), place.runner()
    place.clock.pass_by(HOUR - 1)
    settle(runner)
    assert (place.wakings(ticket), runner.waiting()) == (0, 1)
    place.clock.pass_by(1)
    settle(runner)
    assert place.types(ticket)[-1] == "TicketActivated"
    assert (place.wakings(ticket), runner.waiting()) == (1, 0)


def test_the_waking_names_the_process_its_rules_and_the_event_that_caused_it(place: Place) -> None:
    ticket = place.snoozed(HOUR)
    place.clock.pass_by(HOUR)
    settle(place.runner())
    woken = read_commit(place.desk.ledger.history(ticket)[-1].value)
    assert woken.envelope.actor == {"kind": "system", "id": "waker", "version": 1}
    assert woken.envelope.source == {"surface": "process", "id": "waker"}
    assert woken.envelope.cause == {"stream": ticket, "version": woken.version - 1}
    assert woken.events[0]["reason"] == "woke"


@pytest.mark.parametrize("before", [ResumeTicket(), SolveTicket(resolution="fixed")])
def test_a_ticket_that_waits_no_longer_is_left_alone_and_nothing_is_recorded(
    place: Place, before: ResumeTicket | SolveTicket
) -> None:
    ticket, runner = place.snoozed(HOUR), place.runner()
    place.ask(ticket, before)
    known = place.types(ticket)
    place.clock.pass_by(HOUR)
    settle(runner)
    assert place.types(ticket) == known
    outcomes = runner.outcomes.counts()
    assert (outcomes["applied"], outcomes["not_mine"] + outcomes["parked"]) == (0, 1)


def test_a_ticket_that_was_snoozed_anew_sleeps_on(place: Place) -> None:
    ticket, runner = place.snoozed(HOUR), place.runner()
    place.snooze(ticket, 2 * HOUR)
    place.clock.pass_by(HOUR)
    settle(runner)
    assert place.wakings(ticket) == 0
    place.clock.pass_by(HOUR)
    settle(runner)
    assert place.wakings(ticket) == 1


def test_progress_is_recorded_after_an_event_that_matters_and_wakes_nobody(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookmarks, "PAUSE_SECONDS", 0)
    runner = place.runner()
    settle(runner)
    before = place.desk.ledger.progress()
    settle(runner)
    assert place.desk.ledger.progress() == before
    place.snoozed(HOUR)
    settle(runner)
    told = place.desk.ledger.progress()
    assert sum(lane.sequence for lane in told) == sum(lane.sequence for lane in before) + 3
    settle(runner)
    assert place.desk.ledger.progress() == told


def test_a_successor_goes_on_from_the_oldest_event_that_still_waits(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookmarks, "PAUSE_SECONDS", 0)
    late = place.snoozed(10 * HOUR)
    soon = [place.snoozed(HOUR) for _ in range(30)]
    place.clock.pass_by(HOUR)
    settle(place.runner())
    successor = place.runner()
    settle(successor)
    assert successor.waiting() == 1
    assert successor.outcomes.counts()["applied"] == 0
    place.clock.pass_by(9 * HOUR)
    settle(successor)
    assert [place.wakings(ticket) for ticket in (late, *soon)] == [1] * 31


def test_a_lane_that_goes_to_another_process_is_carried_on_there(place: Place) -> None:
    here, there = FreeLease(), FreeLease(frozenset())
    one, other = place.runner(here), place.runner(there)
    tickets = [place.snoozed(HOUR) for _ in range(20)]
    settle(one)
    here.held, there.held = frozenset({0, 1, 2}), ALL_LANES - {0, 1, 2}
    place.clock.pass_by(HOUR)
    for runner in (one, other):
        settle(runner)
    assert [place.wakings(ticket) for ticket in tickets] == [1] * 20
    assert one.waiting() + other.waiting() == 0


def test_much_that_is_due_at_once_is_done_in_several_steps(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runners, "REACTIONS_MAX", 4)
    tickets = [place.snoozed(HOUR) for _ in range(10)]
    place.clock.pass_by(HOUR)
    runner = place.runner()
    woken = []
    while runner.step():
        woken.append(sum(place.wakings(ticket) for ticket in tickets))
    assert woken[-1] == 10
    # What follows from an event is found first, then done, four at a time.
    assert all(later - before <= 4 for before, later in pairwise([0, *woken]))


def test_where_the_desk_cannot_be_written_the_waking_is_tried_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, runner = place.snoozed(HOUR), place.runner()
    settle(runner)
    place.clock.pass_by(HOUR)
    with monkeypatch.context() as patch:
        patch.setattr(place.desk.writer, "execute", _unavailable)
        with pytest.raises(Unavailable):
            runner.step()
    settle(runner)
    assert place.wakings(ticket) == 1


def test_what_fails_for_good_is_parked_and_tried_again_by_the_next_start(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookmarks, "PAUSE_SECONDS", 0)
    tickets, runner = [place.snoozed(HOUR) for _ in range(3)], place.runner()
    settle(runner)
    place.clock.pass_by(HOUR)
    with monkeypatch.context() as patch:
        patch.setattr(place.desk.writer, "execute", _broken)
        settle(runner)
    assert runner.outcomes.counts()["parked"] == 3
    settle(place.runner())
    assert [place.wakings(ticket) for ticket in tickets] == [1, 1, 1]


def test_an_event_that_cannot_be_understood_is_parked_and_the_others_go_on(place: Place) -> None:
    odd, ticket, runner = place.snoozed(HOUR), place.snoozed(HOUR), place.runner()
    foreign(place, odd, {"type": "TicketPaused"}, {"kind": "no type at all"})
    place.clock.pass_by(HOUR)
    settle(runner)
    assert place.wakings(ticket) == 1
    # The event itself, and the waking of a ticket that cannot be folded any more.
    assert runner.outcomes.counts()["parked"] == 2


def test_a_process_that_ends_while_nothing_can_be_written_ends_without_an_error(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.snoozed(HOUR)
    runner, stop = place.runner(), threading.Event()
    settle(runner)
    tried: list[object] = []

    def unavailable(*asked: object) -> None:
        tried.append(asked)
        raise Unavailable("no disk")

    monkeypatch.setattr(place.desk.writer, "execute_many", unavailable)
    stop.set()
    runner.run(stop)
    assert tried


def test_progress_that_the_ledger_does_not_hold_stops_the_process(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookmarks, "PAUSE_SECONDS", 0)
    place.snoozed(HOUR)
    settle(place.runner())
    monkeypatch.setattr(place.desk.ledger, "progress_at", lambda *_: None)
    with pytest.raises(LedgerDamaged, match="no longer holds"):
        place.runner().step()


@settings(max_examples=15, deadline=None)
@given(
    snoozes=st.lists(st.integers(0, 5), min_size=1, max_size=8),
    steps=st.lists(st.sampled_from(["first", "second", "restart", "time"]), max_size=25),
)
def test_restarts_and_two_processes_wake_every_ticket_exactly_once(
    snoozes: list[int], steps: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name, new_place(Path(name, "desk")) as place:
        tickets = [place.snoozed(HOUR * hours) for hours in snoozes]
        runners = {"first": place.runner(), "second": place.runner()}
        for step in steps:
            if step == "time":
                place.clock.pass_by(HOUR)
            elif step == "restart":
                runners["first"] = place.runner()
            else:
                runners[step].step()
        place.clock.pass_by(6 * HOUR)
        for runner in runners.values():
            settle(runner)
        assert [place.wakings(ticket) for ticket in tickets] == [1] * len(tickets)


def _unavailable(*_: object) -> None:
    raise Unavailable("no disk")


def _broken(*_: object) -> None:
    raise DeskError("cannot be decided")
