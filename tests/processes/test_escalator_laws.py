"""Whoever watches and escalates, and however often killed: no level is skipped or repeated."""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.consumers.processes.runner import Runner
from deskledger.domain.ticket.status import SETTLED
from tests.processes.build import BEGUN_AT, Place, new_place, settle
from tests.processes.clocked import COMMANDS, Killed, ask, until_killed, watcher
from tests.processes.clocked import settle as settle_watcher
from tests.processes.escalations import HOUR, LI, ZHAO, Desk, Escalated

TICKETS = 2
ACTIONS: dict[str, Any] = {"agents": [LI, ZHAO], "priority": "urgent", "tags": ["late"]}
MARKS = [
    {"name": "first", "offset": "-PT30M", "level": 1, "actions": ACTIONS},
    {"name": "second", "offset": "PT1H", "level": 2, "actions": {"group": "second-line"}},
    {"name": "fourth", "offset": "PT5H", "level": 4, "actions": {"agents": [ZHAO]}},
]
TARGETS = [
    {"metric": "first_response", "within": "PT1H", "marks": MARKS},
    {"metric": "requester_wait", "within": "PT4H", "marks": MARKS},
]
HAPPENINGS = st.tuples(st.sampled_from(sorted(COMMANDS)), st.integers(0, TICKETS - 1))
PASSING = st.tuples(st.just("time"), st.integers(0, 6 * int(HOUR)))
WORKING = st.tuples(
    st.sampled_from(["watch", "first", "second", "restart", "killed before", "killed after"]),
    st.just(0),
)
Step = tuple[str, int]


class World:
    """A desk with some tickets, a watcher and two escalators."""

    def __init__(self, place: Place) -> None:
        self.desk = Desk(place, {"name": "p", "calendar": "always", "targets": TARGETS})
        self.place = place
        self.tickets = [self.desk.opened() for _ in range(TICKETS)]
        self.watcher = watcher(place)
        self.escalators = {"first": self._escalator(), "second": self._escalator()}

    def take(self, step: Step) -> None:
        """Lets something happen."""
        what, how = step
        if what == "time":
            self.place.clock.pass_by(how)
        elif what in COMMANDS:
            ask(self.place, self.tickets[how], COMMANDS[what])
        elif what == "watch":
            self.watcher.step()
        elif what in self.escalators:
            self.escalators[what].step()
        else:
            self._kill(what)

    def end(self) -> None:
        """Lets everybody do all that is due long after."""
        self.place.clock.now = BEGUN_AT + timedelta(hours=200)
        settle_watcher(self.watcher)
        for one in self.escalators.values():
            settle(one)

    def _kill(self, what: str) -> None:
        if what != "restart":
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(self.place.desk.writer, "execute", self._fatal(what))
                until_killed(partial(settle, self.escalators["first"]))
        self.escalators["first"] = self._escalator()

    def _fatal(self, what: str) -> Callable[..., Any]:
        """The next command of an escalator is its last."""
        real = self.place.desk.writer.execute

        def execute(*task: Any) -> Any:
            if what == "killed after":
                real(*task)
            raise Killed

        return execute

    def _escalator(self) -> Runner:
        return self.place.runner(name="escalator")


def _ladders(escalated: Sequence[Escalated]) -> dict[tuple[str, int], list[Escalated]]:
    found: dict[tuple[str, int], list[Escalated]] = {}
    for one in escalated:
        clock = one.event["clock"]
        found.setdefault((clock["metric"], clock["instance"]), []).append(one)
    return found


def _check(world: World, ticket: str) -> None:
    ladders = _ladders(world.desk.escalated(ticket))
    for steps in ladders.values():
        told = [one.event["level"] for one in steps]
        assert [level["after"] for level in told] == list(range(1, len(steps) + 1))
        assert [level["before"] for level in told] == list(range(len(steps)))
        by_commit = {one.commit.commit_id: one for one in steps}
        handed = Counter(
            one.event["level"]["after"]
            for one in by_commit.values()
            for event in one.commit.events
            if event["type"] == "TicketAssigned"
        )
        assert set(handed.values()) <= {1}
    state = world.place.state(ticket)
    for key, clock in state.clocks.items():
        if clock.phase != "stopped" and state.status.present not in SETTLED:
            assert len(ladders.get(key, ())) == state.escalation.due.get(key, 0)


@settings(max_examples=12, deadline=None)
@given(steps=st.lists(st.one_of(HAPPENINGS, PASSING, WORKING), max_size=20))
def test_no_level_is_skipped_or_repeated_and_what_still_runs_is_escalated_to_the_end(
    steps: list[Step],
) -> None:
    with tempfile.TemporaryDirectory() as name, new_place(Path(name, "desk")) as place:
        world = World(place)
        for step in steps:
            world.take(step)
        world.end()
        for ticket in world.tickets:
            _check(world, ticket)
