"""`replica.sqlite`: what a node has read of its desk's log, judged.

The same tables as an embedded ledger, filled by the same judge, and beside each record its place
in the log. It can be deleted at any time and is then read again from the log's first record.

Every process of a desk directory reads the log for itself, and whoever is first with a record
stores it; the others find it stored and go on. So none depends on another, and all hold the same.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Self

from deskledger.eventlog.commit import commit_hash
from deskledger.eventlog.files.database import begin_writing, connect_writer
from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.eventlog.instants import log_time
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.reading import Added, LogRecord, Records, Tip
from deskledger.eventlog.kafka.replica_file import (
    PUT_FRESH,
    READING_VIEW,
    RECEIPT,
    REPLICA,
    TIP,
    check_replica,
    make_replica,
)
from deskledger.eventlog.names import stream_of_key
from deskledger.eventlog.records import Receipt, record_id
from deskledger.eventlog.store.arrivals import (
    AT_ONCE_MAX,
    Arrival,
    insert,
    insert_many,
    insert_rows,
)
from deskledger.eventlog.store.record_store import Entry, RecordStore

CACHE_KIBIBYTES = 4_096
DEADLINE_SECONDS = 5.0
# How long other processes are asked first, after one was found to store records, too.
SHARED_SECONDS = 5.0

_New = tuple[Records, list[Entry], list[Receipt]]
"""Records that nobody had stored, as they were judged, and their receipts."""
_Place = tuple[int, int, int, bytes | None]
"""Id of the record, offset, timestamp, and the key where it names no stream."""


class Replica:
    """The replica in use by the one thread of a process that reads the log."""

    @classmethod
    def open(cls, directory: Path, location: Location) -> Self:
        """Opens the replica of a desk directory; makes an empty one where there is none.

        Raises:
            ForeignFile: it is of another desk or program.
            LogChanged: it was read from another topic of the same name.
            NewerVersion, LedgerDamaged, Unavailable: it cannot be used.
        """
        path = directory / REPLICA.name
        make_replica(directory, location)
        connection = connect_writer(
            path, REPLICA, deadline_seconds=DEADLINE_SECONDS, cache_kibibytes=CACHE_KIBIBYTES
        )
        try:
            check_replica(connection, path, location)
            # What a power cut takes away is read again.
            connection.execute("PRAGMA synchronous = NORMAL")
            return cls(connection, path, location)
        except BaseException:
            connection.close()
            raise

    def __init__(self, connection: sqlite3.Connection, path: Path, location: Location) -> None:
        self._connection = connection
        self._path = path
        self._desk = str(location.desk)
        self._store = RecordStore(connection, location.lanes)
        self._shared_until = 0.0
        for statement in READING_VIEW:
            connection.execute(statement)
        # How many records of each lane the reader of this process has passed.
        self._passed = [0] * location.lanes
        self.rewind()

    def rewind(self) -> None:
        """Says that the reader goes on behind what is stored by now, whoever stored it."""
        with self._writing():
            self._store.catch_up()
            self._passed = [state.records for state in self._store.lanes]

    def tip(self, lane: int) -> Tip | None:
        """The last record that the reader has passed in the lane, None where there is none."""
        identifier = record_id(lane, self._passed[lane])
        row = self._connection.execute(TIP, (identifier,)).fetchone()
        return None if row is None else Tip(*row)

    def add(self, records: Records) -> dict[int, list[Added]]:
        """Judges and stores the next records of some lanes in one transaction.

        Args:
            records: by lane, each in the order of the log, behind what was passed before.

        Returns:
            What became of each of them.

        Raises:
            LogChanged: another process of this directory has read another log, or a lane is that
                of another desk; nothing was stored.
            NewerVersion: a lane goes on under rules that this software does not know; nothing was
                stored.
            Unavailable: the disk is full or the file locked; nothing was stored.
        """
        new, entries, receipts = self._add_at_once(records) or self._add_in_turn(records)
        given = zip(entries, receipts, strict=True)
        return {lane: self._pass(lane, some, new[lane], given) for lane, some in records.items()}

    def _add_at_once(self, records: Records) -> _New | None:
        """Stores a few records with one statement, without asking who else has stored them.

        Whoever else reads for this file stores them under the same ids, so that it cannot stay
        hidden; then nothing is stored, and the others are asked first for a while.
        """
        if not (self._is_alone(records) and 0 < sum(map(len, records.values())) <= AT_ONCE_MAX):
            return None
        try:
            judged, arrivals, places = self._judge(records)
            rows = [(*one, *place[1:]) for one, place in zip(arrivals, places, strict=True)]
            insert_rows(self._connection, "reading", rows)
        except sqlite3.Error:
            self._store.forget()
            self._shared_until = time.monotonic() + SHARED_SECONDS
            return None
        except BaseException:
            self._store.forget()
            raise
        return judged

    def _add_in_turn(self, records: Records) -> _New:
        """Stores any number of records in a transaction that begins with what others stored."""
        with self._writing():
            if self._store.catch_up():
                self._shared_until = time.monotonic() + SHARED_SECONDS
            new = {lane: self._unstored(lane, some) for lane, some in records.items()}
            judged, arrivals, places = self._judge(new)
            insert(self._connection, arrivals)
            insert_many(self._connection, "place", places)
        return judged

    def _is_alone(self, lanes: Iterable[int]) -> bool:
        """Whether nobody else is known to have stored what comes next."""
        if not self._store.is_loaded or time.monotonic() < self._shared_until:
            return False
        return all(self._store.lanes[lane].records == self._passed[lane] for lane in lanes)

    def _judge(self, new: Records) -> tuple[_New, list[Arrival], list[_Place]]:
        entries = [
            Entry(lane, stream_of_key(one.key), one.key, one.value, log_time(one.timestamp))
            for lane, some in new.items()
            for one in some
        ]
        receipts, arrivals = self._store.judge(entries)
        self._check_geneses(new)
        stored = zip(arrivals, chain.from_iterable(new.values()), strict=True)
        places = [
            (one.id, record.offset, record.timestamp, record.key if one.stream is None else None)
            for one, record in stored
        ]
        return (new, entries, receipts), arrivals, places

    def _pass(
        self,
        lane: int,
        records: Sequence[LogRecord],
        new: Sequence[LogRecord],
        given: Iterator[tuple[Entry, Receipt]],
    ) -> list[Added]:
        """Notes that the reader has passed these records, of which the last ones were `new`."""
        first = self._passed[lane] + 1
        self._passed[lane] += len(records)
        others = records[: len(records) - len(new)]
        added = [Added(n, stream_of_key(one.key), None) for n, one in enumerate(others, first)]
        first += len(others)
        added += [
            Added(n, entry.stream, receipt)
            for n, (entry, receipt) in enumerate(islice(given, len(new)), first)
        ]
        return added

    def receipt(self, lane: int, record: int) -> Receipt:
        """The receipt of a record that another process has stored."""
        row = self._connection.execute(RECEIPT, (record_id(lane, record),)).fetchone()
        text, version, last_version, sequence, number, value = row
        commit = None if version is None else commit_hash(value)
        return Receipt(text, version, last_version, commit, lane, record, sequence, number)

    def note_fresh(self, at: float) -> None:
        """Remembers when all of the log had been read, in seconds since 1970."""
        with self._writing():
            self._connection.execute(PUT_FRESH, (at,))

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def _check_geneses(self, lanes: Iterable[int]) -> None:
        """Checks that lanes which have just been opened are of this desk."""
        for lane in lanes:
            genesis = self._store.lanes[lane].genesis
            if self._passed[lane] or genesis is None:
                continue
            if (genesis.desk, genesis.lanes) != (self._desk, len(self._store.lanes)):
                told = f"Lane {lane} of the log is that of another desk, {genesis.desk}."
                raise LogChanged(told, lane=lane, desk=genesis.desk)

    def _unstored(self, lane: int, records: Sequence[LogRecord]) -> Sequence[LogRecord]:
        """Those that no other process has stored meanwhile."""
        stored = min(self._store.lanes[lane].records - self._passed[lane], len(records))
        if stored <= 0:
            return records
        last = record_id(lane, self._passed[lane] + stored)
        query = "SELECT offset FROM place WHERE id = ?"
        if self._connection.execute(query, (last,)).fetchone() != (records[stored - 1].offset,):
            told = f"Lane {lane}: another process of this desk has read another log."
            raise LogChanged(told, lane=lane)
        return records[stored:]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; nothing is stored if it fails."""
        try:
            begin_writing(self._connection, time.monotonic() + DEADLINE_SECONDS)
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
            self._store.forget()
            if isinstance(error, sqlite3.Error):
                raise desk_error(error, self._path) from error
            raise
