"""Questions to a ledger file that change nothing, from any number of threads."""

import sqlite3
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import orjson

from deskledger.eventlog.control import control_key
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.files.database import FileKind, connect
from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import (
    LEDGER,
    WITHOUT_KEYS,
    StoredRecord,
    record_id,
    stored_records,
)
from deskledger.eventlog.store.lane_ends import read_progress

CONNECTIONS_KEPT = 4
# Each of them keeps as much of the file in memory; the system keeps the rest of what is in use.
CACHE_KIBIBYTES = 1_024

_EFFECTIVE = (
    "record.stream = (SELECT key FROM stream WHERE name = ?) AND record.version IS NOT NULL"
)

_EXISTING = """
SELECT stream.name FROM json_each(?) AS asked JOIN stream ON stream.name = asked.value
WHERE stream.number IS NOT NULL
"""
_COMMANDS = """
record.id IN (
  SELECT record.id FROM (VALUES {}) AS asked
  CROSS JOIN record ON record.stream = asked.column1 AND record.command = asked.column2
  WHERE record.version IS NOT NULL
)
"""
_ASKED = "((SELECT key FROM stream WHERE name = ?), ?)"
_ASKED_PER_STATEMENT = 250

_HAS_LOGGED = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'logged'"
_AS_SENT = """
SELECT CAST(stream.name AS BLOB), record.value
FROM record LEFT JOIN stream ON stream.key = record.stream
WHERE record.id > ? AND record.id < ? ORDER BY record.id LIMIT ?
"""
_AS_SENT_LOGGED = """
SELECT coalesce(CAST(stream.name AS BLOB), logged.key), record.value
FROM record LEFT JOIN stream ON stream.key = record.stream
LEFT JOIN logged ON logged.id = record.id
WHERE record.id > ? AND record.id < ? ORDER BY record.id LIMIT ?
"""

_VOIDS = """
SELECT verdict, count(*) FROM record
WHERE version IS NULL AND verdict > 'void:' AND verdict < 'void;'
GROUP BY verdict
"""


