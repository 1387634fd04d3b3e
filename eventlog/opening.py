"""Opening a desk's ledger, wherever its directory says that it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Union

from deskledger.eventlog.kafka.location import is_on_kafka
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.store.embedded import EmbeddedLedger

if TYPE_CHECKING:
    from deskledger.eventlog.kafka.ledger import KafkaLedger

Ledger = Union[EmbeddedLedger, "KafkaLedger"]
"""Where a desk's events are: in its directory, or on Kafka with a replica in its directory."""

_NO_KAFKA = KafkaSettings()


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def open_ledger(
    directory: Path,
    *,
    wait_seconds: float = 5.0,
    kafka: KafkaSettings = _NO_KAFKA,
    clock: Callable[[], datetime] = utc_now,
) -> Ledger:
    """Open the ledger of a desk directory, wherever that says it is; needs no desk key.

    One on Kafka is brought up to the log's end, if brokers are there.

    Raises:
        InvalidInput: there is no desk.
        ForeignFile, NewerVersion, LedgerDamaged, Unavailable: a file cannot be used.
    """
    if not is_on_kafka(directory):
        return EmbeddedLedger.open(directory, deadline_seconds=wait_seconds)
    # Its client takes longer to load than most commands do, and most desks have none.
    from deskledger.eventlog.kafka.ledger import KafkaLedger  # noqa: PLC0415

    ledger = KafkaLedger.open(directory, kafka, clock=clock)
    ledger.refresh()
    return ledger
