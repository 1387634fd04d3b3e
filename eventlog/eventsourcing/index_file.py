"""`applications.sqlite`: where in the lanes the events of `app/` streams stand.

It holds no event, only where each one is found, and follows from the ledger alone. So it may be
deleted while no application runs, and is made again from the lanes when one is opened.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskledger.eventlog.errors import ForeignFile, LedgerDamaged
from deskledger.eventlog.files.database import FileKind, connect, desk_of
from deskledger.eventlog.files.file_making import ensure_file
from deskledger.eventlog.files.sqlite_errors import desk_error

INDEX = FileKind(
    name="applications.sqlite",
    application_id=0x64736B61,  # "dska"
    format=1,
    schema=(
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
        """
-- records, sequence and lane_hash: how far its lane was read for the stream. version and head: of
-- its latest event, and the hash of the commit that holds it; 0 and NULL before the first.
CREATE TABLE stream (
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  records INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  lane_hash BLOB NOT NULL,
  version INTEGER NOT NULL,
  head BLOB
)
""",
        """
CREATE TABLE originator (
  key INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  id TEXT NOT NULL,
  UNIQUE (stream, id)
)
""",
        "CREATE TABLE topic (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        """
-- notification: the event's version in the stream. record: number of its commit in the lane.
CREATE TABLE event (
  stream INTEGER NOT NULL,
  notification INTEGER NOT NULL,
  originator INTEGER NOT NULL,
  originator_version INTEGER NOT NULL,
  topic INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (stream, notification)
) WITHOUT ROWID
""",
        "CREATE UNIQUE INDEX event_of_originator ON event (originator, originator_version)",
        """
CREATE TABLE tracking (
  stream INTEGER NOT NULL,
  application TEXT NOT NULL,
  notification INTEGER NOT NULL,
  PRIMARY KEY (stream, application)
) WITHOUT ROWID
""",
    ),
)


def open_index(directory: Path, desk: str, deadline_seconds: float) -> sqlite3.Connection:
    """Opens the index of a desk's applications, made new if there is none.

    Raises:
        ForeignFile: something else lies under the name.
        NewerVersion, LedgerDamaged, Unavailable: the file cannot be used.
    """
    path = directory / INDEX.name
    with index_errors(path):
        ensure_file(directory, INDEX, desk, _nothing)
        connection = connect(path, INDEX, deadline_seconds=deadline_seconds)
        if desk_of(path, INDEX) != desk:
            connection.close()
            raise ForeignFile(f"{path} belongs to another desk; delete it.", file=str(path))
        # After a power cut the last entries may be missing; they are made again.
        connection.execute("PRAGMA synchronous = NORMAL")
    return connection


@contextmanager
def index_errors(path: Path) -> Iterator[None]:
    """Says of a damaged index what can be done about it, which is more than of a ledger."""
    try:
        yield
    except sqlite3.Error as error:
        meaning = desk_error(error, path)
        raise _disposable(path) if isinstance(meaning, LedgerDamaged) else meaning from error
    except LedgerDamaged as error:
        raise _disposable(path) from error


def _disposable(path: Path) -> LedgerDamaged:
    told = (
        f"{path} is damaged. Stop the desk's applications and delete it with what begins with "
        "its name: it is made again from the ledger."
    )
    return LedgerDamaged(told, file=str(path))


def _nothing(_connection: sqlite3.Connection) -> None:
    """A new index has read no lane."""
