"""Whoever watches, and however often it is killed: what passed is recorded once, all of it."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.ticket.commands import OpenTicket
from tests.processes.build import BEGUN_AT, Place, new_place
from tests.processes.clocked import (
    COMMANDS,
    HOUR,
    RESPONSE,
    SOLUTION,
    Passed,
    ask,
    killed_at,
    passed,
    publish,
    settle,
    until_killed,
    watcher,
)

TICKETS = 3
HAPPENINGS = st.tuples(st.sampled_from(sorted(COMMANDS)), st.integers(0, TICKETS - 1))
PASSING = st.tuples(st.just("time"), st.integers(0, 3 * HOUR))
WATCHING = st.tuples(
    st.sampled_from(["first", "second", "restart", "killed before", "killed after"]), st.just(0)
)
SET_BACK = st.tuples(st.just("time"), st.integers(-2 * HOUR, -1))
Step = tuple[str, int]


class World:
    """A desk with some tickets that are promised something, and two watchers."""

    def __init__(self, place: Place) -> None:
        publish(place, RESPONSE, SOLUTION)
        self.place = place
        self.tickets = [place.ask(None, OpenTicket(channel="email")).stream for _ in range(TICKETS)]
        self.watchers = {"first": watcher(place), "second": watcher(place)}

    def take(self, step: Step) -> None:
        """Lets something happen."""
        what, how = step
        if what == "time":
            self.place.clock.pass_by(how)
        elif what in COMMANDS:
            ask(self.place, self.tickets[how], COMMANDS[what])
        elif what in self.watchers:
            self.watchers[what].step()
        else:
            self._kill(what)

    def end(self) -> list[list[Passed]]:
        """Lets the watchers do all that is due long after; gives what passed, by ticket."""
        self.place.clock.now = BEGUN_AT + timedelta(hours=200)
        for one in self.watchers.values():
            settle(one)
        return [passed(self.place, ticket) for ticket in self.tickets]

    def _kill(self, what: str) -> None:
        if what != "restart":
            with pytest.MonkeyPatch.context() as patch:
                killed_at(self.place, patch, after=what == "killed after")
                until_killed(partial(settle, self.watchers["first"]))
        self.watchers["first"] = watcher(self.place)


def _lived(steps: Sequence[Step]) -> list[list[Passed]]:
    with tempfile.TemporaryDirectory() as name, new_place(Path(name, "desk")) as place:
        world = World(place)
        for step in steps:
            world.take(step)
        return world.end()


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(st.one_of(HAPPENINGS, PASSING, WATCHING), max_size=20))
def test_kills_restarts_and_two_watchers_change_nothing_of_what_is_recorded(
    steps: list[Step],
) -> None:
    watched = _lived(steps)
    alone = _lived([step for step in steps if step[0] in {"time", *COMMANDS}])
    assert [sorted(of, key=str) for of in watched] == [sorted(of, key=str) for of in alone]
    assert any(watched)


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(st.one_of(HAPPENINGS, PASSING, SET_BACK, WATCHING), max_size=20))
def test_a_clock_that_is_set_back_brings_nothing_twice_and_loses_nothing(
    steps: list[Step],
) -> None:
    with tempfile.TemporaryDirectory() as name, new_place(Path(name, "desk")) as place:
        world = World(place)
        for step in steps:
            world.take(step)
        for of in world.end():
            counted = Counter((one.metric, one.instance, one.mark) for one in of)
            assert set(counted.values()) <= {1}
        assert [len(one.due) for one in world.watchers.values()] == [0, 0]
