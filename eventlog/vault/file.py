"""The vault's SQLite file: its tables, and the statements on them."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import orjson

from deskledger.eventlog.files.database import FileKind

VAULT = FileKind(
    name="vault.sqlite",
    application_id=0x64736B76,  # "dskv"
    format=1,
    schema=(
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
        """
-- The desk's three secrets, and a check value that only the right desk key opens.
CREATE TABLE secret (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID
""",
        """
-- Streams of the people, or of tickets without a customer, whose values the keys seal.
CREATE TABLE subject (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)
""",
        """
-- id: first 12 bytes of SHA-256 of the key. purpose: subject, text or attachment.
-- holder: the process that reserved the key; it gives it a subject and purpose once it is used.
CREATE TABLE key (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  subject INTEGER REFERENCES subject,
  purpose TEXT,
  wrapped BLOB NOT NULL,
  holder TEXT
)
""",
        "CREATE INDEX key_subject ON key (subject) WHERE subject IS NOT NULL",
        "CREATE UNIQUE INDEX key_of_subject ON key (subject) WHERE purpose = 'subject'",
    ),
)

_IDS_PER_STATEMENT = 250
_ROWS_PER_STATEMENT = 64


class UsedKey(NamedTuple):
    """A reserved key that was used, and what for."""

    id: bytes
    subject: str
    purpose: str


def read_check(connection: sqlite3.Connection) -> bytes:
    """The wrapped check value: another one after every change of the desk key."""
    (wrapped,) = connection.execute("SELECT wrapped FROM secret WHERE name = 'check'").fetchone()
    return bytes(wrapped)


def read_secrets(connection: sqlite3.Connection) -> dict[str, bytes]:
    """The wrapped secrets by name, the check value among them."""
    return dict(connection.execute("SELECT name, wrapped FROM secret"))


def write_secrets(connection: sqlite3.Connection, wrapped: dict[str, bytes]) -> None:
    """Writes the wrapped secrets, in place of older ones."""
    connection.executemany("INSERT OR REPLACE INTO secret VALUES (?, ?)", wrapped.items())


def read_subject_keys(
    connection: sqlite3.Connection, subjects: Collection[str]
) -> list[tuple[str, bytes, bytes]]:
    """Subject, key id and wrapped key of those subjects that have a key."""
    return connection.execute(
        "SELECT subject.name, key.id, key.wrapped FROM json_each(?) AS asked"
        " JOIN subject ON subject.name = asked.value"
        " JOIN key ON key.subject = subject.key AND key.purpose = 'subject'",
        (_json(subjects),),
    ).fetchall()


def add_subject_keys(
    connection: sqlite3.Connection, keys: Sequence[tuple[str, bytes, bytes]]
) -> None:
    """Stores subject, key id and wrapped key of subjects that had none."""
    add_subjects(connection, [subject for subject, _, _ in keys])
    _insert(
        connection,
        "INSERT INTO key (subject, id, wrapped, purpose) VALUES",
        "((SELECT key FROM subject WHERE name = ?), ?, ?, 'subject')",
        keys,
    )


def read_keys(
    connection: sqlite3.Connection, ids: Collection[bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """Id and wrapped key of those ids that have one."""
    asked = list(ids)
    for start in range(0, len(asked), _IDS_PER_STATEMENT):
        some = asked[start : start + _IDS_PER_STATEMENT]
        # Filled up with repetitions, so that SQLite prepares one statement once.
        some += some[:1] * (_IDS_PER_STATEMENT - len(some))
        yield from connection.execute(_KEYS, some)


def reserve_keys(
    connection: sqlite3.Connection, holder: str, keys: Sequence[tuple[bytes, bytes]]
) -> None:
    """Stores id and wrapped key of fresh keys for `holder`."""
    values = [(*key, holder) for key in keys]
    _insert(connection, "INSERT INTO key (id, wrapped, holder) VALUES", "(?, ?, ?)", values)


def name_keys(connection: sqlite3.Connection, used: Sequence[UsedKey]) -> None:
    """Writes down whose the used keys of a reservation have become; not of those destroyed.

    By their ids: the row of a key that was destroyed may have become that of another one.
    """
    add_subjects(connection, {key.subject for key in used})
    connection.executemany(
        "UPDATE key SET holder = NULL, purpose = ?,"
        " subject = (SELECT subject.key FROM subject WHERE name = ?) WHERE id = ?",
        [(key.purpose, key.subject, key.id) for key in used],
    )


def drop_keys(connection: sqlite3.Connection, holder: str) -> None:
    """Deletes what a process had reserved and never used."""
    connection.execute("DELETE FROM key WHERE holder = ?", (holder,))


def delete_keys(connection: sqlite3.Connection, subjects: Collection[str]) -> int:
    """Deletes every key that names one of the subjects; gives how many there were."""
    deleted = connection.execute(
        "DELETE FROM key WHERE subject IN ("
        "SELECT subject.key FROM json_each(?) AS asked JOIN subject ON subject.name = asked.value)",
        (_json(subjects),),
    )
    return deleted.rowcount


def delete_keys_by_id(connection: sqlite3.Connection, ids: Collection[bytes]) -> int:
    """Deletes the keys of those ids; gives how many there were."""
    return sum(
        connection.execute("DELETE FROM key WHERE id = ?", (identifier,)).rowcount
        for identifier in ids
    )


def every_key(connection: sqlite3.Connection) -> Iterator[list[tuple[int, bytes, bytes]]]:
    """Row, id and wrapped key of all keys, some thousand at a time."""
    last = 0
    query = "SELECT row, id, wrapped FROM key WHERE row > ? ORDER BY row LIMIT 10000"
    while some := connection.execute(query, (last,)).fetchall():
        last = some[-1][0]
        yield some


def replace_keys(connection: sqlite3.Connection, keys: Iterable[tuple[bytes, int]]) -> None:
    """Writes wrapped keys anew, by row."""
    connection.executemany("UPDATE key SET wrapped = ? WHERE row = ?", keys)


def add_subjects(connection: sqlite3.Connection, subjects: Collection[str]) -> None:
    """Gives each subject a row."""
    connection.execute(
        "INSERT OR IGNORE INTO subject (name) SELECT value FROM json_each(?)", (_json(subjects),)
    )


_KEYS = f"SELECT id, wrapped FROM key WHERE id IN ({', '.join('?' * _IDS_PER_STATEMENT)})"  # noqa: S608 - ours


def _insert(
    connection: sqlite3.Connection, statement: str, row: str, values: Sequence[tuple[object, ...]]
) -> None:
    """Inserts many rows with each statement: the GIL may change hands at every one."""
    for start in range(0, len(values), _ROWS_PER_STATEMENT):
        some = values[start : start + _ROWS_PER_STATEMENT]
        rows = ", ".join([row] * len(some))
        connection.execute(f"{statement} {rows}", tuple(chain.from_iterable(some)))


def _json(values: Iterable[object]) -> str:
    return orjson.dumps(list(values)).decode()
