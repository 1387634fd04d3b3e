"""Tickets as an object-centric event log: OCEL 2.0 as a database of SQLite.

Its relational form: a table that all events are in and one for each type of event, the same of
objects, and two of what belongs to what. Keys and references are declared as the standard has them.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.replay.export.ocel import (
    EPOCH_TIME,
    event_types,
    object_types,
    related,
    told_event,
    told_person,
    told_ticket,
)
from deskledger.replay.export.process_log import Trace

TRACES_AT_ONCE = 500

_TYPES = {"string": "TEXT", "time": "TIMESTAMP", "integer": "INTEGER", "boolean": "BOOLEAN"}
_SCHEMA = """
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL);
CREATE TABLE event (
  ocel_id TEXT PRIMARY KEY,
  ocel_type TEXT NOT NULL REFERENCES event_map_type (ocel_type)
);
CREATE TABLE object (
  ocel_id TEXT PRIMARY KEY,
  ocel_type TEXT NOT NULL REFERENCES object_map_type (ocel_type)
);
CREATE TABLE event_object (
  ocel_event_id TEXT REFERENCES event (ocel_id),
  ocel_object_id TEXT REFERENCES object (ocel_id),
  ocel_qualifier TEXT,
  PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier)
);
CREATE TABLE object_object (
  ocel_source_id TEXT REFERENCES object (ocel_id),
  ocel_target_id TEXT REFERENCES object (ocel_id),
  ocel_qualifier TEXT,
  PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier)
);
"""

Told = dict[str, Any]


class _Database:
    """Rows on their way into the tables of a new file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._columns: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self.events = 0
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for kind in object_types():
            self._make("object", kind, ("ocel_time TIMESTAMP", "ocel_changed_field TEXT"))

    def add_event(self, told: Told) -> None:
        """Adds an event and what it is about."""
        if f"event_{told['type']}" not in self._columns:
            self._make("event", event_types([told["type"]])[0], ("ocel_time TIMESTAMP",))
        self.events += 1
        self._rows["event"].append((told["id"], told["type"]))
        values = _values(told["attributes"])
        self._add("event", told, {"ocel_time": told["time"], **values})
        self._relate("event_object", told)

    def add_object(self, told: Told) -> None:
        """Adds an object: how it began, and each change of it."""
        self._rows["object"].append((told["id"], told["type"]))
        began = [one for one in told["attributes"] if one["time"] == EPOCH_TIME]
        self._add("object", told, {"ocel_time": EPOCH_TIME, **_values(began)})
        for one in told["attributes"]:
            if one["time"] != EPOCH_TIME:
                change = {"ocel_time": one["time"], "ocel_changed_field": one["name"]}
                self._add("object", told, {**change, **_values([one])})
        self._relate("object_object", told)

    def store(self) -> None:
        """Moves the rows so far into their tables."""
        for table, rows in self._rows.items():
            if not rows:
                continue
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)  # noqa: S608 - names of our own
        self._rows.clear()

    def _make(self, what: str, kind: Told, columns: tuple[str, ...]) -> None:
        name = kind["name"]
        attributes = {one["name"]: _TYPES[one["type"]] for one in kind["attributes"]}
        key = " PRIMARY KEY" if what == "event" else ""
        stated = [f"ocel_id TEXT{key} REFERENCES {what} (ocel_id)", *columns]
        stated += [f'"{one}" {spelt}' for one, spelt in attributes.items()]
        self._connection.execute(f'CREATE TABLE "{what}_{name}" ({", ".join(stated)})')
        self._connection.execute(f"INSERT INTO {what}_map_type VALUES (?, ?)", (name, name))  # noqa: S608 - as above
        named = (column.partition(" ")[0] for column in columns)
        self._columns[f"{what}_{name}"] = (*named, *attributes)

    def _add(self, what: str, told: Told, values: Told) -> None:
        table = f"{what}_{told['type']}"
        self._rows[table].append((told["id"], *map(values.get, self._columns[table])))

    def _relate(self, table: str, told: Told) -> None:
        related = dict.fromkeys(
            (one["objectId"], one["qualifier"]) for one in told["relationships"]
        )
        self._rows[table].extend((told["id"], *one) for one in related)


def write_ocel_database(path: Path, traces: Iterable[Trace]) -> int:
    """Writes a log of all tickets with their events to a file that does not exist yet.

    Returns:
        How many events there were.

    Raises:
        Unavailable: the disk is full, or the file cannot be written.
    """
    met: set[tuple[str, str]] = set()
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # Nobody sees the file before it is whole, so there is nothing to roll back to.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            database = _Database(connection)
            for some in _batched(traces):
                for trace in some:
                    met.update(_add_trace(database, trace))
                database.store()
            for kind, one in sorted(met):
                database.add_object(told_person(kind, one))
            database.store()
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise desk_error(error, path) from error
    return database.events


def _add_trace(database: _Database, trace: Trace) -> Iterator[tuple[str, str]]:
    """Adds a ticket with its events; gives the kinds and ids of the others that it met."""
    database.add_object(told_ticket(trace))
    for step in trace.steps:
        database.add_event(told_event(trace, step))
        yield from ((kind, one) for kind, one, _ in related(trace, step) if kind != "ticket")


def _batched(traces: Iterable[Trace]) -> Iterator[list[Trace]]:
    rest = iter(traces)
    while some := list(islice(rest, TRACES_AT_ONCE)):
        yield some


def _values(attributes: Iterable[Told]) -> Told:
    return {one["name"]: one["value"] for one in attributes}
