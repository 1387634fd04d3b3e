"""A desk's lanes proved wherever they stand, without the desk: exported, or on a log itself."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from deskledger.eventlog.errors import ForeignFile
from deskledger.eventlog.names import CONTROL_NOUN
from deskledger.eventlog.progress import Checkpoint
from deskledger.replay.chain_report import ChainReport, Difference, LaneReport
from deskledger.replay.lane_judge import Shape
from deskledger.replay.lane_processes import Lane
from deskledger.replay.proving import PROCESSES, RECORDS_ALONE_MAX, Wanted, prove

BEFORE_GENESIS = "void:before_genesis"


@dataclass(frozen=True)
class Lanes:
    """Lanes that are to be proved.

    Attributes:
        lanes: those that are there, in their order.
        count: how many the desk has, as far as is known before any is read.
        records: about how many records they hold, for a progress bar.
        is_whole: whether all lanes of the desk must be among them.
    """

    lanes: Sequence[Lane]
    count: int
    records: int
    is_whole: bool = True


def verify_log(
    source: Lanes,
    *,
    against: Checkpoint | None = None,
    wanted: Wanted = None,
    progress: Callable[[int], None] | None = None,
    processes: int = PROCESSES,
) -> ChainReport:
    """Judges every record of a desk's lanes again, with nothing of the desk but these.

    Args:
        source: the lanes.
        against: a checkpoint kept elsewhere, which they must contain.
        wanted: a stream, or a ticket's number, of which all is to be told.
        progress: told now and then by how much the number of verified records has grown.
        processes: how many child processes share the lanes of a large log.

    Raises:
        InvalidInput: the stream that is wanted is not in these lanes.
        ForeignFile: no lane of a desk is there.
        NewerVersion: they have records of rules that this software does not know.
        Unavailable: they cannot be read.
    """
    if source.records <= RECORDS_ALONE_MAX:
        processes = 1
    proved = prove(source.lanes, source.count, against, wanted, progress, processes)
    shape = _shape(proved.lanes)
    reports = [lane for lane in proved.lanes if not _is_spare(lane, shape)]
    differences = [*_of_desk(shape, against), *_of_lanes(reports, shape)]
    if source.is_whole:
        differences += _missing(reports, shape, against)
    verdicts = sum((Counter(lane.verdicts) for lane in reports), Counter[str]())
    reached = tuple(replace(lane.progress, desk=shape.desk) for lane in reports)
    return ChainReport(
        shape.desk,
        against,
        reached,
        verdicts,
        tuple(differences),
        shape.lanes,
        proved.evidence,
        sum(lane.gaps for lane in reports),
    )


def _shape(reports: Iterable[LaneReport]) -> Shape:
    """Desk and number of lanes as most of the lanes say."""
    said = Counter(Shape(lane.genesis.desk, lane.genesis.lanes) for lane in reports if lane.genesis)
    if not said:
        raise ForeignFile("No lane of a desk is there: none begins as the lanes of desks do.")
    return said.most_common(1)[0][0]


def _is_spare(report: LaneReport, shape: Shape) -> bool:
    """Whether it is an empty partition beyond the desk's lanes, which stands for nothing."""
    return report.progress.lane >= shape.lanes and not report.progress.records


def _of_desk(shape: Shape, against: Checkpoint | None) -> list[Difference]:
    if against is None or against.desk == shape.desk:
        return []
    return [Difference(None, None, None, "desk", against.desk, shape.desk)]


def _of_lanes(reports: Iterable[LaneReport], shape: Shape) -> Iterator[Difference]:
    for report in reports:
        lane, genesis = report.progress.lane, report.genesis
        if lane >= shape.lanes:
            yield Difference(lane, 1, None, "record", None, 1)
        elif genesis is not None and (genesis.desk, genesis.lanes) != shape:
            record = report.verdicts.get(BEFORE_GENESIS, 0) + 1
            found = str(Shape(genesis.desk, genesis.lanes))
            yield Difference(lane, record, _control(lane), "desk", str(shape), found)
        elif report.difference is not None:
            yield report.difference


def _missing(
    reports: Iterable[LaneReport], shape: Shape, against: Checkpoint | None
) -> Iterator[Difference]:
    """Lanes that the desk has, or had by the checkpoint, and that are not there at all."""
    there = {report.progress.lane for report in reports}
    for lane in range(shape.lanes):
        if lane not in there:
            yield Difference(lane, 1, _control(lane), "records", "a genesis", 0)
    for promised in () if against is None else against.lanes:
        if promised.lane >= shape.lanes:
            yield Difference(promised.lane, None, None, "records", promised.records, 0)


def _control(lane: int) -> str:
    return f"{CONTROL_NOUN}/{lane}"
