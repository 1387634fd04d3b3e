"""The desk's SQLite files: how they are made, whole or not at all, by one process or several."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.files.database import (
    POLL_SECONDS,
    FileKind,
    configure,
    desk_of,
    open_file,
    read_number,
)
from deskledger.eventlog.files.sqlite_errors import desk_error, error_code

MAKING_SECONDS = 5.0


def create_file(
    directory: Path, kind: FileKind, desk: str, fill: Callable[[sqlite3.Connection], None]
) -> None:
    """Makes the file of `kind` for `desk` and lets `fill` write its first rows.

    Identity, tables and first rows are one transaction, so a process killed in the middle leaves
    an empty database at most, which counts as no file and which the next call fills.

    Raises:
        InvalidInput: the directory has such a file already.
        ForeignFile: something else lies under the name.
        Unavailable: the disk is full, or the directory cannot be written.
    """
    path = directory / kind.name
    try:
        connection = open_file(path, "rwc")
        try:
            _fill(connection, path, kind, desk, fill)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise desk_error(error, path) from error


def ensure_file(
    directory: Path, kind: FileKind, desk: str, fill: Callable[[sqlite3.Connection], None]
) -> None:
    """As `create_file`, for a file that may be there, or that another process is making just now.

    Raises:
        ForeignFile: something else lies under the name.
        NewerVersion, LedgerDamaged, Unavailable: the file cannot be used.
    """
    deadline_at = time.monotonic() + MAKING_SECONDS
    while True:
        try:
            return _make_unless_there(directory, kind, desk, fill)
        except Unavailable as error:
            # SQLite does not wait for a file that another process turns to its write-ahead log.
            busy = error_code(error.__cause__) == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() >= deadline_at:
                raise
        time.sleep(POLL_SECONDS)


def _make_unless_there(
    directory: Path, kind: FileKind, desk: str, fill: Callable[[sqlite3.Connection], None]
) -> None:
    try:
        desk_of(directory / kind.name, kind)
    except (InvalidInput, LedgerDamaged):
        # There is none, or one that was never finished; another process may finish it first.
        with suppress(InvalidInput):
            create_file(directory, kind, desk, fill)


def _fill(
    connection: sqlite3.Connection,
    path: Path,
    kind: FileKind,
    desk: str,
    fill: Callable[[sqlite3.Connection], None],
) -> None:
    configure(connection)
    connection.execute("BEGIN IMMEDIATE")
    if read_number(connection, "schema_version") or read_number(connection, "application_id"):
        raise InvalidInput(f"{path} exists already; choose another directory.", file=str(path))
    connection.execute(f"PRAGMA application_id = {kind.application_id}")
    connection.execute(f"PRAGMA user_version = {kind.format}")
    for statement in kind.schema:
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('desk', ?)", (desk,))
    fill(connection)
    connection.execute("COMMIT")
