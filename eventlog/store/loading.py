"""The ledger's file of a desk filled with records that were judged elsewhere, as in a restore."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from deskledger.eventlog.files.bulk_file import bulk_file
from deskledger.eventlog.records import LEDGER, LOGGED, WITHOUT_KEYS
from deskledger.eventlog.store.arrivals import Arrival, insert, insert_many


class Logged(NamedTuple):
    """What only a log of others' making says of a record: a row of `logged`.

    `timestamp` is the log's own time in milliseconds since 1970, None where it has none; `key` is
    the record's where it is not the name of a stream and so stands nowhere else.
    """

    id: int
    timestamp: int | None
    key: bytes | None


class LoadedLane(NamedTuple):
    """Some records of one lane in their order, judged.

    Attributes:
        lane: whose.
        arrivals: their rows; `stream` counts, from 0, the streams that the lane has met so far,
            and the name stands where a stream is met first.
        strays: which of those that are met first belong to another lane.
        logged: what the log said, where it is one of others' making.
    """

    lane: int
    arrivals: Sequence[Arrival]
    strays: Collection[int] = ()
    logged: Sequence[Logged] = ()


class LedgerLoading:
    """The file while it is filled, with lane after lane or with several by turns."""

    def __init__(self, connection: sqlite3.Connection, lanes: int) -> None:
        """Takes the file of a desk of so many lanes."""
        self._connection = connection
        self._last_key = 0
        self._keys: list[list[int]] = [[] for _ in range(lanes)]
        # Streams that a lane other than their own has met.
        self._strays: dict[str, int] = {}

    def add(self, judged: LoadedLane) -> None:
        """Adds the next records of a lane."""
        insert(self._connection, [self._keyed(judged, arrival) for arrival in judged.arrivals])
        if judged.logged:
            insert_many(self._connection, "logged", judged.logged)

    def _keyed(self, judged: LoadedLane, arrival: Arrival) -> Arrival:
        """The row with the key that its stream has in this file."""
        if arrival.stream is None:
            return arrival
        keys = self._keys[judged.lane]
        if arrival.name is None:
            return arrival._replace(stream=keys[arrival.stream])
        known = self._known(arrival.name, is_stray=arrival.stream in judged.strays)
        keys.append(known or self._last_key + 1)
        if known is not None:
            return arrival._replace(stream=known, name=None, noun=None)
        self._last_key += 1
        if arrival.stream in judged.strays:
            self._strays[arrival.name] = self._last_key
        return arrival._replace(stream=self._last_key)

    def _known(self, name: str, *, is_stray: bool) -> int | None:
        """The key of a stream that another lane has met before."""
        if not is_stray:
            return self._strays.get(name)
        row = self._connection.execute("SELECT key FROM stream WHERE name = ?", (name,)).fetchone()
        return None if row is None else int(row[0])


@contextmanager
def load_ledger(
    directory: Path, desk: str, lanes: int, *, with_keys: bool
) -> Iterator[LedgerLoading]:
    """Makes the ledger of a desk in a directory that nobody looks into; durable in the end.

    Args:
        directory: where `ledger.sqlite` is to lie.
        desk: the desk's id.
        lanes: how many it has.
        with_keys: False marks the ledger as one that can be read alone: commands and addresses
            are named with the desk's secret keys, and other keys would give them other names.

    Raises:
        InvalidInput, ForeignFile: something lies there already.
        Unavailable: the disk is full, or the directory cannot be written.
    """
    with bulk_file(directory, LEDGER, desk) as connection:
        connection.execute("INSERT INTO meta VALUES ('lanes', ?)", (lanes,))
        if not with_keys:
            connection.execute("INSERT INTO meta VALUES (?, 1)", (WITHOUT_KEYS,))
        connection.execute(LOGGED)
        yield LedgerLoading(connection, lanes)
        (logged,) = connection.execute("SELECT count(*) FROM logged").fetchone()
        if not logged:
            connection.execute("DROP TABLE logged")
