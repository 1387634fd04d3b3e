"""One lane judged again from its bytes, and compared with what stands beside them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from deskledger.eventlog.instants import log_time
from deskledger.eventlog.judge import Head, judge
from deskledger.eventlog.lane import Judgement, LaneState, advance, empty_lane, lane_hash
from deskledger.eventlog.names import CONTROL_NOUN, STREAM_BYTES_MAX, lane_of_valid, noun_of
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import lane_and_record, record_id
from deskledger.eventlog.strict_json import Malformed, loads_strict
from deskledger.replay.chain_report import Difference, LaneReport


class Row(NamedTuple):
    """A record's columns and those of the stream that it names, as SQLite has them.

    The last three are of a replica alone: a key that names no stream, the offset in the log, and
    the log's time in milliseconds since 1970. Whoever changed the file may have put values of any
    type into any column.
    """

    id: int
    key: int | None
    name: str | None
    noun: str | None
    number: int | None
    value: bytes | None
    lane_hash: bytes
    verdict: str
    command: bytes | None
    version: int | None
    sequence: int
    lane_time: int
    other_key: bytes | None = None
    offset: int | None = None
    timestamp: int | None = None


@dataclass(slots=True)
class _Stream:
    """What is remembered of a stream: its first record, its head, the number as stored."""

    key: int
    record: int
    number: int | None
    head: Head | None = None


class LaneChain:
    """Takes the rows of one lane in order; answers the judge from what it took (`Heads`)."""

    def __init__(self, desk: str, lanes: int, lane: int, against: Progress | None = None) -> None:
        self.state: LaneState = empty_lane(lane)
        self.verdicts: Counter[str] = Counter()
        self._desk = desk
        self._lanes = lanes
        self._against = against
        self._streams: dict[str, _Stream] = {}
        self._commands: set[bytes] = set()
        self._last_key = 0
        self._last_offset = -1

    def head(self, stream: str) -> Head | None:
        """The stream's head, None before its first effective commit."""
        return self._streams[stream].head

    def has_command(self, stream: str, command: bytes) -> bool:
        """Whether an effective commit of the stream carries this command id (16 bytes)."""
        return self._owned(stream, command) in self._commands

    def take_all(self, rows: Iterable[Row]) -> Difference | None:
        """Takes the rows until one is not as it should be."""
        return next((found for row in rows if (found := self.take(row)) is not None), None)

    def take(self, row: Row) -> Difference | None:
        """Judges the next record; the first thing that is not as it should be, or None."""
        difference = self._misplaced(row)
        if difference is not None:
            return difference
        key = _key(row)
        judgement = judge(self.state, self, key, row.value)
        received_at = log_time(row.timestamp)
        after = advance(self.state, judgement, key, row.value, received_at=received_at)
        difference = self._compare(row, judgement, after) or self._at_checkpoint(row, after)
        if difference is None:
            self._note(judgement)
            self.state = after
            self.verdicts[row.verdict] += 1
        return difference

    def finish(self) -> Difference | None:
        """What can only be seen at the lane's end."""
        lane, records = self.state.lane, self.state.records
        if not records:
            return Difference(lane, 1, f"lane/{lane}", "records", "a genesis", 0)
        if self._against is not None and records < self._against.records:
            expected = self._against.records
            return Difference(lane, records + 1, None, "records", expected, records)
        for name, stream in self._streams.items():
            if stream.head is None and stream.number is not None and self._is_own(name):
                return Difference(lane, stream.record, name, "number", None, stream.number)
        return None

    def report(self, difference: Difference | None, last_key: int) -> LaneReport:
        """The lane as far as it was taken; counts streams with keys up to `last_key`."""
        state = self.state
        progress = Progress(self._desk, state.lane, state.records, state.sequence, state.hash)
        known = {name: s.key for name, s in self._streams.items() if s.key <= last_key}
        strays = frozenset(key for name, key in known.items() if not self._is_own(name))
        own = len(known) - len(strays)
        return LaneReport(progress, dict(self.verdicts), difference, own, strays)

    def _misplaced(self, row: Row) -> Difference | None:
        """What is wrong with the place and the kinds of the columns, before anything is judged."""
        record = self.state.records + 1
        if row.id != record_id(self.state.lane, record):
            return self._differs(row, "record", record, lane_and_record(row.id)[1])
        if row.value is not None and type(row.value) is not bytes:
            return self._differs(row, "value", "bytes", type(row.value).__name__)
        if row.offset is not None:
            if row.offset <= self._last_offset:
                return self._differs(row, "offset", f"above {self._last_offset}", row.offset)
            self._last_offset = row.offset
        if row.key is None:
            return None
        if type(row.name) is not str:
            return self._differs(row, "key", "a stream", f"none with key {row.key}")
        return None if row.name in self._streams else self._meet(row, row.key, row.name)

    def _meet(self, row: Row, key: int, name: str) -> Difference | None:
        """A stream's first record in the lane: its row must say what the name says."""
        if row.noun != noun_of(name):
            return self._differs(row, "noun", noun_of(name), row.noun)
        self._streams[name] = _Stream(key, self.state.records + 1, row.number)
        if self._is_own(name):
            # Keys are given in order of first appearance, whatever the lane.
            if key <= self._last_key:
                return self._differs(row, "stream", f"above {self._last_key}", key)
            self._last_key = key
        return None

    def _compare(self, row: Row, judgement: Judgement, after: LaneState) -> Difference | None:
        verdict = judgement.verdict
        expected = (
            after.hash,
            verdict.text,
            judgement.command,
            verdict.version,
            after.sequence,
            after.lane_time,
        )
        if expected != row[6:12]:
            return self._explained(row, expected)
        if judgement.number is not None and judgement.number != row.number:
            return self._differs(row, "number", judgement.number, row.number)
        genesis = judgement.genesis
        if genesis is not None and (genesis.desk, genesis.lanes) != (self._desk, self._lanes):
            found = f"{genesis.desk} of {genesis.lanes} lanes"
            return self._differs(row, "desk", f"{self._desk} of {self._lanes} lanes", found)
        return None

    def _explained(self, row: Row, expected: tuple[object, ...]) -> Difference:
        """Which column it was: the lane hash tells changed bytes from a changed verdict."""
        if expected[0] != row.lane_hash and not self._covers(row, _key(row)):
            stated = _stated_stream(row.value)
            if stated is not None and self._covers(row, stated.encode()):
                return self._differs(row, "key", stated, row.name, stream=stated)
            return self._differs(row, "lane_hash", expected[0], row.lane_hash)
        columns = zip(Row._fields[7:12], expected[1:], row[7:12], strict=True)
        return self._differs(row, *next(column for column in columns if column[1] != column[2]))

    def _covers(self, row: Row, key: bytes | None) -> bool:
        """Whether the stored hash covers the value and the stored verdict under this key."""
        if type(row.verdict) is not str or not row.verdict.isascii():
            return False
        return row.lane_hash == lane_hash(self.state.hash, key, row.value, row.verdict)

    def _note(self, judgement: Judgement) -> None:
        _, _, last_version, commit = judgement.verdict
        stream, command = judgement.stream, judgement.command
        if last_version is None or commit is None or stream is None or command is None:
            return
        self._streams[stream].head = Head(last_version, commit)
        self._commands.add(self._owned(stream, command))

    def _at_checkpoint(self, row: Row, after: LaneState) -> Difference | None:
        against = self._against
        if against is None or against.records != after.records:
            return None
        if (against.sequence, against.hash) == (after.sequence, after.hash):
            return None
        return self._differs(row, "checkpoint", against.hash, after.hash)

    def _owned(self, stream: str, command: bytes) -> bytes:
        # One short object per command: a lane of a large desk has hundreds of thousands.
        return command + self._streams[stream].key.to_bytes(8, "big", signed=True)

    def _is_own(self, name: str) -> bool:
        if name == f"{CONTROL_NOUN}/{self.state.lane}":
            return True
        short = len(name) <= STREAM_BYTES_MAX
        return short and lane_of_valid(name, self._lanes) == self.state.lane

    def _differs(
        self, row: Row, what: str, expected: object, found: object, *, stream: str | None = None
    ) -> Difference:
        name = row.name if stream is None else stream
        return Difference(self.state.lane, self.state.records + 1, name, what, expected, found)


def _key(row: Row) -> bytes | None:
    """The key of the record: the name of its stream, or what else it was."""
    if row.name is None:
        return row.other_key
    return row.name.encode("utf-8", "surrogateescape")


def _stated_stream(value: bytes | None) -> str | None:
    try:
        stated = loads_strict(value or b"").get("stream")
    except Malformed:
        return None
    return stated if type(stated) is str else None
