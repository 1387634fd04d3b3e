"""Judged records on their way into the tables, with the fewest statements that do it.

Python hands the GIL to another thread at every SQLite statement, and getting it back takes longer
than the statement, so a small group of records is one statement, transaction and all.
"""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

AT_ONCE_MAX = 128
_ROWS_PER_STATEMENT = 32

# Temporary, so part of the connection and not of the file.
_VIEW = (
    """
    CREATE TEMP VIEW arrival AS
    SELECT record.*, stream.name, stream.noun, stream.number
    FROM record JOIN stream ON stream.key = record.stream
    """,
    """
    CREATE TEMP TRIGGER arrival_of_stream INSTEAD OF INSERT ON arrival
    WHEN NEW.name IS NOT NULL
    BEGIN
      INSERT INTO stream VALUES (NEW.stream, NEW.name, NEW.noun, NEW.number);
    END
    """,
    """
    CREATE TEMP TRIGGER arrival_of_number INSTEAD OF INSERT ON arrival
    WHEN NEW.name IS NULL AND NEW.number IS NOT NULL
    BEGIN
      UPDATE stream SET number = NEW.number WHERE key = NEW.stream;
    END
    """,
    """
    CREATE TEMP TRIGGER arrival_of_record INSTEAD OF INSERT ON arrival
    BEGIN
      INSERT INTO record VALUES (
        NEW.id, NEW.stream, NEW.command, NEW.verdict, NEW.version, NEW.sequence, NEW.lane_time,
        NEW.lane_hash, NEW.value
      );
    END
    """,
)


class Arrival(NamedTuple):
    """A row of `record`; then the stream's name and noun if it is new, its number if that is."""

    id: int
    stream: int | None
    command: bytes | None
    verdict: str
    version: int | None
    sequence: int
    lane_time: int
    lane_hash: bytes
    value: bytes | None
    name: str | None
    noun: str | None
    number: int | None


def prepare_arrivals(connection: sqlite3.Connection) -> None:
    """Readies a connection for `insert_at_once`."""
    connection.execute("PRAGMA temp_store = MEMORY")
    for statement in _VIEW:
        connection.execute(statement)


def insert_at_once(connection: sqlite3.Connection, arrivals: Sequence[Arrival]) -> None:
    """Stores up to `AT_ONCE_MAX` records in a transaction of their own, all or none.

    Raises:
        sqlite3.IntegrityError: another process has stored records of the same lanes meanwhile;
            their ids follow each other without gaps, so that it cannot stay hidden.
    """
    insert_rows(connection, "arrival", arrivals)


def insert(connection: sqlite3.Connection, arrivals: Sequence[Arrival]) -> None:
    """Stores any number of records in the transaction that the caller began."""
    streams = [(new.stream, new.name, new.noun, new.number) for new in arrivals if new.name]
    insert_many(connection, "stream", streams)
    insert_many(connection, "record", [arrival[:9] for arrival in arrivals])
    connection.executemany(
        "UPDATE stream SET number = ? WHERE key = ?",
        [(late.number, late.stream) for late in arrivals if late.number and not late.name],
    )


def insert_many(
    connection: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]
) -> None:
    """Inserts rows of all columns of a table, many with each statement."""
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        insert_rows(connection, table, rows[start : start + _ROWS_PER_STATEMENT])


def insert_rows(
    connection: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]]
) -> None:
    """Inserts rows of all columns of a table with one statement."""
    row = f"({', '.join('?' * len(rows[0]))})"
    connection.execute(
        f"INSERT INTO {table} VALUES {', '.join([row] * len(rows))}",  # noqa: S608 - our own names
        tuple(chain.from_iterable(rows)),
    )
