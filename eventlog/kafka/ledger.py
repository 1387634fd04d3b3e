"""The ledger on Kafka: appended to a topic, read from the node's replica of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from kafka import TopicPartition

from deskledger.eventlog.control import BYTES_MAX
from deskledger.eventlog.files.database import connect
from deskledger.eventlog.freshness import Freshness
from deskledger.eventlog.judge import TOO_LARGE
from deskledger.eventlog.kafka.handover import Record
from deskledger.eventlog.kafka.lane_sink import LaneSink
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.log import Log
from deskledger.eventlog.kafka.read_back import ReadBack
from deskledger.eventlog.kafka.reading import Sink
from deskledger.eventlog.kafka.replica import Replica
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.standing import Standing
from deskledger.eventlog.kafka.vault_sink import VaultSink
from deskledger.eventlog.names import check_stream, lane_of_valid
from deskledger.eventlog.records import Draft, Receipt
from deskledger.eventlog.store.changes import Changes
from deskledger.eventlog.store.reader import LedgerReader
from deskledger.eventlog.store.record_store import Moved

DEADLINE_SECONDS = 5.0


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class KafkaLedger(LedgerReader):
    """A desk's ledger on Kafka, open for appending and reading by any thread.

    What it reads is the replica of this node, which a thread keeps current; it answers also when
    no broker does. `refresh` brings it up to the log's end first.

    Attributes:
        location: where the log is.
        log: the connections to it.
    """

    @classmethod
    def open(
        cls,
        directory: Path,
        settings: KafkaSettings,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Opens the ledger of a desk directory that has a `kafka.json`; waits for no broker.

        Args:
            directory: where `kafka.json` lies, and the replica, which is made if it is missing.
            settings: how the brokers are reached.
            clock: gives the aware instants that commits state, to be compared with the brokers'.

        Raises:
            InvalidInput: the directory has no desk on Kafka.
            ForeignFile, LogChanged, NewerVersion, LedgerDamaged, Unavailable: a file cannot be
                used.
        """
        location = Location.read(directory)
        return cls(directory, location.reached_by(settings), location, clock)

    def __init__(
        self,
        directory: Path,
        settings: KafkaSettings,
        location: Location,
        clock: Callable[[], datetime],
    ) -> None:
        self._replica = Replica.open(directory, location)
        path = directory / REPLICA.name
        super().__init__(path, DEADLINE_SECONDS, REPLICA)
        self.location = location
        self._vault_read_back: ReadBack[int] = ReadBack()
        self._vault = VaultSink(directory, location, self._vault_read_back)
        self._read_back: ReadBack[Receipt] = ReadBack()
        watching = connect(path, REPLICA, deadline_seconds=DEADLINE_SECONDS)
        self._changes = Changes(path, watching)
        self._sink = LaneSink(self._replica, location.lanes, self._read_back, self._changes.notify)
        self._partitions = [
            TopicPartition(location.ledger.name, lane) for lane in range(location.lanes)
        ]
        sinks: dict[str, Sink] = {
            location.ledger.name: self._sink,
            location.vault.name: self._vault,
        }
        self.log = Log(settings, location, sinks, clock)
        self._vault.tell = self.log.tell_vault_soon

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Hands the drafts over and waits, once for all, until each stands in the log.

        Each has its own verdict: a commit that another was faster than is void. One that is
        longer than any commit may be is not handed over and has the verdict `void:too_large`.

        Raises:
            InvalidInput: a name is not that of a stream.
            Unavailable: nothing was stored: the brokers are not reached, too few have the log, or
                the clock is off.
            OutcomeUnknown: not all were seen in the log in time; the same command settles it.
            LogChanged, NewerVersion: this node reads a lane no further.
        """
        receipts = [self._refused(draft) for draft in drafts]
        records = [
            Record(self._lane(draft.stream), draft.stream.encode(), draft.value)
            for draft, refused in zip(drafts, receipts, strict=True)
            if refused is None
        ]
        read_back = iter(self._append(records) if records else ())
        return [refused or next(read_back) for refused in receipts]

    def check_current(self, stream: str) -> None:
        """Makes sure that this node has read all that the log had of a stream a moment ago.

        Raises:
            Unavailable: the brokers are not reached, or the clock is off.
            LogChanged, NewerVersion: this node reads the stream's lane no further.
        """
        self.log.check_writable({self._partitions[self._lane(stream)]})

    def catch_up(self, stream: str) -> None:
        """Reads all that the log has of a stream by now, unless reading makes no headway."""
        self.log.refresh([self._partitions[self._lane(stream)]])

    def refresh(self, look: Callable[[], object] = int) -> bool:
        """Reads all that the log has by now; False if reading made no headway for too long.

        `look` is called now and then meanwhile.
        """
        return self.log.refresh(look=look)

    def freshness(self) -> Freshness:
        """How fresh its answers are: as of which moment all that the log had was read."""
        age = self.log.standings.age_seconds()
        if age is not None:
            is_fresh = age <= self.log.settings.fresh_seconds
            at = datetime.now(UTC) - timedelta(seconds=age)
            return Freshness(is_fresh, at, "" if is_fresh else self.log.trouble)
        row = self._row("SELECT value FROM meta WHERE name = 'fresh_at'", ())
        known = None if row is None else datetime.fromtimestamp(row[0], UTC)
        return Freshness(is_fresh=False, at=known, trouble=self.log.trouble)

    def tell_vault(self, records: Sequence[Record]) -> None:
        """Appends records to the vault's topic; returns once the vault's file here has them.

        Raises:
            Unavailable, OutcomeUnknown, LogChanged: as `append`.
        """
        self.log.tell_vault(records, self._vault_read_back)

    def standings(self) -> list[Standing]:
        """How each lane's partition stands, as far as this node knows, in the order of lanes."""
        return [self.log.standings[partition] for partition in self._partitions]

    def refresh_vault(self) -> bool:
        """Reads all that the vault's topic has by now; False if that took too long.

        Raises:
            LogChanged: this node reads the vault no further.
        """
        return self.log.refresh_vault()

    def follow_heads(self, moved: Moved) -> None:
        """Lets `moved` know of every commit, of this node or another, as it becomes effective."""
        self._sink.moved = moved

    def changes(self) -> int:
        """A mark of what is stored now, for `wait`."""
        return self._changes.seen()

    def wait(self, seen: int, timeout_seconds: float) -> int:
        """Waits until something was stored since the mark `seen`; gives the mark of now."""
        return self._changes.wait(seen, timeout_seconds)

    def close(self) -> None:
        """Ends reading and closes the files; whoever still waits for a record is not answered."""
        if self._closed:
            return
        self.log.close()
        self._changes.close()
        self._vault.close()
        self._replica.close()
        super().close()

    def _append(self, records: Sequence[Record]) -> list[Receipt]:
        self.log.check_writable({self._partitions[record.partition] for record in records})
        values = [record.value for record in records]
        awaited = self._read_back.expect(values, self.log.settings.answer_seconds)
        try:
            self.log.hand_over(self.location.ledger.name, records, awaited)
            receipts = awaited.wait()
        finally:
            self._read_back.forget(values, awaited)
        if receipts is None:
            raise self.log.unknown(awaited)
        return receipts

    def _refused(self, draft: Draft) -> Receipt | None:
        """The receipt of a draft that is too long to be handed over."""
        lane = self._lane(draft.stream)
        if len(draft.value) <= BYTES_MAX:
            return None
        return Receipt(TOO_LARGE, None, None, None, lane, None, None, None)

    def _lane(self, stream: str) -> int:
        lane = lane_of_valid(check_stream(stream), self.lanes)
        assert lane is not None
        return lane
