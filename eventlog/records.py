"""Records as SQLite holds them: the tables, what each column means, and one row read back.

Every column is a function of the lane's records, so that `verify` can recompute it. What could be
computed from a table's own rows is not stored a second time: a lane's state is its last record.
"""

import sqlite3
from functools import partial
from typing import NamedTuple

from deskledger.eventlog.files.database import FileKind

_RECORD_BITS = 40
_RECORD_MASK = (1 << _RECORD_BITS) - 1

LEDGER = FileKind(
    name="ledger.sqlite",
    application_id=0x64736B6C,  # "dskl"
    format=1,
    schema=(
        """
-- Facts of the file: `desk` (id) and `lanes` (how many).
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID
""",
        """
-- Keys of records in order of first appearance. number: from the first effective commit on.
CREATE TABLE stream (
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  noun TEXT NOT NULL,
  number INTEGER
)
""",
        "CREATE UNIQUE INDEX stream_number ON stream (noun, number) WHERE number IS NOT NULL",
        """
-- id: lane << 40 | record number from 1. version: of the first event, effective commits only.
-- sequence, lane_time (microseconds since 1970) and lane_hash: of the lane after this record.
-- The value stands last: short columns are read without the pages that long values spill to.
CREATE TABLE record (
  id INTEGER PRIMARY KEY,
  stream INTEGER,
  command BLOB,
  verdict TEXT NOT NULL,
  version INTEGER,
  sequence INTEGER NOT NULL,
  lane_time INTEGER NOT NULL,
  lane_hash BLOB NOT NULL,
  value BLOB
)
""",
        """
-- The version stands in it so that a stream's commands and head are found in the index alone: its
-- records lie far apart in their lane.
CREATE INDEX record_command ON record (stream, command, version) WHERE version IS NOT NULL
""",
        "CREATE INDEX record_control ON record (stream) WHERE verdict = 'control'",
        # So that the voids, which no other index has, can be counted by their reasons.
        "CREATE INDEX record_void ON record (verdict) WHERE version IS NULL",
    ),
)

# In `meta` of a ledger restored without the desk's keys: it can be read, not written.
WITHOUT_KEYS = "without_keys"

# A table beside these in a ledger that was restored from a log of others' making, and only there.
# id: of the record. timestamp: the log's, in milliseconds since 1970, null where it has none.
# key: the record's, where it is not the name of a stream and so stands nowhere else.
LOGGED = "CREATE TABLE logged (id INTEGER PRIMARY KEY, timestamp INTEGER, key BLOB)"

# Only logs that others write to have records without a name or a value; they are void.
STORED_COLUMNS = """
SELECT record.id >> 40, record.id & 1099511627775, coalesce(stream.name, ''),
  coalesce(record.value, x''), record.verdict,
  record.sequence, record.version, record.lane_time, record.lane_hash, stream.number
FROM record LEFT JOIN stream ON stream.key = record.stream
"""


class Draft(NamedTuple):
    """A commit handed to the ledger: the stream is its key, the value its bytes."""

    stream: str
    value: bytes


class Receipt(NamedTuple):
    """What became of a draft: its verdict, and where it stands.

    `text`, `version`, `last_version` and `hash` are the verdict's. `record` and `sequence` are the
    lane's after it, None where the record was refused before storing (`void:too_large`,
    `void:malformed`); `number` is the stream's, None before its first effective commit.
    """

    text: str
    version: int | None
    last_version: int | None
    hash: bytes | None
    lane: int
    record: int | None
    sequence: int | None
    number: int | None

    @property
    def effective(self) -> bool:
        """Whether the commit came to be a part of its stream."""
        return self.version is not None


class StoredRecord(NamedTuple):
    """A record as the ledger keeps it, with what the judge said.

    `stream` is empty where the key names none, `value` where there is none.

    `record` counts the lane's records from 1; `sequence`, `lane_time` (microseconds since 1970)
    and `lane_hash` are the lane's after this record. `version` is that of the first event, None
    unless effective; `number` is the stream's, None before its first effective commit.
    """

    lane: int
    record: int
    stream: str
    value: bytes
    verdict: str
    sequence: int
    version: int | None
    lane_time: int
    lane_hash: bytes
    number: int | None


# What `_make` does, without its check of the length and a call of Python for every row.
_AS_RECORD = partial(tuple.__new__, StoredRecord)


def record_id(lane: int, record: int) -> int:
    """The integer key of the `record`-th record of a lane; record 0 stands before the first."""
    return lane << _RECORD_BITS | record


def lane_and_record(identifier: int) -> tuple[int, int]:
    """The lane and the number in the lane that an integer key stands for."""
    return identifier >> _RECORD_BITS, identifier & _RECORD_MASK


def stored_records(
    connection: sqlite3.Connection, condition: str, parameters: tuple[object, ...]
) -> list[StoredRecord]:
    """The records for which an SQL `condition` (with order and limit) holds."""
    rows = connection.execute(f"{STORED_COLUMNS} WHERE {condition}", parameters)
    return list(map(_AS_RECORD, rows))
