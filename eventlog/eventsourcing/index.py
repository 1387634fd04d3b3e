"""The index of one `app/` stream, kept current with its lane."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from deskledger.eventlog.commit import commit_hash, genesis_prev
from deskledger.eventlog.eventsourcing.index_file import index_errors
from deskledger.eventlog.eventsourcing.ledger import ApplicationLedger
from deskledger.eventlog.eventsourcing.places import Places
from deskledger.eventlog.eventsourcing.stored import Contents, originator_key, read_contents
from deskledger.eventlog.judge import Head
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord

BATCH_RECORDS_MAX = 256

_STATED = """
SELECT key, records, sequence, lane_hash, version, head FROM stream WHERE name = ?
"""
_BEGIN = """
INSERT INTO stream (name, records, sequence, lane_hash, version) VALUES (?, ?, ?, ?, 0)
ON CONFLICT DO NOTHING
"""
_MOVE = """
UPDATE stream SET records = ?, sequence = ?, lane_hash = ?, version = ?, head = ? WHERE key = ?
"""
_FORGET = (
    "DELETE FROM event WHERE stream = ?",
    "DELETE FROM tracking WHERE stream = ?",
    "DELETE FROM originator WHERE stream = ?",
)
_ADD_ORIGINATOR = "INSERT OR IGNORE INTO originator (stream, id) VALUES (?, ?)"
_ADD_TOPIC = "INSERT OR IGNORE INTO topic (name) VALUES (?)"
# A version that is there already was written past the check that every adapter makes: the first
# one counts, on every node.
_ADD_EVENT = """
INSERT OR IGNORE INTO event
SELECT originator.stream, ?, originator.key, ?, topic.key, ?
FROM originator, topic
WHERE originator.stream = ? AND originator.id = ? AND topic.name = ?
"""
_TRACK = """
INSERT INTO tracking VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET notification = max(notification, excluded.notification)
"""


class _Read(NamedTuple):
    """How far a stream was read: its key in the file, its lane's progress, its head."""

    key: int
    progress: Progress
    head: Head


class StreamIndex(Places):
    """Follows the lane of one stream; what it finds is of its last `catch_up`, or later.

    Processes share the file. Whoever comes first takes the next records in.
    """

    def __init__(
        self, ledger: ApplicationLedger, stream: str, directory: Path, deadline_seconds: float
    ) -> None:
        """The index lies in `directory`; its file is waited for until the deadline."""
        super().__init__(directory, ledger.desk, deadline_seconds)
        self._ledger = ledger
        self._stream = stream
        self._lane = lane_of(stream, ledger.lanes)
        # The ledger's mark when the index had caught up last.
        self._seen: int | None = None

    def catch_up(self) -> None:
        """Takes in all that the ledger holds by now.

        Raises:
            NewerVersion, UnreadableCommit: the stream holds what cannot be read.
            LedgerDamaged, Unavailable: the ledger cannot be read, or the index written.
        """
        with self._lock:
            mark = self._ledger.changes()
            if mark == self._seen:
                return
            read = self._begin() if self._seen is None else self._stated()
            while records := self._ledger.read(
                self._lane, read.progress.records, BATCH_RECORDS_MAX
            ):
                read = self._take(read, records)
            self._seen = mark

    def head(self) -> Head:
        """The stream's head, which the next commit follows."""
        with self._lock:
            return self._stated().head

    def _begin(self) -> _Read:
        """Finds out how far the stream was read; anew if that was not from this ledger."""
        # First how far the lane has come: what the stream gets later is read after it.
        end = self._ledger.progress()[self._lane]
        is_new = self._ledger.number_of(self._stream) is None
        start = end if is_new else self._lane_start()
        with index_errors(self._path):
            begun = (self._stream, start.records, start.sequence, start.hash)
            self._connection.execute(_BEGIN, begun)
        read = self._stated()
        self._key = read.key
        records = read.progress.records
        if records and self._ledger.progress_at(self._lane, records) != read.progress:
            read = self._forget(read)
        return read

    def _stated(self) -> _Read:
        row = self._rows(_STATED, (self._stream,))[0]
        key, records, sequence, lane_hash, version, head = row
        desk = self._ledger.desk
        return _Read(
            key,
            Progress(desk, self._lane, records, sequence, lane_hash),
            Head(version, genesis_prev(desk) if head is None else head),
        )

    def _forget(self, read: _Read) -> _Read:
        """The ledger was put back to an older copy since: begins the stream anew."""
        start = self._lane_start()
        with index_errors(self._path), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _FORGET:
                connection.execute(statement, (read.key,))
            moved = (start.records, start.sequence, start.hash, 0, None, read.key)
            connection.execute(_MOVE, moved)
        return self._stated()

    def _take(self, read: _Read, records: Sequence[StoredRecord]) -> _Read:
        """Takes records in that follow `read`, unless another process has done so meanwhile."""
        head = read.head
        ours = [one for one in records if one.stream == self._stream and one.version is not None]
        contents = [read_contents(record) for record in ours]
        if ours:
            head = Head(contents[-1].last_version, commit_hash(ours[-1].value))
        last = records[-1]
        read_by_now = Progress.after(last, self._ledger.desk)
        with index_errors(self._path), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            now = self._stated()
            if now.progress != read.progress:
                return now
            self._add(list(zip(ours, contents, strict=True)))
            moved = (last.record, last.sequence, last.lane_hash, *head, read.key)
            connection.execute(_MOVE, moved)
        return _Read(read.key, read_by_now, head)

    def _add(self, commits: Sequence[tuple[StoredRecord, Contents]]) -> None:
        connection, key = self._connection, self._key
        events = [
            (one.id, one.originator_version, record.record, key, originator, one.topic)
            for record, found in commits
            for one in found.notifications
            for originator in (originator_key(one.originator_id),)
        ]
        originators = dict.fromkeys((key, originator) for *_, originator, _ in events)
        connection.executemany(_ADD_ORIGINATOR, originators)
        connection.executemany(_ADD_TOPIC, dict.fromkeys((topic,) for *_, topic in events))
        connection.executemany(_ADD_EVENT, events)
        tracked = [
            (key, one.application_name, one.notification_id)
            for _, found in commits
            for one in found.tracked
        ]
        connection.executemany(_TRACK, tracked)

    def _lane_start(self) -> Progress:
        return Progress(self._ledger.desk, self._lane, 0, 0, bytes(32))
