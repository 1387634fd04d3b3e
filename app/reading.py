"""A desk opened once more, by a process that reads for another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskledger.app.desk import Desk
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.opening import open_ledger
from deskledger.projections.personal import DataKeys, no_keys


@contextmanager
def open_reading(
    directory: Path, desk_key: bytes | None = None, kafka: KafkaSettings | None = None
) -> Iterator[tuple[FollowedLedger, DataKeys]]:
    """The ledger of a desk and the keys of its sealed values.

    Args:
        directory: where the desk lies.
        desk_key: 32 bytes; None reads them from `desk.key`.
        kafka: how brokers are reached, for a desk on Kafka.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, WrongDeskKey, LedgerDamaged, Unavailable: a file
            cannot be used.
    """
    with Desk.open(directory, desk_key=desk_key, kafka=kafka or KafkaSettings()) as desk:
        yield desk.ledger, desk.vault.data_keys


@contextmanager
def open_records(
    directory: Path, kafka: KafkaSettings | None = None
) -> Iterator[tuple[FollowedLedger, DataKeys]]:
    """The ledger of a desk without any key: what is sealed reads as erased.

    Args:
        directory: where the desk lies.
        kafka: how brokers are reached, for a desk on Kafka.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged, Unavailable: a file cannot be used.
    """
    with open_ledger(directory, kafka=kafka or KafkaSettings()) as ledger:
        yield ledger, no_keys
