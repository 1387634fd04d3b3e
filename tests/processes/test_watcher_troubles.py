"""Clocks set back, full disks, tickets that nobody can read: nothing is lost or doubled."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deskledger.consumers.processes.runner import Parts
from deskledger.consumers.processes.watcher import AGAIN_MICROSECONDS, Watcher
from deskledger.eventlog.errors import Unavailable
from tests.processes.build import FreeLease, Place, foreign, new_place
from tests.processes.clocked import (
    ALL,
    BREACH,
    HOUR,
    MINUTE,
    RESPONSE,
    SOON,
    beginning,
    opened,
    passed,
    publish,
    settle,
    watcher,
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        publish(made, RESPONSE)
        yield made


def test_a_clock_that_is_set_back_brings_nothing_twice(place: Place) -> None:
    ticket, watching = opened(place), watcher(place)
    place.clock.pass_by(61 * MINUTE)
    settle(watching)
    place.clock.pass_by(-30 * MINUTE)
    settle(watching)
    settle(watcher(place))
    assert passed(place, ticket) == [SOON, BREACH]
    place.clock.pass_by(2 * HOUR)
    settle(watching)
    assert passed(place, ticket) == ALL


def ahead_of_time(place: Place) -> Watcher:
    """A watcher whose clock is an hour ahead of the one by which the desk decides."""
    parts = Parts(
        place.desk.ledger,
        place.desk.writer,
        lambda: place.clock.now + timedelta(hours=1),
        FreeLease(),
    )
    return Watcher(parts, place.desk.ledger, beginning(place))


def test_a_clock_that_is_set_back_between_looking_and_deciding_loses_nothing(place: Place) -> None:
    ticket, watching = opened(place), ahead_of_time(place)
    settle(watching)
    assert passed(place, ticket) == []
    assert watching.outcomes.counts()["not_mine"] == 1
    place.clock.pass_by(46 * MINUTE)
    settle(watching)
    assert passed(place, ticket) == [SOON]


def test_what_nothing_comes_of_is_asked_more_and_more_seldom(place: Place) -> None:
    opened(place)
    watching = ahead_of_time(place)
    for _ in range(40):
        settle(watching)
        place.clock.pass_by(MINUTE)
    # At once, then a quarter and half an hour later, each time as long after as it was late.
    assert watching.outcomes.counts()["not_mine"] == 2


def test_what_cannot_be_written_is_tried_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, watching = opened(place), watcher(place)
    settle(watching)
    place.clock.pass_by(50 * MINUTE)
    with monkeypatch.context() as patch:
        patch.setattr(place.desk.writer, "execute_many", _unavailable)
        with pytest.raises(Unavailable):
            watching.step()
    settle(watching)
    assert watching.facts()["late_seconds"] == 5 * MINUTE
    place.clock.pass_by(AGAIN_MICROSECONDS / 1e6)
    settle(watching)
    assert passed(place, ticket) == [SOON]
    assert watching.facts()["late_seconds"] == 0


def test_a_ticket_that_cannot_be_read_is_parked_and_the_others_go_on(place: Place) -> None:
    odd, ticket, watching = opened(place), opened(place), watcher(place)
    foreign(place, odd, {"type": "ClockStarted", "next_at": "tomorrow"}, {"kind": "none"})
    place.clock.pass_by(50 * MINUTE)
    settle(watching)
    assert passed(place, ticket) == [SOON]
    # The event itself, and the ticket that cannot be folded any more.
    assert watching.outcomes.counts()["parked"] == 2
    place.clock.pass_by(HOUR)
    settle(watching)
    assert passed(place, ticket) == ALL


def _unavailable(*_: object) -> None:
    raise Unavailable("no disk")
