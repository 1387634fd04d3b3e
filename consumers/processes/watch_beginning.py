"""Where a watcher begins: at what the tables say of clocks, else at the ledger's first records."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import structlog

from deskledger.consumers.processes.due_times import DueTimes
from deskledger.domain.errors import DeskError
from deskledger.eventlog.progress import Progress
from deskledger.projections.clock_watch import every_waiting_clock
from deskledger.projections.owner.client import OwnedTables, find_owner

# The roles of a node begin side by side: the tables may find their owner in a moment.
OWNER_SECONDS = 10.0

_log = structlog.get_logger()


class Lanes(Protocol):
    """What is asked of a ledger."""

    desk: str
    lanes: int

    def progress_at(self, lane: int, records: int) -> Progress | None:
        """How far a lane had come after that many records."""


def from_ledger(ledger: Lanes, lanes: frozenset[int]) -> list[Progress]:
    """Before the first record of each lane: all that waits is found by reading."""
    return [Progress(ledger.desk, lane, 0, 0, bytes(32)) for lane in sorted(lanes)]


class FromTables:
    """Begins with the clocks that wait by the tables, and follows the ledger from their progress.

    Only the tables' owner is asked: a node may own them itself, and no process may have DuckDB's
    file open twice. Without an owner, or where its tables do not follow from this ledger, all that
    waits is found by reading the ledger: it takes longer, and needs nothing else.
    """

    def __init__(self, directory: Path, ledger: Lanes, *, owner_seconds: float) -> None:
        """Waits for an owner for so long, if any is to come."""
        self._directory = directory
        self._ledger = ledger
        self._waits_until = time.monotonic() + owner_seconds

    def __call__(self, lanes: frozenset[int], due: DueTimes) -> Sequence[Progress] | None:
        """What a watcher calls to begin in some lanes."""
        if not lanes:
            return ()
        try:
            tables = find_owner(self._directory, self._ledger.desk)
            if tables is not None:
                return self._read(tables, lanes, due)
        except DeskError as error:
            _log.warning("tables_not_read", process="watcher", reason=str(error))
        else:
            if time.monotonic() < self._waits_until:
                return None
        return from_ledger(self._ledger, lanes)

    def _read(
        self, tables: OwnedTables, lanes: frozenset[int], due: DueTimes
    ) -> Sequence[Progress]:
        count = self._ledger.lanes
        with tables, tables.moment() as moment:
            begun = [at for at in moment.progress if at.lane in lanes]
            if not all(self._holds(at) for at in begun):
                _log.warning("tables_not_read", process="watcher", reason="of another ledger")
                return from_ledger(self._ledger, lanes)
            clocks = every_waiting_clock(moment)
            due.state_all(one for one in clocks if (one.ticket - 1) % count in lanes)
        missing = lanes - {at.lane for at in begun}
        return [*begun, *from_ledger(self._ledger, missing)]

    def _holds(self, at: Progress) -> bool:
        return not at.records or self._ledger.progress_at(at.lane, at.records) == at