class LedgerReader:
    """Reads the committed records of `path`; a question borrows a connection of its own.

    So a reader never waits for a writer, nor for another reader. Every question raises
    `Unavailable` where the file cannot be read, `LedgerDamaged` where it is broken.

    Attributes:
        desk: the id of the desk that the file belongs to.
        lanes: how many that has.
        without_keys: whether it is a copy that can be read only, as it has not the desk's keys.
    """

    def __init__(self, path: Path, deadline_seconds: float, kind: FileKind = LEDGER) -> None:
        self._path = path
        self._kind = kind
        self._deadline_seconds = deadline_seconds
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        with self._borrowed() as connection:
            meta = dict(connection.execute("SELECT name, value FROM meta"))
        self.desk = str(meta["desk"])
        self.lanes = int(meta["lanes"])
        self.without_keys = WITHOUT_KEYS in meta

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def history(self, stream: str, after_version: int = 0) -> list[StoredRecord]:
        """The effective commits of a stream, in order, whose events come after a version of it.

        Empty for a stream that does not exist.
        """
        condition = f"{_EFFECTIVE} AND record.version > ? ORDER BY record.id"
        return self._records(condition, (stream, after_version))

    def find_command(self, stream: str, command_id: str) -> StoredRecord | None:
        """The effective commit of a stream that carries this command id."""
        command = UUID(command_id).bytes
        found = self._records(f"{_EFFECTIVE} AND record.command = ?", (stream, command))
        return found[0] if found else None

    def existing(self, streams: Collection[str]) -> set[str]:
        """Those of the streams that have an effective commit."""
        if not streams:
            return set()
        with self._borrowed() as connection:
            rows = connection.execute(_EXISTING, (orjson.dumps(list(streams)).decode(),))
            return {name for (name,) in rows}

    def find_commands(self, asked: Sequence[tuple[str, str]]) -> list[StoredRecord]:
        """What `find_command` gives for many streams and command ids, in no order."""
        found: list[StoredRecord] = []
        for start in range(0, len(asked), _ASKED_PER_STATEMENT):
            some = asked[start : start + _ASKED_PER_STATEMENT]
            given = chain.from_iterable((stream, UUID(command).bytes) for stream, command in some)
            condition = _COMMANDS.format(", ".join([_ASKED] * len(some)))
            found += self._records(condition, tuple(given))
        return found

    def read(self, lane: int, after_record: int, limit: int) -> list[StoredRecord]:
        """Up to `limit` records of a lane after the `after_record`-th, void ones included."""
        first, end = record_id(lane, after_record), record_id(lane + 1, 0)
        return self._records(
            "record.id > ? AND record.id < ? ORDER BY record.id LIMIT ?", (first, end, limit)
        )

    def as_sent(
        self, lane: int, after_record: int, limit: int
    ) -> list[tuple[bytes | None, bytes | None]]:
        """Keys and values of the same records as `read` gives, as they were sent.

        Those of a log that others wrote to, and of a ledger restored from one, may be any bytes,
        or none.
        """
        first, end = record_id(lane, after_record), record_id(lane + 1, 0)
        with self._borrowed() as connection:
            logged = connection.execute(_HAS_LOGGED).fetchone()
            asked = _AS_SENT_LOGGED if logged else _AS_SENT
            return connection.execute(asked, (first, end, limit)).fetchall()

    def controls(self, lane: int) -> list[StoredRecord]:
        """The control records of a lane, in order: its genesis first."""
        condition = (
            "record.stream = (SELECT key FROM stream WHERE name = ?)"
            " AND record.verdict = 'control' ORDER BY record.id"
        )
        return self._records(condition, (control_key(lane).decode(),))

    def progress(self) -> list[Progress]:
        """How far each lane has come, in the order of lanes, at one moment."""
        with self._borrowed() as connection:
            return read_progress(connection, self.desk, self.lanes)

    def progress_at(self, lane: int, records: int) -> Progress | None:
        """How far a lane had come after that many records, None if it has fewer."""
        found = self._records("record.id = ?", (record_id(lane, records),))
        return Progress.after(found[0], self.desk) if found else None

    def void_counts(self) -> dict[str, int]:
        """How many records are void, by reason: kept and counted, but part of no stream."""
        with self._borrowed() as connection:
            voids = connection.execute(_VOIDS).fetchall()
        return {verdict.removeprefix("void:"): count for verdict, count in voids}

    def check_current(self, stream: str) -> None:
        """Makes sure that nothing was recorded in a stream that cannot be read here.

        A file that is itself the ledger is always current; a replica raises where it is not.
        """

    def catch_up(self, stream: str) -> None:
        """Reads all that the log has of a stream by now; a file that is the ledger has it."""

    def number_of(self, stream: str) -> int | None:
        """The number of a stream among those of its noun, None if it does not exist."""
        row = self._row("SELECT number FROM stream WHERE name = ?", (stream,))
        return None if row is None else row[0]

    def stream_of(self, noun: str, number: int) -> str | None:
        """The stream of a noun that has this number."""
        query = "SELECT name FROM stream WHERE noun = ? AND number = ?"
        row = self._row(query, (noun, number))
        return None if row is None else row[0]

    def streams(self, noun: str, after: int, limit: int) -> list[tuple[int, str]]:
        """Up to `limit` numbers and names of a noun's streams, by number, those above `after`."""
        with self._borrowed() as connection:
            return connection.execute(
                "SELECT number, name FROM stream WHERE noun = ? AND number > ? ORDER BY number"
                " LIMIT ?",
                (noun, after, limit),
            ).fetchall()

    def close(self) -> None:
        """Closes the connections that are not in use; the others close after their question."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _records(self, condition: str, parameters: tuple[object, ...]) -> list[StoredRecord]:
        with self._borrowed() as connection:
            return stored_records(connection, condition, parameters)

    def _row(self, query: str, parameters: tuple[object, ...]) -> tuple[Any, ...] | None:
        with self._borrowed() as connection:
            row: tuple[Any, ...] | None = connection.execute(query, parameters).fetchone()
        return row

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        connection = self._borrow()
        try:
            yield connection
        except sqlite3.Error as error:
            raise desk_error(error, self._path) from error
        finally:
            self._give_back(connection)

    def _borrow(self) -> sqlite3.Connection:
        if self._closed:
            raise Unavailable("The ledger was closed.")
        try:
            return self._idle.pop()
        except IndexError:
            connection = connect(
                self._path,
                self._kind,
                deadline_seconds=self._deadline_seconds,
                cache_kibibytes=CACHE_KIBIBYTES,
            )
            connection.execute("PRAGMA query_only = ON")
            return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._closed or len(self._idle) >= CONNECTIONS_KEPT:
            connection.close()
        else:
            self._idle.append(connection)
