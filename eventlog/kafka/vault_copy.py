"""A vault's file told to a topic: when a desk moves to Kafka, or its topic has been lost."""

import sqlite3
import time
from contextlib import closing
from itertools import chain, islice
from pathlib import Path

from deskledger.eventlog.files.database import begin_writing, connect, connect_writer
from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.eventlog.kafka import vault_rows
from deskledger.eventlog.kafka.handover import Handover, Record
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.vault_records import (
    SecretRow,
    destruction_record,
    key_record,
    secret_record,
)
from deskledger.eventlog.kafka.vault_sink import tie
from deskledger.eventlog.vault.file import VAULT, read_secrets
from deskledger.eventlog.vault.store import CACHE_KIBIBYTES

BATCH_RECORDS = 1_000
DEADLINE_SECONDS = 5.0


def tell_vault(directory: Path, handover: Handover, location: Location) -> None:
    """Tells the topic of every secret and key of a directory; again, it changes nothing.

    Of destroyed keys too, as another node's file may tell of one that had not heard of that.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged: the file cannot be used.
        Unavailable, OutcomeUnknown: the brokers did not take all of it.
    """
    topic = location.vault.name
    path = directory / VAULT.name
    with closing(connect(path, VAULT, deadline_seconds=DEADLINE_SECONDS)) as connection:
        secrets = [secret_record(SecretRow(*each)) for each in read_secrets(connection).items()]
        handover.deliver(topic, [Record(0, *each) for each in secrets])
        told = chain(
            (Record(0, *key_record(row)) for row in vault_rows.every_row(connection)),
            (Record(0, *destruction_record(one)) for one in vault_rows.destroyed_ids(connection)),
        )
        while batch := list(islice(told, BATCH_RECORDS)):
            handover.deliver(topic, batch)


def adopt_file(directory: Path, location: Location) -> None:
    """Makes a vault's file the copy of a topic that has been told all of it.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged: the file cannot be used.
        Unavailable: it is locked, or the disk full.
    """
    path = directory / VAULT.name
    connection = connect_writer(
        path, VAULT, deadline_seconds=DEADLINE_SECONDS, cache_kibibytes=CACHE_KIBIBYTES
    )
    with closing(connection):
        try:
            begin_writing(connection, time.monotonic() + DEADLINE_SECONDS)
            tie(connection, location)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise desk_error(error, path) from error
