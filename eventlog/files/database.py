"""The desk's SQLite files: how they are opened, and how it is known whose they are.

None of these files may ever be opened, hashed or copied with `open()` in a process that may have a
connection to it: closing any descriptor of a file drops all POSIX locks that the process holds on
it, and another process may then write in the middle of a transaction. So identity is read with
PRAGMA, through SQLite itself.
"""

import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.errors import ForeignFile, LedgerDamaged, NewerVersion
from deskledger.eventlog.files.sqlite_errors import DAMAGED, desk_error, error_code

WAL_PAGES_MAX = 20_000
CACHE_KIBIBYTES = 8_192
POLL_SECONDS = 0.0005


@dataclass(frozen=True)
class FileKind:
    """One kind of file: name in the desk directory, application id, newest format, tables."""

    name: str
    application_id: int
    format: int
    schema: tuple[str, ...]


def connect(
    path: Path, kind: FileKind, *, deadline_seconds: float, cache_kibibytes: int = CACHE_KIBIBYTES
) -> sqlite3.Connection:
    """Opens a file of the desk for any thread, one at a time; the caller begins and commits.

    Args:
        path: the file; its identity is checked before anything could be written.
        kind: what it must be.
        deadline_seconds: how long a statement waits for a locked file.
        cache_kibibytes: how much of the file it may keep in memory.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged, Unavailable: as `desk_of`.
    """
    desk_of(path, kind)
    try:
        connection = open_file(path, "rw", deadline_seconds)
        configure(connection)
        connection.execute(f"PRAGMA cache_size = -{cache_kibibytes}")
    except sqlite3.Error as error:
        raise desk_error(error, path) from error
    return connection


def connect_writer(
    path: Path, kind: FileKind, *, deadline_seconds: float, cache_kibibytes: int
) -> sqlite3.Connection:
    """As `connect`, for transactions that `begin_writing` begins."""
    connection = connect(
        path, kind, deadline_seconds=deadline_seconds, cache_kibibytes=cache_kibibytes
    )
    connection.execute("PRAGMA busy_timeout = 0")
    return connection


def desk_of(path: Path, kind: FileKind) -> str:
    """The id of the desk that the file belongs to.

    Raises:
        InvalidInput: there is no file, or one that was never finished.
        ForeignFile: it is a file of another kind or program; it is left as it is.
        NewerVersion: its format is newer than this software.
    """
    if not path.exists():
        raise _missing(path)
    try:
        if not _may_be(path, kind):
            raise _foreign(path)
        connection = open_file(path, "rw")
        try:
            return _identity(connection, path, kind)
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise desk_error(error, path) from error


def begin_writing(connection: sqlite3.Connection, deadline_at: float) -> None:
    """Begins a transaction that holds the file's one write lock.

    Waiting by short polls instead of SQLite's growing pauses keeps a process from starving
    beside a busy one: the gap between two transactions of that one is some ten microseconds.

    Args:
        connection: one made by `connect_writer`.
        deadline_at: on `time.monotonic()`.

    Raises:
        sqlite3.OperationalError: still locked at the deadline, or the file cannot be read.
    """
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline_at:
                raise
        else:
            return
        time.sleep(POLL_SECONDS)


def open_file(path: Path, mode: str, deadline_seconds: float = 5.0) -> sqlite3.Connection:
    """A bare connection, in one of SQLite's modes; whose the file is, is not asked."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=deadline_seconds,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


def configure(connection: sqlite3.Connection) -> None:
    """Sets how the desk's files are written: durable at every commit, nothing deleted readable."""
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "mmap_size = 0",
        f"wal_autocheckpoint = {WAL_PAGES_MAX}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _may_be(path: Path, kind: FileKind) -> bool:
    """Whether a look at the main file alone allows opening it; that makes no file beside it.

    Alone, a main file into which a full disk stopped copying its log looks broken; with the log
    it is whole, so only opening it can tell.
    """
    connection = open_file(path, "ro&immutable=1")
    try:
        connection.execute("BEGIN")
        found = read_number(connection, "application_id")
        return found == kind.application_id or not (
            found or read_number(connection, "schema_version")
        )
    except sqlite3.DatabaseError as error:
        if error_code(error) not in DAMAGED:
            raise
        return error_code(error) != sqlite3.SQLITE_NOTADB
    finally:
        connection.close()


def _identity(connection: sqlite3.Connection, path: Path, kind: FileKind) -> str:
    # One look at it all: another process may finish making the file between two.
    connection.execute("BEGIN")
    found = read_number(connection, "application_id")
    if not found and not read_number(connection, "schema_version"):
        raise _missing(path)
    if found != kind.application_id:
        raise _foreign(path)
    version = read_number(connection, "user_version")
    if version > kind.format:
        told = f"{path} was written by a newer deskledger; update the software."
        raise NewerVersion(told, file=str(path), format=version, known=kind.format)
    row = connection.execute("SELECT value FROM meta WHERE name = 'desk'").fetchone()
    if row is None:
        raise LedgerDamaged(f"{path} has lost the id of its desk.", file=str(path))
    return str(row[0])


def _foreign(path: Path) -> DeskError:
    told = f"{path} belongs to another program; choose another directory, or move the file away."
    return ForeignFile(told, file=str(path))


def _missing(path: Path) -> DeskError:
    if any(found != path for found in path.parent.glob("*.sqlite")):
        return LedgerDamaged(f"{path} is missing; restore it from a copy.", file=str(path))
    told = f"There is no desk in {path.parent}; `deskledger init` makes one."
    return InvalidInput(told, directory=str(path.parent))


def read_number(connection: sqlite3.Connection, pragma: str) -> int:
    """One of the numbers in the file's header."""
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
