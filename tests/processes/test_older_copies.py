"""A process decides on all that was recorded before its cause, however lanes were read."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deskledger.app.desk import Desk
from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.status import Status
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import StoredRecord
from tests.processes.build import FreeLease, new_place
from tests.processes.ties import SOLVE, child_of, done, opened, run


class Solving:
    """Solves a ticket whenever somebody writes a note on another one."""

    name = "solving"
    rules = 1
    types = frozenset({"NoteAdded"})
    from_beginning = False

    def __init__(self, ticket: str) -> None:
        """Takes the ticket that is to be solved."""
        self.ticket = ticket

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        del fact
        yield Reaction(f"ticket/{self.ticket}", SOLVE)


class Behind:
    """A ledger of which one lane is read as it was a moment ago: others were read later."""

    def __init__(self, ledger: FollowedLedger, lane: int) -> None:
        self._ledger, self._lane = ledger, lane
        self._end = ledger.progress()[lane].records

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def read(self, lane: int, after_record: int, limit: int) -> list[StoredRecord]:
        if lane == self._lane:
            limit = min(limit, self._end - after_record)
        return self._ledger.read(lane, after_record, limit)


def test_what_stands_behind_the_read_part_of_another_lane_is_known_to_whoever_decides(
    tmp_path: Path,
) -> None:
    with new_place(tmp_path / "desk") as place:
        parent = opened(place)
        child = child_of(place, parent)
        run(place)
        lane = lane_of(f"ticket/{child}", 12)
        noted = opened(place)
        while lane_of(f"ticket/{noted}", 12) == lane:
            noted = opened(place)
        with Desk.open(place.desk.directory, clock=place.clock) as node:
            runner = Runner(
                Solving(parent),
                Parts(Behind(node.ledger, lane), node.writer, place.clock, FreeLease()),
            )
            while runner.step():
                pass
            load = node.writer.streams.load
            assert load(f"ticket/{child}").state.status.present is Status.NEW
            # The other process records in the child's lane, then in the one that is read.
            done(place, child, SOLVE)
            done(place, noted, AddNote(text="Its child is done."))
            runner.step()
            assert runner.outcomes.counts()["applied"] == 1
            assert load(f"ticket/{parent}").state.status.present is Status.SOLVED
