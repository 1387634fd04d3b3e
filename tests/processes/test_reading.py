"""How far a process reads: no further than it acts, and no nearer than its predecessor did."""

from pathlib import Path
from typing import Any

import pytest

from deskledger.app.node.processes import PROCESSES
from deskledger.consumers.processes import runner as running
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.freshness import Freshness
from deskledger.eventlog.progress import Progress
from tests.processes.build import FreeLease, Place, new_place, settle

TICKETS = 12
READ_MAX = 4


class Copy:
    """A ledger that is a copy of another place, as it was a while ago."""

    def __init__(self, ledger: FollowedLedger, *, is_copy: bool = True) -> None:
        """Knows no more from now on than the ledger has."""
        self._ledger, self._ends = ledger, ledger.progress()
        self._is_copy = is_copy

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def progress(self) -> list[Progress]:
        return self._ends

    def progress_at(self, lane: int, records: int) -> Progress | None:
        is_known = records <= self._ends[lane].records
        return self._ledger.progress_at(lane, records) if is_known else None

    def freshness(self) -> Freshness:
        return Freshness(is_fresh=not self._is_copy)

    def read_on(self) -> None:
        self._ends = self._ledger.progress()


def waker(place: Place, ledger: Copy) -> Runner:
    process = PROCESSES["waker"](place.desk)
    return Runner(process, Parts(ledger, place.desk.writer, place.clock, FreeLease()))


def test_no_more_is_read_while_something_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_RECORDS_MAX", READ_MAX)
    monkeypatch.setattr(running, "REACTIONS_MAX", 1)
    with new_place(tmp_path / "desk") as place:
        tickets = [place.snoozed(60) for _ in range(TICKETS)]
        place.clock.pass_by(61)
        runner = place.runner()
        while runner.step():
            assert runner.waiting() <= READ_MAX
        assert [place.wakings(ticket) for ticket in tickets] == [1] * TICKETS


def after_a_predecessor(place: Place) -> tuple[Copy, Copy]:
    """A copy from before a process wrote down how far it was, and a ledger cut there."""
    copies = Copy(place.desk.ledger), Copy(place.desk.ledger, is_copy=False)
    for _ in range(TICKETS):
        place.snoozed(60)
    predecessor = place.runner()
    settle(predecessor)
    place.clock.pass_by(61)
    settle(predecessor)
    predecessor._bookmarks.write(predecessor._agendas.values())  # noqa: SLF001 - at once
    return copies


def test_a_copy_that_is_behind_a_predecessor_is_waited_for(tmp_path: Path) -> None:
    with new_place(tmp_path / "desk") as place:
        copy, _ = after_a_predecessor(place)
        successor = waker(place, copy)
        with pytest.raises(Unavailable):
            successor.step()
        copy.read_on()
        settle(successor)
        assert successor.facts()["lanes"] == list(range(place.desk.ledger.lanes))


def test_a_ledger_that_was_cut_behind_a_predecessor_is_not_gone_on_with(tmp_path: Path) -> None:
    with new_place(tmp_path / "desk") as place:
        _, cut = after_a_predecessor(place)
        with pytest.raises(LedgerDamaged):
            waker(place, cut).step()
