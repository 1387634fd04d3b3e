"""One lane of a ledger file, judged again and compared with what SQLite has beside its records."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from deskledger.eventlog.instants import log_time
from deskledger.eventlog.names import CONTROL_NOUN, STREAM_BYTES_MAX, lane_of_valid, noun_of
from deskledger.eventlog.records import lane_and_record, record_id
from deskledger.replay.chain_report import Difference, LaneReport
from deskledger.replay.lane_judge import Judged, LaneJudge, RawRecord, Shape, take_all
from deskledger.replay.lane_notes import Asked
from deskledger.replay.ledger_rows import Row, is_of_a_log, lane_rows, reading
from deskledger.replay.stated_columns import explained
from deskledger.replay.stream_watch import StreamWatch

Tell = Callable[[int], None]


class LedgerLane(NamedTuple):
    """One lane of a ledger file to prove; new streams are counted up to a key."""

    path: Path
    shape: Shape
    lane: int
    last_key: int

    def prove(self, asked: Asked, tell: Tell) -> LaneReport:
        """Verifies the lane as it is at one moment, up to its first difference."""
        judge = LaneJudge(self.lane, self.shape, asked.against)
        watch = StreamWatch(judge, asked)
        with reading(self.path) as connection:
            in_order = not is_of_a_log(connection, self.path)
            chain = LaneChain(judge, self.shape.lanes, in_order=in_order)
            rows = lane_rows(connection, self.path, self.lane)
            difference = take_all(judge, rows, chain.take, tell)
        if difference is None and not judge.has_enough:
            difference = chain.finish()
        streams, strays = chain.met(self.last_key)
        report = judge.report(difference, watch.notes())
        return replace(report, streams=streams, strays=strays)


@dataclass(slots=True)
class _Stream:
    """What is remembered of a stream: its first record, and the number as stored."""

    key: int
    record: int
    number: int | None
    is_effective: bool = False


class LaneChain:
    """Brings the rows of one lane to its judge, and compares their columns."""

    def __init__(self, judge: LaneJudge, lanes: int, *, in_order: bool = True) -> None:
        """Begins before the first row.

        Args:
            judge: of the lane.
            lanes: how many the desk has.
            in_order: whether the keys of streams tell the order in which they appeared. Those of
                a replica do not: another lane may have had a misplaced record of the stream.
        """
        self._judge = judge
        self._lanes = lanes
        self._in_order = in_order
        self._streams: dict[str, _Stream] = {}
        self._last_key = 0
        self._last_offset = -1

    def take(self, row: Row) -> Difference | None:
        """Judges the next record; the first thing that is not as it should be, or None."""
        difference = self._misplaced(row)
        if difference is not None:
            return difference
        record = RawRecord(row.key, row.value, log_time(row.timestamp))
        difference = self._judge.take(record, lambda judged: self._compare(row, judged))
        if difference is None and row.version is not None and row.name is not None:
            self._streams[row.name].is_effective = True
        return difference

    def finish(self) -> Difference | None:
        """What can only be seen at the lane's end."""
        lane = self._judge.state.lane
        for name, stream in self._streams.items():
            if not stream.is_effective and stream.number is not None and self._is_own(name):
                return Difference(lane, stream.record, name, "number", None, stream.number)
        return None

    def met(self, last_key: int) -> tuple[int, frozenset[int]]:
        """How many streams of this lane were met, with keys up to one, and the keys of others."""
        known = {name: s.key for name, s in self._streams.items() if s.key <= last_key}
        strays = frozenset(key for name, key in known.items() if not self._is_own(name))
        return len(known) - len(strays), strays

    def _misplaced(self, row: Row) -> Difference | None:
        """What is wrong with the place and the kinds of the columns, before anything is judged."""
        state = self._judge.state
        record = state.records + 1
        if row.id != record_id(state.lane, record):
            return self._differs(row, "record", record, lane_and_record(row.id)[1])
        if row.value is not None and type(row.value) is not bytes:
            return self._differs(row, "value", "bytes", type(row.value).__name__)
        if row.offset is not None:
            if row.offset <= self._last_offset:
                return self._differs(row, "offset", f"above {self._last_offset}", row.offset)
            self._last_offset = row.offset
        if row.stream is None:
            return None
        if type(row.name) is not str:
            return self._differs(row, "key", "a stream", f"none with key {row.stream}")
        return None if row.name in self._streams else self._meet(row, row.stream, row.name)

    def _meet(self, row: Row, key: int, name: str) -> Difference | None:
        """A stream's first record in the lane: its row must say what the name says."""
        if row.noun != noun_of(name):
            return self._differs(row, "noun", noun_of(name), row.noun)
        self._streams[name] = _Stream(key, self._judge.state.records + 1, row.number)
        if self._in_order and self._is_own(name):
            # Keys are given in order of first appearance, whatever the lane.
            if key <= self._last_key:
                return self._differs(row, "stream", f"above {self._last_key}", key)
            self._last_key = key
        return None

    def _compare(self, row: Row, judged: Judged) -> Difference | None:
        judgement, after = judged.judgement, judged.after
        verdict = judgement.verdict
        expected = (
            after.hash,
            verdict.text,
            judgement.command,
            verdict.version,
            after.sequence,
            after.lane_time,
        )
        found = row[6:12]
        if expected != found:
            return explained(judged, row.name, Row._fields[6:12], expected, found)
        if judgement.number is not None and judgement.number != row.number:
            return self._differs(row, "number", judgement.number, row.number)
        return None

    def _is_own(self, name: str) -> bool:
        lane = self._judge.state.lane
        if name == f"{CONTROL_NOUN}/{lane}":
            return True
        short = len(name) <= STREAM_BYTES_MAX
        return short and lane_of_valid(name, self._lanes) == lane

    def _differs(self, row: Row, what: str, expected: object, found: object) -> Difference:
        return self._judge.differs(what, expected, found, stream=row.name)
