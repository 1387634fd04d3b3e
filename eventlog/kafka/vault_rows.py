"""The rows of a vault file that the vault's topic tells of."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence

import orjson

from deskledger.eventlog.kafka.vault_records import SUBJECT, Destroyed, KeyRow, SecretRow
from deskledger.eventlog.vault_file import UsedKey

# The purpose of a second key that two nodes made for one subject at the same moment.
SPARE = "spare"

_PUT_SECRET = "INSERT OR REPLACE INTO secret VALUES (?, ?)"  # noqa: S105 - a statement
_ADD_SUBJECT = "INSERT OR IGNORE INTO subject (name) VALUES (?)"
_OWNER = """
SELECT id FROM key
WHERE purpose = 'subject' AND subject = (SELECT key FROM subject WHERE name = ?)
"""
_PUT_KEY = """
INSERT INTO key (id, subject, purpose, wrapped, holder)
VALUES (?, (SELECT key FROM subject WHERE name = ?), ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, purpose = excluded.purpose,
  wrapped = excluded.wrapped, holder = excluded.holder
"""
_DROP_KEY = "DELETE FROM key WHERE id = ?"


def apply(connection: sqlite3.Connection, row: SecretRow | KeyRow | Destroyed | None) -> bool:
    """Makes a record's word true in a vault file; True where it destroyed a key."""
    match row:
        case None:
            return False
        case SecretRow():
            connection.execute(_PUT_SECRET, row)
            return False
        case KeyRow():
            _put_key(connection, row)
            return False
        case Destroyed():
            return connection.execute(_DROP_KEY, row).rowcount > 0


def name_rows(connection: sqlite3.Connection, used: Sequence[UsedKey]) -> list[KeyRow]:
    """The rows of reserved keys, with what they were used for."""
    query = "SELECT id, wrapped FROM key WHERE row = ?"
    rows = (connection.execute(query, (key.row,)).fetchone() for key in used)
    named = zip(used, rows, strict=True)
    return [KeyRow(row[0], row[1], key.subject, key.purpose) for key, row in named if row]


def row_numbers(connection: sqlite3.Connection, ids: Sequence[bytes]) -> list[int]:
    """The numbers of the keys' rows, in the order of `ids`; those that are gone are left out."""
    found = (connection.execute("SELECT row FROM key WHERE id = ?", (one,)) for one in ids)
    return [row for (row,) in (one.fetchone() or (None,) for one in found) if row is not None]


def held_ids(connection: sqlite3.Connection, holder: str) -> list[bytes]:
    """The keys that a process has reserved and not yet named."""
    query = "SELECT id FROM key WHERE holder = ? ORDER BY row"
    return [identifier for (identifier,) in connection.execute(query, (holder,))]


def ids_of_subjects(connection: sqlite3.Connection, subjects: Collection[str]) -> list[bytes]:
    """All keys that name one of the subjects."""
    query = (
        "SELECT key.id FROM json_each(?) AS asked JOIN subject ON subject.name = asked.value"
        " JOIN key ON key.subject = subject.key ORDER BY key.row"
    )
    asked = (orjson.dumps(list(subjects)).decode(),)
    return [identifier for (identifier,) in connection.execute(query, asked)]


def every_row(connection: sqlite3.Connection) -> Iterator[KeyRow]:
    """All keys, in the order in which they came."""
    query = (
        "SELECT key.id, key.wrapped, subject.name, key.purpose, key.holder"
        " FROM key LEFT JOIN subject ON subject.key = key.subject ORDER BY key.row"
    )
    return map(KeyRow._make, connection.execute(query))


def _put_key(connection: sqlite3.Connection, row: KeyRow) -> None:
    purpose = row.purpose
    if row.subject is not None:
        connection.execute(_ADD_SUBJECT, (row.subject,))
        if purpose == SUBJECT:
            # The first in the log is the one that is used from then on.
            owner = connection.execute(_OWNER, (row.subject,)).fetchone()
            purpose = SUBJECT if owner in (None, (row.id,)) else SPARE
    connection.execute(_PUT_KEY, (row.id, row.subject, purpose, row.wrapped, row.holder))
