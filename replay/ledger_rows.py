"""The records of a ledger file as SQLite has them, each with all that stands beside it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.records import lane_and_record, record_id

RECORDS_PER_STEP = 2_000
# Keys of records have so many bits for the lane.
LANES_MAX = 1 << 22

_COLUMNS = """
SELECT record.id, record.stream, stream.name, stream.noun, stream.number, record.value,
  record.lane_hash, record.verdict, record.command, record.version, record.sequence,
  record.lane_time,
"""
_LEDGER_ROWS = f"""
{_COLUMNS} NULL, NULL, NULL
FROM record LEFT JOIN stream ON stream.key = record.stream
WHERE record.id >= ? AND record.id < ?
ORDER BY record.id
"""
_LOGGED_ROWS = f"""
{_COLUMNS} logged.key, NULL, logged.timestamp
FROM record
LEFT JOIN stream ON stream.key = record.stream
LEFT JOIN logged ON logged.id = record.id
WHERE record.id >= ? AND record.id < ?
ORDER BY record.id
"""
_LOGGED = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'logged'"
_REPLICA_ROWS = f"""
{_COLUMNS} place.key, coalesce(place.offset, -1), place.timestamp
FROM record
LEFT JOIN stream ON stream.key = record.stream
LEFT JOIN place ON place.id = record.id
WHERE record.id >= ? AND record.id < ?
ORDER BY record.id
"""
_END = """
SELECT id, sequence, lane_hash FROM record WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1
"""


class Row(NamedTuple):
    """A record's columns and those of the stream that it names, as SQLite has them.

    The last three are of what was read of a log, or restored from that: a key that names no
    stream, the offset in the log, and the log's time in milliseconds since 1970. Whoever changed
    the file may have put values of any type into any column.
    """

    id: int
    stream: int | None
    name: str | None
    noun: str | None
    number: int | None
    value: bytes | None
    lane_hash: bytes
    verdict: str
    command: bytes | None
    version: int | None
    sequence: int
    lane_time: int
    other_key: bytes | None = None
    offset: int | None = None
    timestamp: int | None = None

    @property
    def key(self) -> bytes | None:
        """The key of the record: the name of its stream, or what else it was."""
        if self.name is None:
            return self.other_key
        return self.name.encode("utf-8", "surrogateescape")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads the file as it is at one moment and can never write."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        # Text that is no UTF-8 must be found, not stumbled over.
        connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise desk_error(error, path) from error


def desk_and_lanes(connection: sqlite3.Connection) -> tuple[str, int]:
    """The id of the desk that the file says it is of, and how many lanes it has.

    Raises:
        LedgerDamaged: it does not say.
    """
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    desk, lanes = meta.get("desk"), meta.get("lanes")
    if not isinstance(desk, str) or not isinstance(lanes, int) or not 0 < lanes <= LANES_MAX:
        raise LedgerDamaged("The file does not say which desk it is of, or how many lanes it has.")
    return desk, lanes


def is_replica(path: Path) -> bool:
    """Whether the file is what a node has read of a log, and not the log itself."""
    return path.name == REPLICA.name


def is_of_a_log(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether its records came from a log that others write to: read, or restored from that."""
    return is_replica(path) or connection.execute(_LOGGED).fetchone() is not None


def lane_end(connection: sqlite3.Connection, lane: int) -> tuple[int, int, bytes] | None:
    """Records, sequence and hash of a lane at its last record; None without one.

    As stored: whoever changed the file may have put anything there.
    """
    bounds = (record_id(lane, 0), record_id(lane + 1, 0))
    row = connection.execute(_END, bounds).fetchone()
    return None if row is None else (lane_and_record(row[0])[1], row[1], row[2])


def lane_rows(connection: sqlite3.Connection, path: Path, lane: int) -> Iterator[Sequence[Row]]:
    """The rows of a lane in their order, some thousand at a time."""
    query = _LEDGER_ROWS
    if is_of_a_log(connection, path):
        query = _REPLICA_ROWS if is_replica(path) else _LOGGED_ROWS
    rows = connection.execute(query, (record_id(lane, 0), record_id(lane + 1, 0)))
    while step := rows.fetchmany(RECORDS_PER_STEP):
        yield list(map(Row._make, step))
