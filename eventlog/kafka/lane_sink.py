"""The ledger's topic as the tail reads it: judged into the replica, and told to who waits."""

from collections.abc import Callable, Mapping, Sequence

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import NewerVersion
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.read_back import ReadBack
from deskledger.eventlog.kafka.reading import Added, Begin, Records
from deskledger.eventlog.kafka.replica import Replica
from deskledger.eventlog.records import Receipt
from deskledger.eventlog.store.record_store import Moved


class LaneSink:
    """Stores what the tail reads, and settles those who wait for a record of theirs.

    Attributes:
        moved: told of every effective commit, once somebody wants to know.
    """

    def __init__(
        self,
        replica: Replica,
        lanes: int,
        read_back: ReadBack[Receipt],
        notify: Callable[[], None],
    ) -> None:
        """`notify` is called after each transaction."""
        self.moved: Moved | None = None
        self._replica = replica
        self._lanes = lanes
        self._read_back = read_back
        self._notify = notify

    def rewind(self) -> dict[int, Begin]:
        """Where to begin with each lane, behind all that is stored by now."""
        self._replica.rewind()
        return {lane: self.begin(lane) for lane in range(self._lanes)}

    def begin(self, partition: int) -> Begin:
        """Where to begin with a lane again: at the last record that was passed."""
        tip = self._replica.tip(partition)
        return Begin(0 if tip is None else tip.offset, tip)

    def add(self, records: Records) -> dict[int, DeskError]:
        """Stores and judges the next records of some lanes; gives the lanes that end here."""
        try:
            self._settle(records, self._replica.add(records))
        except (LogChanged, NewerVersion):
            return self._add_singly(records)
        finally:
            self._notify()
        return {}

    def note_fresh(self, at: float) -> None:
        """Remembers when all of the log had been read."""
        self._replica.note_fresh(at)

    def _add_singly(self, records: Records) -> dict[int, DeskError]:
        """One of the lanes ends somewhere here, the others go on."""
        stopped: dict[int, DeskError] = {}
        for lane, some in records.items():
            try:
                for record in some:
                    self._settle({lane: [record]}, self._replica.add({lane: [record]}))
            except (LogChanged, NewerVersion) as error:
                stopped[lane] = error
        return stopped

    def _settle(self, records: Records, added: Mapping[int, Sequence[Added]]) -> None:
        """Tells what became of the records; writers last, so that they find all else told."""
        # Whoever waits for one of these records did so before it was handed over.
        are_awaited = bool(self._read_back)
        if self.moved is None and not are_awaited:
            return
        heads: dict[str, int] = {}
        mine: list[tuple[bytes | None, Receipt]] = []
        for lane, some in records.items():
            for record, one in zip(some, added[lane], strict=True):
                is_mine = are_awaited and record.value in self._read_back
                if not is_mine and self.moved is None:
                    continue
                receipt = one.receipt or self._replica.receipt(lane, one.record)
                if receipt.last_version is not None and one.stream is not None:
                    heads[one.stream] = receipt.last_version
                if is_mine:
                    mine.append((record.value, receipt))
        if self.moved is not None and heads:
            self.moved(heads)
        for value, receipt in mine:
            self._read_back.settle(value, receipt)
