"""One exported lane, judged again and compared with what its lines state."""

from pathlib import Path
from typing import NamedTuple

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.instants import log_time
from deskledger.eventlog.strict_json import Malformed
from deskledger.replay.chain_report import Difference, LaneReport
from deskledger.replay.export.forms import header_of, lane_steps
from deskledger.replay.export.lane_files import lane_files
from deskledger.replay.export.lane_lines import LaneHeader, LaneLine
from deskledger.replay.lane_judge import Judged, LaneJudge, RawRecord, Shape, take_all
from deskledger.replay.lane_notes import Asked
from deskledger.replay.lane_processes import Tell
from deskledger.replay.log_chains import Lanes
from deskledger.replay.stated_columns import explained
from deskledger.replay.stream_watch import StreamWatch

_COLUMNS = ("lane_hash", "verdict", "lane_time")


class ExportedLane(NamedTuple):
    """A file with one lane to prove, and what its first line said when it was found."""

    path: Path
    header: LaneHeader

    @property
    def lane(self) -> int:
        """Which of the desk's."""
        return self.header.lane

    def prove(self, asked: Asked, tell: Tell) -> LaneReport:
        """Verifies the lane up to its first difference, and notes what is asked.

        Raises:
            ForeignFile, NewerVersion: it is no exported lane that this software can verify.
            OSError: it cannot be read.
        """
        header = header_of(self.path)
        judge = LaneJudge(header.lane, Shape(header.desk, header.lanes), asked.against)
        watch = StreamWatch(judge, asked)
        difference = self.take_all(judge, tell)
        return judge.report(difference, watch.notes())

    def take_all(self, judge: LaneJudge, tell: Tell) -> Difference | None:
        """Brings every record to a judge; gives the first thing that is not as it should be.

        Raises:
            ForeignFile, NewerVersion: it is no exported lane that this software can verify.
            OSError: it cannot be read.
        """
        chain = _LineChain(judge, header_of(self.path))
        difference = take_all(judge, lane_steps(self.path), chain.take, tell)
        if difference is None and not judge.has_enough:
            difference = chain.finish()
        return difference


def exported_lanes(path: Path) -> Lanes:
    """The lanes that a directory holds, or the one in a file.

    Raises:
        InvalidInput: there is none, or one stands in two files.
        ForeignFile, NewerVersion: a file is no exported lane that this software can verify.
        OSError: it cannot be read.
    """
    files = lane_files(path) if path.is_dir() else [path]
    if not files:
        told = f"{path} holds no exported lane: these are named lane-00.jsonl or lane-00.parquet."
        raise InvalidInput(told, directory=str(path))
    lanes: dict[int, ExportedLane] = {}
    for file in files:
        found = ExportedLane(file, header_of(file))
        other = lanes.setdefault(found.lane, found)
        if other is not found:
            told = f"{other.path} and {file} both hold lane {found.lane}; take one away."
            raise InvalidInput(told, files=[str(other.path), str(file)])
    ordered = [lanes[lane] for lane in sorted(lanes)]
    records = sum(lane.header.records for lane in ordered)
    return Lanes(ordered, ordered[0].header.lanes, records, is_whole=path.is_dir())


class _LineChain:
    """Brings the lines of one file to the lane's judge, and compares what they state."""

    def __init__(self, judge: LaneJudge, header: LaneHeader) -> None:
        self._judge = judge
        self._header = header

    def take(self, stated: LaneLine | Malformed) -> Difference | None:
        """Judges the next record; the first thing that is not as it should be, or None."""
        if isinstance(stated, Malformed):
            return self._judge.differs("line", "a record", str(stated), stream=None)
        record = RawRecord(stated.key, stated.value, log_time(stated.timestamp))
        expected = self._judge.state.records + 1
        if stated.record != expected:
            return self._judge.differs("record", expected, stated.record, stream=record.stream)
        return self._judge.take(record, lambda judged: self._compare(stated, judged))

    def finish(self) -> Difference | None:
        """What can only be seen at the file's end: that lines are missing there."""
        records, promised = self._judge.state.records, self._header.records
        if records == promised:
            return None
        return self._judge.differs("records", promised, records, stream=None)

    def _compare(self, stated: LaneLine, judged: Judged) -> Difference | None:
        after = judged.after
        expected = (after.hash, judged.judgement.verdict.text, after.lane_time)
        found = (stated.hash, stated.verdict, stated.lane_time)
        if expected != found:
            return explained(judged, judged.record.stream, _COLUMNS, expected, found)
        if after.records > self._header.records:
            stream = judged.record.stream
            return self._judge.differs("records", self._header.records, "more", stream=stream)
        if after.records < self._header.records:
            return None
        end = (self._header.sequence, self._header.hash)
        if end != (after.sequence, after.hash):
            found_end = f"{end[0]}, {end[1].hex()}"
            told = f"{after.sequence}, {after.hash.hex()}"
            return self._judge.differs("header", told, found_end, stream=judged.record.stream)
        return None
