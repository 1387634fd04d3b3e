"""Where a watcher begins: at what the tables say of clocks, else at the ledger's first records."""

from collections.abc import Sequence

from deskledger.consumers.processes.due_times import DueTimes
from deskledger.consumers.processes.tables_beside import Lanes, TablesBeside
from deskledger.eventlog.progress import Progress
from deskledger.projections.clock_watch import every_waiting_clock
from deskledger.projections.question import Moment

# The roles of a node begin side by side: the tables may find their owner in a moment.
OWNER_SECONDS = 10.0


def from_ledger(ledger: Lanes, lanes: frozenset[int]) -> list[Progress]:
    """Before the first record of each lane: all that waits is found by reading."""
    return [Progress(ledger.desk, lane, 0, 0, bytes(32)) for lane in sorted(lanes)]


class FromTables:
    """Begins with the clocks that wait by the tables, and follows the ledger from their progress.

    Where they cannot be asked, all that waits is found by reading the ledger.
    """

    def __init__(self, tables: TablesBeside, ledger: Lanes) -> None:
        """Takes tables whose owner may be to come, and the ledger that they are of."""
        self._tables = tables
        self._ledger = ledger

    def __call__(self, lanes: frozenset[int], due: DueTimes) -> Sequence[Progress] | None:
        """What a watcher calls to begin in some lanes."""
        if not lanes:
            return ()
        count = self._ledger.lanes

        def take(moment: Moment) -> None:
            clocks = every_waiting_clock(moment)
            due.state_all(one for one in clocks if (one.ticket - 1) % count in lanes)

        answered = self._tables.ask("watcher", take)
        if answered is None:
            return None if self._tables.may_come else from_ledger(self._ledger, lanes)
        begun = [at for at in answered[1] if at.lane in lanes]
        missing = lanes - {at.lane for at in begun}
        return [*begun, *from_ledger(self._ledger, missing)]
