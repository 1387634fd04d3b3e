"""The embedded ledger: lanes in one SQLite file, which threads and processes append to."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.errors import KeysMissing, LedgerSealed
from deskledger.eventlog.files.database import begin_writing, connect, connect_writer
from deskledger.eventlog.files.file_making import create_file
from deskledger.eventlog.files.sqlite_errors import error_code
from deskledger.eventlog.freshness import ALWAYS_FRESH, Freshness
from deskledger.eventlog.judge import MALFORMED, SEALED, TOO_LARGE
from deskledger.eventlog.lane import CONTROL
from deskledger.eventlog.names import check_stream, lane_of_valid
from deskledger.eventlog.records import LEDGER, Draft, Receipt
from deskledger.eventlog.store.append_errors import append_error
from deskledger.eventlog.store.arrivals import AT_ONCE_MAX, insert, insert_at_once
from deskledger.eventlog.store.changes import Changes
from deskledger.eventlog.store.group_queue import Caller, GroupQueue
from deskledger.eventlog.store.reader import LedgerReader
from deskledger.eventlog.store.record_store import Entry, Moved, RecordStore

LANES = 12
DEADLINE_SECONDS = 5.0
# Names of new streams are inserted all over their index.
CACHE_KIBIBYTES = 65_536
# How long the file is asked for news before each write, after another process has written.
SHARED_SECONDS = 5.0
# How old what is known of other processes' writes may be when a command is decided.
LOOK_SECONDS = 0.02

_Caller = Caller[Entry, Receipt]
_REFUSED = frozenset({MALFORMED, TOO_LARGE})
_OTHERS_WROTE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT)


class EmbeddedLedger(LedgerReader):
    """A desk's ledger in `ledger.sqlite`, open for appending and reading by any thread.

    Threads that append at the same time share a transaction; processes take turns at the file.
    """

    @classmethod
    def create(cls, directory: Path, *, desk: str, lanes: int = LANES) -> None:
        """Makes the ledger of a new desk in an existing directory: every lane opened, no events.

        Args:
            directory: where `ledger.sqlite` is to lie.
            desk: the desk's id, a UUID.
            lanes: how many lanes, fixed for the desk's life.

        Raises:
            InvalidInput: there is one already; or `desk` or `lanes` is not as above.
            ForeignFile: something else lies under the name.
            Unavailable: the disk is full, or the directory cannot be written.
        """

        def fill(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO meta VALUES ('lanes', ?)", (lanes,))
            genesis = (genesis_record(desk, lane, lanes) for lane in range(lanes))
            entries = [Entry(n, key.decode(), key, value) for n, (key, value) in enumerate(genesis)]
            receipts, arrivals = RecordStore(connection, lanes).judge(entries)
            if not receipts or any(receipt.text != CONTROL for receipt in receipts):
                raise InvalidInput("A desk needs a UUID in lower case, and at least one lane.")
            insert(connection, arrivals)

        create_file(directory, LEDGER, desk, fill)

    @classmethod
    def open(cls, directory: Path, *, deadline_seconds: float = DEADLINE_SECONDS) -> Self:
        """Opens the ledger of a desk directory.

        Args:
            directory: where `ledger.sqlite` lies.
            deadline_seconds: how long an append waits for other processes.

        Raises:
            InvalidInput: the directory has no desk.
            ForeignFile, NewerVersion, LedgerDamaged, Unavailable: the file cannot be used.
        """
        return cls(directory / LEDGER.name, deadline_seconds)

    def __init__(self, path: Path, deadline_seconds: float) -> None:
        super().__init__(path, deadline_seconds)
        self._writer = connect_writer(
            path, LEDGER, deadline_seconds=deadline_seconds, cache_kibibytes=CACHE_KIBIBYTES
        )
        self._store = RecordStore(self._writer, self.lanes)
        self._queue: GroupQueue[Entry, Receipt] = GroupQueue(self._write)
        self._changes = Changes(path, connect(path, LEDGER, deadline_seconds=deadline_seconds))
        # Whether an error now may come after the commit was written.
        self._committing = False
        self._shared_until = 0.0
        self._looked_at = 0.0

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Stores the drafts in one transaction, synced to disk, each with its own verdict.

        A void commit is stored too; only `void:too_large` and `void:malformed` are not.

        Raises:
            InvalidInput: a name is not that of a stream.
            Unavailable: nothing was stored: locked, disk full, too many callers; `LedgerSealed`
                where the desk has moved.
            KeysMissing: the desk was restored without its keys.
            OutcomeUnknown: the disk failed at the commit; a later look tells what is stored.
        """
        if not drafts:
            return []
        if self.without_keys:
            raise KeysMissing
        receipts = self._queue.submit([self._entry(draft) for draft in drafts])
        if any(receipt.text == SEALED for receipt in receipts):
            raise LedgerSealed
        return receipts

    @staticmethod
    def refresh() -> bool:
        """Has nothing to catch up with: True."""
        return True

    @staticmethod
    def freshness() -> Freshness:
        """How fresh its answers are."""
        return ALWAYS_FRESH

    def follow_heads(self, moved: Moved) -> None:
        """Lets `moved` know which streams other processes have changed, when it is found out."""
        self._store.moved = moved

    def changes(self) -> int:
        """A mark of what is stored now, for `wait`."""
        return self._changes.seen()

    def wait(self, seen: int, timeout_seconds: float) -> int:
        """Waits until something was stored since the mark `seen`; gives the mark of now."""
        return self._changes.wait(seen, timeout_seconds)

    def close(self) -> None:
        """Serves the callers who wait already, then closes the file."""
        self._queue.close()
        self._changes.close()
        super().close()
        self._writer.close()

    def _entry(self, draft: Draft) -> Entry:
        lane = lane_of_valid(check_stream(draft.stream), self.lanes)
        assert lane is not None
        return Entry(lane, draft.stream, draft.stream.encode(), draft.value)

    def _write(self, leader: _Caller) -> None:
        """One transaction for all who wait; it settles each of them."""
        taken: list[_Caller] = []
        receipts: list[Receipt] | None = None
        try:
            if self._store.is_loaded and self._is_alone():
                taken = self._queue.take()
                receipts = self._store_at_once(_entries(taken))
            if receipts is None:
                begin_writing(self._writer, leader.came_at + self._deadline_seconds)
                self._catch_up()
                taken += self._queue.take()
                receipts = self._store_in_turn(_entries(taken))
            _settle(taken, receipts)
            self._changes.notify()
        except BaseException as error:
            # Whatever it was, nobody may be left waiting.
            if receipts is None:
                self._fail(taken or self._queue.take(self._expired(leader)), error)
            else:
                _settle(taken, receipts)
            if not isinstance(error, sqlite3.Error | DeskError):
                raise

    def _store_at_once(self, entries: Sequence[Entry]) -> list[Receipt] | None:
        """Stores a small group without asking first whether other processes wrote.

        If they did where it matters, nothing is stored, and the file is asked first for a while.
        """
        if len(entries) > AT_ONCE_MAX:
            return None
        receipts, arrivals = self._store.judge(entries, _REFUSED)
        try:
            self._committing = True
            if arrivals:
                insert_at_once(self._writer, arrivals)
        except sqlite3.Error as error:
            if error_code(error) not in _OTHERS_WROTE:
                raise
            receipts = []
        self._committing = False
        if receipts:
            return receipts
        self._store.forget()
        self._shared_until = time.monotonic() + SHARED_SECONDS
        return None

    def _store_in_turn(self, entries: Sequence[Entry]) -> list[Receipt]:
        """Stores any number of entries in the transaction that was begun, and ends it."""
        receipts, arrivals = self._store.judge(entries, _REFUSED)
        insert(self._writer, arrivals)
        self._committing = True
        self._writer.execute("COMMIT")
        self._committing = False
        return receipts

    def _catch_up(self) -> None:
        self._looked_at = time.monotonic()
        if self._store.catch_up():
            self._shared_until = self._looked_at + SHARED_SECONDS

    def _is_alone(self) -> bool:
        """Whether no other process has written for a while, as was seen a moment ago."""
        now = time.monotonic()
        return now >= self._shared_until and now < self._looked_at + LOOK_SECONDS

    def _expired(self, leader: _Caller) -> float:
        """Whoever had come by then has waited out the deadline, like the leader."""
        return max(leader.came_at, time.monotonic() - self._deadline_seconds)

    def _fail(self, callers: list[_Caller], error: BaseException) -> None:
        answer = append_error(error, self._path, committing=self._committing)
        self._committing = False
        if self._writer.in_transaction:
            with suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
        self._store.forget()
        for caller in callers:
            caller.settle(answer)


def _entries(callers: Sequence[_Caller]) -> list[Entry]:
    return [entry for caller in callers for entry in caller.entries]


def _settle(callers: list[_Caller], receipts: list[Receipt]) -> None:
    start = 0
    for caller in callers:
        end = start + len(caller.entries)
        caller.settle(receipts[start:end])
        start = end
