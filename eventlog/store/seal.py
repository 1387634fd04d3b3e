"""Sealing an embedded ledger: the last record of every lane, once the desk has moved elsewhere."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from deskledger.eventlog.control import seal_record
from deskledger.eventlog.files.database import begin_writing, connect_writer
from deskledger.eventlog.files.sqlite_errors import desk_error
from deskledger.eventlog.records import LEDGER
from deskledger.eventlog.store.arrivals import insert
from deskledger.eventlog.store.embedded import CACHE_KIBIBYTES, DEADLINE_SECONDS
from deskledger.eventlog.store.record_store import Entry, RecordStore


class Held:
    """An embedded ledger that nobody can append to, by this transaction's hold on it."""

    def __init__(self, connection: sqlite3.Connection, desk: str, lanes: int) -> None:
        self._connection = connection
        self._desk = desk
        self._store = RecordStore(connection, lanes)
        self._store.catch_up()

    def seal(self) -> None:
        """Ends every lane, durably; gives up the hold."""
        made = [(n, *seal_record(self._desk, n)) for n in range(len(self._store.lanes))]
        entries = [Entry(lane, key.decode(), key, value) for lane, key, value in made]
        _, arrivals = self._store.judge(entries)
        insert(self._connection, arrivals)
        self._connection.execute("COMMIT")


@contextmanager
def held(directory: Path, desk: str, lanes: int) -> Iterator[Held]:
    """Keeps everybody from appending to the ledger of a directory meanwhile.

    Whoever tries waits, up to the deadline of an append. Without `seal` they go on afterwards.

    Raises:
        Unavailable: the file is locked, or the disk full; nothing is sealed.
    """
    path = directory / LEDGER.name
    connection = connect_writer(
        path, LEDGER, deadline_seconds=DEADLINE_SECONDS, cache_kibibytes=CACHE_KIBIBYTES
    )
    # Closing the connection undoes what was not committed.
    with closing(connection):
        try:
            begin_writing(connection, time.monotonic() + DEADLINE_SECONDS)
            yield Held(connection, desk, lanes)
        except sqlite3.Error as error:
            raise desk_error(error, path) from error
