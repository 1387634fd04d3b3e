"""All keys of a vault taken out of it, and a vault made of them under another desk key."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from cryptography.exceptions import InvalidTag

from deskledger.eventlog.errors import ForeignFile, LedgerDamaged, WrongDeskKey
from deskledger.eventlog.files.bulk_file import bulk_file
from deskledger.eventlog.files.database import connect, desk_of
from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.vault.file import VAULT, add_subjects, read_secrets, write_secrets
from deskledger.eventlog.vault.key_file import KeyRow, Keys, Lock, Output, write_keys
from deskledger.eventlog.vault.store import CHECK
from deskledger.eventlog.vault.wrapping import Wrapping

DEADLINE_SECONDS = 5.0
ROWS_AT_ONCE = 10_000

_ROWS = """
SELECT key.id, subject.name, key.purpose, key.wrapped, key.holder
FROM key LEFT JOIN subject ON subject.key = key.subject
ORDER BY key.row
"""
_PUT = """
INSERT INTO key (id, subject, purpose, wrapped, holder)
VALUES (?, (SELECT key FROM subject WHERE name = ?), ?, ?, ?)
"""
_SECRET_BYTES = 32


def export_keys(directory: Path, desk: str, desk_key: bytes, output: Output, lock: Lock) -> int:
    """Writes every key of a vault to a file, as they are at one moment.

    Args:
        directory: where `vault.sqlite` lies.
        desk: the id that the ledger states.
        desk_key: opens the vault.
        output: takes the file's bytes.
        lock: what the file is sealed under.

    Returns:
        How many keys of values there were.

    Raises:
        WrongDeskKey, ForeignFile, LedgerDamaged: the vault does not open.
        OSError: the file cannot be written.
    """
    path = directory / VAULT.name
    if desk_of(path, VAULT) != desk:
        raise ForeignFile(f"{path} is the vault of another desk.", file=str(path))
    with closing(connect(path, VAULT, deadline_seconds=DEADLINE_SECONDS)) as connection:
        try:
            connection.execute("BEGIN")
            return write_keys(output, _keys(connection, path, desk, desk_key), lock)
        except sqlite3.Error as error:
            raise desk_error(error, path) from error


def make_vault(directory: Path, keys: Keys, desk_key: bytes) -> int:
    """Makes a vault of keys that were exported; durable in the end.

    Args:
        directory: where `vault.sqlite` is to lie; nobody looks into it yet.
        keys: all of the desk.
        desk_key: wraps them from now on.

    Returns:
        How many keys of values there are.

    Raises:
        LedgerDamaged: the file that they come from is damaged, or contradicts itself.
        Unavailable: the disk is full.
    """
    wrapping, count = Wrapping(keys.desk, desk_key), 0
    secrets = {**keys.secrets, CHECK: random_bytes(_SECRET_BYTES)}
    with bulk_file(directory, VAULT, keys.desk) as connection:
        write_secrets(
            connection, {name: wrapping.wrap(name.encode(), key) for name, key in secrets.items()}
        )
        for some in _some(keys.rows):
            add_subjects(connection, {row.subject for row in some if row.subject is not None})
            connection.executemany(_PUT, [_wrapped(row, wrapping) for row in some])
            count += len(some)
    return count


def _keys(connection: sqlite3.Connection, path: Path, desk: str, desk_key: bytes) -> Keys:
    wrapping = Wrapping(desk, desk_key)
    try:
        secrets = {
            name: wrapping.unwrap(name.encode(), wrapped)
            for name, wrapped in read_secrets(connection).items()
        }
    except InvalidTag as error:
        told = f"The desk key does not open {path}; restore the key that belongs to it."
        raise WrongDeskKey(told, file=str(path)) from error
    secrets.pop(CHECK)
    return Keys(desk, secrets, _rows(connection, path, wrapping))


def _rows(connection: sqlite3.Connection, path: Path, wrapping: Wrapping) -> Iterator[KeyRow]:
    for identifier, subject, purpose, wrapped, holder in connection.execute(_ROWS):
        try:
            key = wrapping.unwrap(identifier, wrapped)
        except InvalidTag as error:
            told = f"{path}: key {identifier.hex()} does not open; was the desk key changed?"
            raise LedgerDamaged(told, file=str(path), key=identifier.hex()) from error
        yield KeyRow(identifier, subject, purpose, key, holder)


def _wrapped(row: KeyRow, wrapping: Wrapping) -> tuple[object, ...]:
    return row.id, row.subject, row.purpose, wrapping.wrap(row.id, row.key), row.holder


def _some(rows: Iterable[KeyRow]) -> Iterator[list[KeyRow]]:
    waiting = iter(rows)
    while some := list(islice(waiting, ROWS_AT_ONCE)):
        yield some
