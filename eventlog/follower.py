"""Following a ledger: the records after some progress, batch by batch, as they come."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from deskledger.eventlog.errors import ForeignFile, LedgerDamaged
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord

BATCH_RECORDS_MAX = 10_000


class FollowedLedger(Protocol):
    """What a follower asks of a ledger."""

    desk: str

    def progress(self) -> list[Progress]:
        """How far each lane has come, in the order of lanes."""

    def progress_at(self, lane: int, records: int) -> Progress | None:
        """How far a lane had come after that many records."""

    def read(self, lane: int, after_record: int, limit: int) -> list[StoredRecord]:
        """The next records of a lane, void ones included."""

    def changes(self) -> int:
        """A mark of what is stored now."""

    def wait(self, seen: int, timeout_seconds: float) -> int:
        """Waits until something was stored since the mark."""


class Follower:
    """Reads every record of some lanes once, in the order of each lane, and waits for more.

    Args:
        ledger: what to follow.
        progress: where to go on, by lane; a lane that is not named starts at its first record.
        lanes: which lanes to follow, all by default.
        batch_size_max: how many records a batch holds at most.
        lane_by_lane: read a backlog to the end of one lane after the other, so that the records
            of a stream come close together; else it is spread over the lanes, so that none waits
            for another's end.

    Raises:
        ForeignFile: the progress is that of another desk.
        LedgerDamaged: the ledger does not hold what had been read, so it was cut or changed.
    """

    def __init__(
        self,
        ledger: FollowedLedger,
        progress: Iterable[Progress] = (),
        *,
        lanes: Sequence[int] | None = None,
        batch_size_max: int = BATCH_RECORDS_MAX,
        lane_by_lane: bool = False,
    ) -> None:
        self._ledger = ledger
        self._batch_size_max = batch_size_max
        self._lane_by_lane = lane_by_lane
        every = [state.lane for state in ledger.progress()]
        self._next = dict.fromkeys(every if lanes is None else lanes, 0)
        for read in progress:
            self._check(read)
            if read.lane in self._next:
                self._next[read.lane] = read.records

    def batch(self, timeout_seconds: float = 0.0) -> list[StoredRecord]:
        """The next records, those of a lane together; empty if none come before the time-out."""
        seen = self._ledger.changes()
        found = self._read()
        if not found and timeout_seconds > 0:
            self._ledger.wait(seen, timeout_seconds)
            found = self._read()
        return found

    def _read(self) -> list[StoredRecord]:
        behind = [
            state.lane
            for state in self._ledger.progress()
            if state.lane in self._next and state.records > self._next[state.lane]
        ]
        found: list[StoredRecord] = []
        for index, lane in enumerate(behind):
            lanes = 1 if self._lane_by_lane else len(behind) - index
            share = (self._batch_size_max - len(found)) // lanes
            records = self._ledger.read(lane, self._next[lane], max(share, 1))
            self._next[lane] += len(records)
            found += records
            if len(found) >= self._batch_size_max:
                break
        return found

    def _check(self, read: Progress) -> None:
        if read.desk != self._ledger.desk:
            raise ForeignFile("This was read from another desk's ledger.", desk=read.desk)
        if read.records and self._ledger.progress_at(read.lane, read.records) != read:
            told = f"Lane {read.lane} of the ledger no longer holds what was read from it."
            raise LedgerDamaged(told, lane=read.lane, records=read.records)
