"""Records judged and stored: the tables of records, and what the judge must know of them.

The same for the embedded ledger, where the records come from writers, and for a replica, where
they come from a log.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import orjson

from deskledger.eventlog.commit import commit_hash
from deskledger.eventlog.judge import Head, judge
from deskledger.eventlog.lane import CONTROL, Judgement, LaneState, advance, empty_lane
from deskledger.eventlog.names import noun_of
from deskledger.eventlog.records import Receipt, lane_and_record, record_id
from deskledger.eventlog.store.arrivals import Arrival, prepare_arrivals
from deskledger.eventlog.store.heads import KnownStream, KnownStreams
from deskledger.eventlog.store.lane_ends import read_lane_states

CATCH_UP_MAX = 5_000
# Stands for the stream of a key that names none: such a record is never effective.
_NAMELESS = KnownStream("")

_SINCE = """
SELECT record.id, stream.name, stream.key, stream.number, record.command, record.verdict,
  record.version, record.sequence, record.lane_time, record.lane_hash, record.value
FROM json_each(?) AS lane
JOIN record ON record.id > json_extract(lane.value, '$[0]')
  AND record.id < json_extract(lane.value, '$[1]')
LEFT JOIN stream ON stream.key = record.stream
ORDER BY record.id
LIMIT ?
"""


Moved = Callable[[Mapping[str, int] | None], None]
"""Is told the versions that streams have come to through others; None where it may be any."""


class Entry(NamedTuple):
    """A record to be judged.

    `stream` is the name that its key spells, None for a key that spells no name; `received_at` is
    the log's own time in microseconds since 1970, where the log has one.
    """

    lane: int
    stream: str | None
    key: bytes | None
    value: bytes | None
    received_at: int | None = None


class RecordStore:
    """The records of one file through one connection, used by one thread at a time.

    What `judge` says holds if the rows are inserted in a transaction that took the write lock
    before `catch_up`, or by `insert_at_once` without error. Where that fails, `forget` must be
    called before anything else.

    Attributes:
        moved: told what `catch_up` finds, once somebody wants to know.
    """

    def __init__(self, connection: sqlite3.Connection, lanes: int) -> None:
        prepare_arrivals(connection)
        self.moved: Moved | None = None
        self._connection = connection
        self._known = KnownStreams(connection)
        self._lanes = [empty_lane(lane) for lane in range(lanes)]
        self._last_key = 0
        # SQLite's data_version at the last look; it changes when other connections commit.
        self._seen: int | None = None

    @property
    def lanes(self) -> Sequence[LaneState]:
        """The states of the lanes, as of the last `judge` or `catch_up`."""
        return self._lanes

    @property
    def is_loaded(self) -> bool:
        """Whether what is remembered was right when this connection last wrote."""
        return self._seen is not None

    def forget(self) -> None:
        """Drops what is remembered; the next `catch_up` reads it again."""
        self._known.forget()
        self._seen = None

    def catch_up(self) -> bool:
        """Takes in what other processes have stored; False if that was nothing."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version == self._seen:
            return False
        was_loaded = self.is_loaded
        if not was_loaded or not self._take_in():
            self._known.forget()
            self._lanes = read_lane_states(self._connection, len(self._lanes))
            if self.moved is not None:
                self.moved(None)
        self._last_key = self._connection.execute("SELECT max(key) FROM stream").fetchone()[0] or 0
        self._seen = version
        return was_loaded

    def judge(
        self, entries: Sequence[Entry], refused: Collection[str] = frozenset()
    ) -> tuple[list[Receipt], list[Arrival]]:
        """The receipts of entries, and the rows that must now be inserted.

        Args:
            entries: in the order in which they stand in their lanes.
            refused: verdicts whose records are not stored.
        """
        self._known.load({entry.stream: None for entry in entries if entry.stream is not None})
        arrivals: list[Arrival] = []
        receipts = [self._judge(entry, refused, arrivals) for entry in entries]
        self._known.trim()
        return receipts, arrivals

    def _judge(self, entry: Entry, refused: Collection[str], arrivals: list[Arrival]) -> Receipt:
        lane, name, key, value, received_at = entry
        state = self._lanes[lane]
        known = _NAMELESS if name is None else self._known[name]
        judgement = judge(state, self._known, key, value)
        verdict = judgement.verdict
        if verdict.text in refused:
            return Receipt(*verdict, lane, None, None, known.number)
        after = advance(state, judgement, key, value, received_at=received_at)
        self._lanes[lane] = after
        is_new = name is not None and known.key is None
        stream_key = None if name is None else self._note(known, judgement)
        arrivals.append(
            Arrival(
                record_id(lane, after.records),
                stream_key,
                judgement.command,
                verdict.text,
                verdict.version,
                after.sequence,
                after.lane_time,
                after.hash,
                value,
                name if is_new else None,
                noun_of(known.name) if is_new else None,
                judgement.number,
            )
        )
        return Receipt(*verdict, lane, after.records, after.sequence, known.number)

    def _note(self, known: KnownStream, judgement: Judgement) -> int:
        """Takes in what the record makes of its stream; gives the stream's key."""
        if known.key is None:
            self._last_key += 1
            known.key = self._last_key
        if judgement.number is not None:
            known.number = judgement.number
        _, _, last_version, commit = judgement.verdict
        if last_version is not None and commit is not None and judgement.command is not None:
            self._known.add_commit(known, Head(last_version, commit), judgement.command)
        return known.key

    def _take_in(self) -> bool:
        """Notes the records of other processes; False if it is better to begin anew."""
        limits = [
            (record_id(state.lane, state.records), record_id(state.lane + 1, 0))
            for state in self._lanes
        ]
        asked = (orjson.dumps(limits).decode(), CATCH_UP_MAX + 1)
        rows = self._connection.execute(_SINCE, asked).fetchall()
        if len(rows) > CATCH_UP_MAX or any(row[5] == CONTROL for row in rows):
            return False
        heads: dict[str, int] = {}
        for row in rows:
            self._take(heads, *row)
        if heads and self.moved is not None:
            self.moved(heads)
        return True

    def _take(  # noqa: PLR0913, PLR0917 - the columns of a row
        self,
        heads: dict[str, int],
        identifier: int,
        name: str | None,
        key: int,
        number: int | None,
        command: bytes,
        _verdict: str,
        version: int | None,
        sequence: int,
        lane_time: int,
        lane_hash: bytes,
        value: bytes,
    ) -> None:
        lane, records = lane_and_record(identifier)
        before = self._lanes[lane]
        streams = before.streams
        if version == 1 and name is not None:
            noun = noun_of(name)
            streams = {**streams, noun: streams.get(noun, 0) + 1}
        self._lanes[lane] = before._replace(
            records=records,
            sequence=sequence,
            lane_time=lane_time,
            hash=lane_hash,
            streams=streams,
        )
        if name is None:
            return
        last_version = None if version is None else version + sequence - before.sequence - 1
        if last_version is not None:
            heads[name] = last_version
        known = self._known.get(name)
        if known is not None:
            known.key, known.number = key, number
            if last_version is not None:
                self._known.add_commit(known, Head(last_version, commit_hash(value)), command)
