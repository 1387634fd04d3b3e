"""The vault's topic as the tail reads it: told to the node's own `vault.sqlite`.

On Kafka this file is a copy like the replica: deleted, it is read again from the topic.
"""

import sqlite3
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import ForeignFile
from deskledger.eventlog.files.database import begin_writing, connect, connect_writer
from deskledger.eventlog.files.file_making import ensure_file
from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.eventlog.kafka import vault_rows
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.handover import Record
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.read_back import ReadBack
from deskledger.eventlog.kafka.reading import Begin, LogRecord
from deskledger.eventlog.kafka.topics import TOMBSTONE_DAYS
from deskledger.eventlog.kafka.vault_records import destruction_record, read_record
from deskledger.eventlog.vault.file import VAULT, read_secrets
from deskledger.eventlog.vault.store import CHECK
from deskledger.eventlog.vault.vault import Secrets

DEADLINE_SECONDS = 5.0
# A node has this file open twice for writing; a page that is not kept is read again from the
# system's memory.
CACHE_KIBIBYTES = 4_096
# Half of the time for which the brokers keep word of a destroyed key.
AWAY_SECONDS_MAX = TOMBSTONE_DAYS * 24 * 60 * 60 / 2

_PUT = "INSERT OR REPLACE INTO meta VALUES (?, ?)"


def token(key: bytes | None, value: bytes | None) -> Hashable:
    """By what a record of the vault is known to those who wait for it."""
    return key, value


class VaultSink:
    """Tells the vault's records to a vault file, and settles those who wait for one.

    Attributes:
        tell: appends records to the topic without waiting, once somebody can.
    """

    def __init__(self, directory: Path, location: Location, read_back: ReadBack[int]) -> None:
        """Opens the file, or makes an empty one; `read_back` is given the offsets of records.

        Raises:
            ForeignFile, LogChanged, NewerVersion, LedgerDamaged, Unavailable: it cannot be used.
        """
        self.tell: Callable[[Sequence[Record]], None] | None = None
        self._path = directory / VAULT.name
        self._read_back = read_back
        self._position = 0
        ensure_file(directory, VAULT, str(location.desk), partial(tie, location=location))
        self._connection = connect_writer(
            self._path, VAULT, deadline_seconds=DEADLINE_SECONDS, cache_kibibytes=CACHE_KIBIBYTES
        )
        try:
            self._connection.execute("PRAGMA synchronous = NORMAL")
            _check(self._connection, self._path, location)
            self._begin_to_remember()
            self._forget_after_absence()
        except BaseException:
            self._connection.close()
            raise

    def rewind(self) -> dict[int, Begin]:
        """Where to begin, behind what is told already."""
        self._forget_after_absence()
        return {0: self.begin(0)}

    def begin(self, partition: int) -> Begin:
        """Where to begin again; a compacted topic may have lost what was read last."""
        assert partition == 0, "the vault has one partition"
        self._position = _next(self._connection)
        return Begin(self._position, None)

    def add(self, records: Mapping[int, Sequence[LogRecord]]) -> dict[int, DeskError]:
        """Tells the next records to the file.

        Raises:
            DeskError: another process has begun to read the topic anew; so must this one.
            Unavailable: the file is locked, or the disk full.
        """
        new = records[0]
        destroyed = False
        with self._writing():
            told = _next(self._connection)
            if told < self._position:
                raise DeskError("Another process of the directory reads the vault anew.")
            for record in new:
                # Another process of the directory may have told it.
                if record.offset >= told:
                    said = read_record(record.key, record.value)
                    destroyed |= vault_rows.apply(self._connection, said)
            end = max([told, *(record.offset + 1 for record in new[-1:])])
            self._connection.execute(_PUT, ("next", end))
        self._position = end
        if destroyed:
            # A deleted key stays readable in the write-ahead log otherwise.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for record in new:
            self._read_back.settle(token(record.key, record.value), record.offset)
        return {}

    def note_fresh(self, at: float) -> None:
        """Remembers when all of the topic had been read; mends its last word where it is wrong.

        Whoever told of a destroyed key destroys it again, but may have died before. Then each node
        does, and none waits for it: what does not arrive is told again the next time.
        """
        with self._writing():
            self._connection.execute(_PUT, ("at", int(at)))
        if self.tell is not None and (ids := vault_rows.returned_ids(self._connection)):
            self.tell([Record(0, *destruction_record(one)) for one in ids])

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def _begin_to_remember(self) -> None:
        """Reads the topic anew where the file does not know what was destroyed."""
        if not vault_rows.remembers_destructions(self._connection):
            with self._writing():
                _make_tables(self._connection)
                self._connection.execute(_PUT, ("next", 0))

    def _forget_after_absence(self) -> None:
        """Reads the topic anew where it may have forgotten which keys were destroyed."""
        meta = dict(self._connection.execute("SELECT name, value FROM meta"))
        if time.time() - meta["at"] > AWAY_SECONDS_MAX:
            with self._writing():
                self._connection.execute("DELETE FROM key")
                self._connection.execute("DELETE FROM subject")
                self._connection.execute("DELETE FROM returned")
                self._connection.execute(_PUT, ("next", 0))
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            begin_writing(self._connection, time.monotonic() + DEADLINE_SECONDS)
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise desk_error(error, self._path) from error
        finally:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")


def _next(connection: sqlite3.Connection) -> int:
    (offset,) = connection.execute("SELECT value FROM meta WHERE name = 'next'").fetchone()
    return int(offset)


def tie(connection: sqlite3.Connection, location: Location) -> None:
    """Ties a vault's file to a topic, which is to be read from its first record."""
    facts = {"topic": str(location.vault.id), "next": 0, "at": int(time.time())}
    connection.executemany(_PUT, facts.items())
    _make_tables(connection)


def _make_tables(connection: sqlite3.Connection) -> None:
    for statement in vault_rows.TABLES:
        connection.execute(statement)


def _check(connection: sqlite3.Connection, path: Path, location: Location) -> None:
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    if meta.get("desk") != str(location.desk):
        raise ForeignFile(f"{path} is the vault of another desk.", file=str(path))
    if meta.get("topic") != str(location.vault.id):
        told = f"{path} was read from another topic of the same name; run `deskledger recover`."
        raise LogChanged(told, file=str(path), topic=meta.get("topic"))


def has_secrets(path: Path) -> bool:
    """Whether a vault's file has all that a desk key is recognised by, and the secrets."""
    connection = connect(path, VAULT, deadline_seconds=DEADLINE_SECONDS)
    try:
        names = set(read_secrets(connection))
    finally:
        connection.close()
    return names >= {CHECK, *Secrets._fields}
