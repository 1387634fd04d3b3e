"""The projections' DuckDB file: how it is opened, and how it is known whose it is.

The file belongs to one process at a time. It may never be opened with `open()`: closing any
descriptor of it drops the lock by which DuckDB keeps other processes out.
"""

import hashlib
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import ForeignFile, NewerVersion, Unavailable
from deskledger.projections.errors import InUse, Outdated, TablesDamaged
from deskledger.projections.sql import QUESTIONS, sections, table_statements

NAME = "projections.duckdb"
FORMAT = "1"
POLL_SECONDS = 0.05

_READING = (
    "rows.py",
    "readable.py",
    "facts.py",
    "contacts.py",
    "personal.py",
    "columns.py",
    "usual/commit.py",
    "usual/contacts.py",
    "usual/facts.py",
    "usual/shapes.py",
    "folding/said.py",
    "folding/ticket.py",
    "folding/standing.py",
    "folding/present.py",
    "folding/lives.py",
)
_CONFIG: dict[str, Any] = {
    # The batches are small: a second thread costs more than it gives, and is needed for staging.
    "threads": "1",
    "memory_limit": "256MB",
    "preserve_insertion_order": "false",
    # A checkpoint rewrites what changed since the last one; often is too often when catching up.
    "checkpoint_threshold": "256MB",
    # DuckDB's allocator keeps what a statement has used; so it gives back more than this much.
    "allocator_flush_threshold": "1MB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
_LOCKED = "Could not set lock"
_NOT_DUCKDB = "not a valid DuckDB database"
_DAMAGED = ("Corrupt database file", "Serialization Error", "does not match stored checksum")
_NEWER = "read a database file with version number"


def fingerprint() -> str:
    """A hash of all that decides what the tables hold: their SQL, how events are read and folded.

    Queries are left out: a new one asks the same tables.
    """
    digest = hashlib.sha256()
    for question in (*QUESTIONS, "ticket_feed", "standing_feed", "progress"):
        for name, statements in sections(question).items():
            if not statements.startswith("SELECT"):
                digest.update(f"{question} {name}\0{statements}\0".encode())
    folder = files(__package__)
    for name in _READING:
        digest.update(name.encode() + folder.joinpath(name).read_bytes())
    return digest.hexdigest()


def open_file(path: Path, desk: str, deadline_seconds: float) -> duckdb.DuckDBPyConnection:
    """Opens the file of a desk, made new if there is none; waits while another process has it.

    Raises:
        Unavailable: another process had it until the deadline, or it cannot be written.
        ForeignFile: it is another desk's, or no file of projections.
        NewerVersion: a newer DuckDB or deskledger wrote it.
        Outdated: another version of the software made it.
    """
    deadline_at = time.monotonic() + deadline_seconds
    if path.exists():
        # First without writing: another program's file is left as it is.
        with connected(path, deadline_at, read_only=True) as found:
            check_file(found, path, desk)
    connection = connected(path, deadline_at, read_only=False)
    try:
        _configure(connection)
        if not _tables(connection):
            _create(connection, desk)
        check_file(connection, path, desk)
    except BaseException:
        connection.close()
        raise
    return connection


def make_file(path: Path, desk: str) -> duckdb.DuckDBPyConnection:
    """Makes a file anew without a write-ahead log, for a process that will fill it in one go.

    That saves writing everything twice. What was committed is in the file only after a
    `CHECKPOINT`; a crash before leaves nothing. Every cursor of the connection must `USE` the
    catalog `made`.

    Raises:
        Unavailable: it cannot be written.
    """
    connection = duckdb.connect(
        ":memory:", config=_CONFIG | {"temp_directory": str(overflow_of(path))}
    )
    try:
        name = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{name}' AS made (RECOVERY_MODE no_wal_writes)")
        connection.execute("USE made")
        _configure(connection)
        _create(connection, desk)
    except duckdb.Error as error:
        connection.close()
        raise _meaning(str(error), path) from error
    return connection


def connected(path: Path, deadline_at: float, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection to the file, unchecked; waits while another process has it.

    Raises:
        InUse: another process had it until the deadline, on `time.monotonic()`.
        ForeignFile, NewerVersion, Unavailable: it cannot be opened.
    """
    config: dict[str, Any] = {} if read_only else _CONFIG
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.Error as error:
            told = str(error)
            if _LOCKED not in told or time.monotonic() >= deadline_at:
                raise _meaning(told, path) from error
        time.sleep(POLL_SECONDS)


def _meaning(told: str, path: Path) -> DeskError:
    file = str(path)
    if _LOCKED in told:
        return InUse(f"Another process uses {file}; try again later.", file=file)
    if _NOT_DUCKDB in told:
        return ForeignFile(f"{file} is no DuckDB file.", file=file)
    if _NEWER in told:
        return NewerVersion(f"A newer DuckDB wrote {file}; update the software.", file=file)
    if any(mark in told for mark in _DAMAGED):
        # Whose file it was cannot be told any more, so it is for people to say that it may go.
        way_out = "run `deskledger rebuild --discard`: nothing is in it but the ledger's"
        return TablesDamaged(f"{file} is damaged; {way_out}. ({told})", file=file)
    return Unavailable(f"{file} cannot be opened: {told}", file=file)


def check_file(connection: duckdb.DuckDBPyConnection, path: Path, desk: str) -> None:
    """Looks whose file it is, and for which software; one without tables is anybody's.

    Raises:
        ForeignFile, NewerVersion, Outdated: it is not this desk's, or not for this software.
    """
    tables = _tables(connection)
    if not tables:
        return
    facts: dict[str, str] = {}
    if "file" in tables:
        try:
            facts = dict(connection.execute("SELECT name, value FROM file").fetchall())
        except duckdb.Error:
            facts = {}
    if "desk" not in facts or "format" not in facts:
        raise ForeignFile(f"{path} holds another program's tables.", file=str(path))
    if facts["desk"] != desk:
        raise ForeignFile(f"{path} belongs to another desk.", file=str(path), desk=facts["desk"])
    if facts["format"] != FORMAT:
        raise NewerVersion(f"{path} has a newer format; update the software.", file=str(path))
    if facts.get("fingerprint") != fingerprint():
        raise Outdated(file=str(path))


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")
    return {name for (name,) in rows.fetchall()}


def _configure(connection: duckdb.DuckDBPyConnection) -> None:
    # For every cursor of this process: a query can neither reach outside nor change these.
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    # DuckDB takes a program that has no file for a person's session, and draws a bar.
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _create(connection: duckdb.DuckDBPyConnection, desk: str) -> None:
    facts = {"format": FORMAT, "desk": desk, "fingerprint": fingerprint()}
    connection.execute("BEGIN TRANSACTION")
    for question in ("progress", *QUESTIONS):
        for statement in table_statements(question):
            connection.execute(statement)
    for name, value in facts.items():
        connection.execute("INSERT INTO file VALUES (?, ?)", (name, value))
    connection.execute("COMMIT")


def overflow_of(path: Path) -> Path:
    """Where DuckDB puts what does not fit into its memory."""
    return path.with_name(f"{path.name}.tmp")
