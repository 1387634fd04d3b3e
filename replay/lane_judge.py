"""One lane judged again from its raw records alone, wherever they stand."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from deskledger.eventlog.judge import Head, judge
from deskledger.eventlog.lane import Judgement, LaneState, advance, empty_lane
from deskledger.eventlog.names import CONTROL_NOUN, stream_of_key
from deskledger.eventlog.progress import Progress
from deskledger.replay.chain_report import Difference, LaneReport
from deskledger.replay.lane_notes import LaneNotes

T = TypeVar("T")


class RawRecord(NamedTuple):
    """A record as a log holds it; `received_at` is the log's own time, in microseconds."""

    key: bytes | None
    value: bytes | None
    received_at: int | None = None

    @property
    def stream(self) -> str | None:
        """The name that the key spells, None where it spells none."""
        return stream_of_key(self.key)


class Judged(NamedTuple):
    """A record with its judgement, and the lane before and after it."""

    record: RawRecord
    judgement: Judgement
    before: LaneState
    after: LaneState


class Shape(NamedTuple):
    """What a lane's first record must say: which desk it is of, of how many lanes."""

    desk: str
    lanes: int

    def __str__(self) -> str:
        return f"{self.desk} of {self.lanes} lanes"


Compare = Callable[[Judged], Difference | None]
"""Holds a judged record against what stands beside it."""


@dataclass(slots=True)
class _Stream:
    """What is remembered of a stream: its place among those of the lane, and its head."""

    place: bytes
    head: Head


class LaneJudge:
    """Takes the records of one lane in order; answers the judge from what it took (`Heads`).

    Attributes:
        state: the lane so far.
        verdicts: how many records have each.
        notice: told of each record that is as it should be, before it is part of the lane.
        has_enough: set by `notice` where no more of the lane is wanted.
    """

    def __init__(
        self, lane: int, shape: Shape | None = None, against: Progress | None = None
    ) -> None:
        """Begins before the lane's first record.

        Args:
            lane: which.
            shape: what the genesis must say; None where it alone says it.
            against: what a checkpoint promises.
        """
        self.state: LaneState = empty_lane(lane)
        self.verdicts: Counter[str] = Counter()
        self.notice: Callable[[Judged], None] | None = None
        self.has_enough = False
        self._shape = shape
        self._against = against
        self._streams: dict[str, _Stream] = {}
        self._commands: set[bytes] = set()

    def head(self, stream: str) -> Head | None:
        """The stream's head, None before its first effective commit."""
        known = self._streams.get(stream)
        return None if known is None else known.head

    def has_command(self, stream: str, command: bytes) -> bool:
        """Whether an effective commit of the stream carries this command id (16 bytes)."""
        known = self._streams.get(stream)
        return known is not None and command + known.place in self._commands

    def take(self, record: RawRecord, compare: Compare | None = None) -> Difference | None:
        """Judges the next record; the first thing that is not as it should be, or None.

        Raises:
            NewerVersion: the lane goes on under rules that this software does not know.
        """
        key, value, received_at = record
        judgement = judge(self.state, self, key, value)
        after = advance(self.state, judgement, key, value, received_at=received_at)
        judged = Judged(record, judgement, self.state, after)
        difference = None if compare is None else compare(judged)
        difference = difference or self._at_genesis(judged) or self._at_checkpoint(judged)
        if difference is None:
            if self.notice is not None:
                self.notice(judged)
            self._add(judgement)
            self.state = after
            self.verdicts[judgement.verdict.text] += 1
        return difference

    def finish(self) -> Difference | None:
        """What can only be seen at the lane's end."""
        lane, records = self.state.lane, self.state.records
        if self.state.genesis is None:
            return Difference(lane, 1, f"{CONTROL_NOUN}/{lane}", "records", "a genesis", records)
        if self._against is not None and records < self._against.records:
            expected = self._against.records
            return Difference(lane, records + 1, None, "records", expected, records)
        return None

    def report(self, difference: Difference | None, notes: LaneNotes) -> LaneReport:
        """The lane as far as it was taken, and what was noted meanwhile."""
        state = self.state
        shape = self._shape or state.genesis
        desk = "" if shape is None else shape.desk
        progress = Progress(desk, state.lane, state.records, state.sequence, state.hash)
        return LaneReport(progress, dict(self.verdicts), difference, notes, state.genesis)

    def differs(
        self, what: str, expected: object, found: object, *, stream: str | None
    ) -> Difference:
        """A difference at the record that is to be taken next."""
        return Difference(self.state.lane, self.state.records + 1, stream, what, expected, found)

    def _at_genesis(self, judged: Judged) -> Difference | None:
        genesis, shape = judged.judgement.genesis, self._shape
        if genesis is None or shape is None or (genesis.desk, genesis.lanes) == shape:
            return None
        found = str(Shape(genesis.desk, genesis.lanes))
        return self.differs("desk", str(shape), found, stream=judged.record.stream)

    def _at_checkpoint(self, judged: Judged) -> Difference | None:
        against, after = self._against, judged.after
        if against is None or against.records != after.records:
            return None
        if (against.sequence, against.hash) == (after.sequence, after.hash):
            return None
        return self.differs("checkpoint", against.hash, after.hash, stream=judged.record.stream)

    def _add(self, judgement: Judgement) -> None:
        _, _, last_version, commit = judgement.verdict
        stream, command = judgement.stream, judgement.command
        if last_version is None or commit is None or stream is None or command is None:
            return
        known, head = self._streams.get(stream), Head(last_version, commit)
        if known is None:
            known = _Stream(len(self._streams).to_bytes(5, "big"), head)
            self._streams[stream] = known
        known.head = head
        # One short object per command: a lane of a large desk has hundreds of thousands.
        self._commands.add(command + known.place)


def take_all(
    judge: LaneJudge,
    steps: Iterable[Sequence[T]],
    take: Callable[[T], Difference | None],
    tell: Callable[[int], None],
) -> Difference | None:
    """Brings a lane's records to its judge until one is not as it should be, or enough is seen.

    Args:
        judge: of the lane.
        steps: the records, some at a time, as their source has them.
        take: brings one of them to the judge.
        tell: given by how much the number of records that were looked at has grown.
    """
    for step in steps:
        difference = next((found for one in step if (found := take(one)) is not None), None)
        tell(len(step))
        if difference is not None or judge.has_enough:
            return difference
    return judge.finish()
