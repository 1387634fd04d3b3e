"""What a log has lost: acknowledged records of a node's replica that it does not hold any more."""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.reading import LogRecord
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.kafka.whole_topic import Extent, read_partition, topic_extents
from deskledger.eventlog.lane import CONTROL
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.store.reader import LedgerReader

BATCH_RECORDS = 1_000
DEADLINE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class LaneLoss:
    """One lane of the replica beside the log.

    Attributes:
        common: how many records both begin with.
        kept: how many records the replica has.
        extent: how far the log goes.
        lost: the effective and the control records that stand in the replica alone, in order.
    """

    lane: int
    common: int
    kept: int
    extent: Extent
    lost: tuple[StoredRecord, ...]

    @property
    def is_headless(self) -> bool:
        """Whether the log has lost its beginning, without which no node can read it."""
        return self.extent.begin > 0

    @property
    def is_changed(self) -> bool:
        """Whether the log is no continuation of what the replica has."""
        return self.is_headless or self.common < self.kept


def find_losses(directory: Path, settings: KafkaSettings) -> list[LaneLoss]:
    """Compares every lane of a directory's replica with the log, whichever topic has the name.

    Raises:
        InvalidInput: there is no desk on Kafka, no replica, or no topic of the name.
        Unavailable: the brokers could not be reached.
        LogChanged, LedgerDamaged: the log changed while it was read, or cannot be read.
    """
    location = Location.read(directory)
    settings = location.reached_by(settings)
    if not (directory / REPLICA.name).exists():
        told = f"There is no replica in {directory}, so nothing can have been lost from it."
        raise InvalidInput(told, directory=str(directory))
    extents = topic_extents(settings, location.ledger.name)[: location.lanes]
    with LedgerReader(directory / REPLICA.name, DEADLINE_SECONDS, REPLICA) as replica:
        return [_compare(replica, settings, location, *one) for one in enumerate(extents)]


def _compare(
    replica: LedgerReader, settings: KafkaSettings, location: Location, lane: int, extent: Extent
) -> LaneLoss:
    """One lane, record by record: from the first that differs on, the log is another."""
    kept = _records(replica, lane)
    here = next(kept, None)
    common, others, is_same = 0, set[bytes](), True
    with closing(_log(settings, location, lane, extent)) as log:
        for record in log:
            is_same = is_same and here is not None and _is_same(here, record)
            if is_same:
                common += 1
                here = next(kept, None)
            else:
                others.add(_digest(record.value))
    rest = [] if here is None else [here, *kept]
    lost = [
        one
        for one in rest
        if (one.version is not None or one.verdict == CONTROL) and _digest(one.value) not in others
    ]
    return LaneLoss(lane, common, common + len(rest), extent, tuple(lost))


def _records(replica: LedgerReader, lane: int) -> Iterator[StoredRecord]:
    after = 0
    while some := replica.read(lane, after, BATCH_RECORDS):
        yield from some
        after = some[-1].record


def _log(
    settings: KafkaSettings, location: Location, lane: int, extent: Extent
) -> Generator[LogRecord, None, None]:
    if extent.end == extent.begin:
        return
    with closing(read_partition(settings, location.ledger.name, lane, extent)) as batches:
        for batch in batches:
            yield from batch


def _is_same(stored: StoredRecord, record: LogRecord) -> bool:
    # A key that names no stream is not compared: such a record is void whatever its key is.
    same_key = not stored.stream or stored.stream.encode() == record.key
    return same_key and stored.value == (record.value or b"")


def _digest(value: bytes | None) -> bytes:
    return hashlib.sha256(value or b"").digest()
