"""The rows of a vault file that the vault's topic tells of."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence

import orjson

from deskledger.eventlog.kafka.vault_records import SUBJECT, Destroyed, KeyRow, SecretRow
from deskledger.eventlog.vault.file import UsedKey

# The purpose of a second key that two nodes made for one subject at the same moment.
SPARE = "spare"

TABLES = (
    # Ids that sealed values name and that the topic did not have once all of it had been read. As
    # a key is in the topic before anything is sealed with it, they have been destroyed.
    "CREATE TABLE IF NOT EXISTS absent (id BLOB PRIMARY KEY) WITHOUT ROWID",
    # Keys whose destruction was read: final, whatever the topic says of them later.
    "CREATE TABLE IF NOT EXISTS destroyed (id BLOB PRIMARY KEY) WITHOUT ROWID",
    # Those of them that the topic told of again, so that its last word on them is wrong.
    "CREATE TABLE IF NOT EXISTS returned (id BLOB PRIMARY KEY) WITHOUT ROWID",
)

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
_NOTE_DESTROYED = "INSERT OR IGNORE INTO destroyed VALUES (?)"
_IS_DESTROYED = "SELECT 1 FROM destroyed WHERE id = ?"
_NOTE_RETURNED = "INSERT OR IGNORE INTO returned VALUES (?)"
_GONE_AGAIN = "DELETE FROM returned WHERE id = ?"


def apply(connection: sqlite3.Connection, row: SecretRow | KeyRow | Destroyed | None) -> bool:
    """Makes a record's word true in a vault file; True where it destroyed a key.

    A destroyed key stays so: ids of keys never come again, and a record that tells of one was
    written by a node that had not read of the destruction yet.
    """
    match row:
        case None:
            return False
        case SecretRow():
            connection.execute(_PUT_SECRET, row)
            return False
        case KeyRow():
            if connection.execute(_IS_DESTROYED, (row.id,)).fetchone() is None:
                _put_key(connection, row)
            else:
                connection.execute(_NOTE_RETURNED, (row.id,))
            return False
        case Destroyed():
            connection.execute(_NOTE_DESTROYED, row)
            connection.execute(_GONE_AGAIN, row)
            return connection.execute(_DROP_KEY, row).rowcount > 0


def returned_ids(connection: sqlite3.Connection) -> list[bytes]:
    """The destroyed keys of which the topic's last word is that they are there."""
    return [identifier for (identifier,) in connection.execute("SELECT id FROM returned")]


def destroyed_ids(connection: sqlite3.Connection) -> Iterator[bytes]:
    """The keys whose destruction was read; none in a file that remembers no destructions."""
    if remembers_destructions(connection):
        for (identifier,) in connection.execute("SELECT id FROM destroyed"):
            yield identifier


def remembers_destructions(connection: sqlite3.Connection) -> bool:
    """Whether a vault's file has the tables for it; one that was never a copy has none."""
    query = "SELECT count(*) FROM sqlite_master WHERE name IN ('destroyed', 'returned')"
    return bool(connection.execute(query).fetchone() == (2,))


def name_rows(connection: sqlite3.Connection, used: Sequence[UsedKey]) -> list[KeyRow]:
    """The rows of reserved keys, with what they were used for; not of those destroyed."""
    query = "SELECT wrapped FROM key WHERE id = ?"
    rows = (connection.execute(query, (key.id,)).fetchone() for key in used)
    named = zip(used, rows, strict=True)
    return [KeyRow(key.id, row[0], key.subject, key.purpose) for key, row in named if row]


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
