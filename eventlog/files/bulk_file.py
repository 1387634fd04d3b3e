"""A file of the desk filled in one go, where nobody can see it before it is complete.

It is written without a journal and without syncs, its indexes last. Only when all of it is there is
it marked as what it is and made durable: a file that was never finished is no file of a desk.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from deskledger.eventlog.files.database import FileKind
from deskledger.eventlog.files.sqlite_errors import desk_error

CACHE_KIBIBYTES = 131_072

_UNSAFE = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "secure_delete = OFF",
    f"cache_size = -{CACHE_KIBIBYTES}",
)
# The transaction after these syncs the file, and with it all that was written before.
_SAFE = ("locking_mode = NORMAL", "journal_mode = DELETE", "synchronous = FULL")


@contextmanager
def bulk_file(directory: Path, kind: FileKind, desk: str) -> Iterator[sqlite3.Connection]:
    """Makes a file in a directory that nobody else looks into; durable when the block ends.

    Where the block fails, what is left of the file is for the caller to remove.

    Raises:
        InvalidInput, ForeignFile: something lies there already.
        Unavailable: the disk is full, or the directory cannot be written.
    """
    path = directory / kind.name
    indexes = [statement for statement in kind.schema if _is_index(statement)]
    try:
        with closing(_made(path)) as connection:
            connection.execute("BEGIN")
            for statement in kind.schema:
                if statement not in indexes:
                    connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('desk', ?)", (desk,))
            yield connection
            for statement in indexes:
                connection.execute(statement)
            connection.execute("COMMIT")
            _finish(connection, kind)
    except sqlite3.Error as error:
        raise desk_error(error, path) from error


def _made(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rwc", uri=True, isolation_level=None
    )
    for pragma in _UNSAFE:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _finish(connection: sqlite3.Connection, kind: FileKind) -> None:
    for pragma in _SAFE:
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA user_version = {kind.format}")
    connection.execute(f"PRAGMA application_id = {kind.application_id}")
    connection.execute("COMMIT")


def _is_index(statement: str) -> bool:
    return " INDEX " in statement.partition("(")[0]
