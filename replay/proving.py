"""Lanes proved together, the one of a stream that is asked for before the others."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.names import check_stream, lane_of
from deskledger.eventlog.progress import Checkpoint
from deskledger.replay.chain_report import LaneReport
from deskledger.replay.evidence import Evidence, evidence_of
from deskledger.replay.lane_notes import Asked
from deskledger.replay.lane_processes import Lane, prove_lanes
from deskledger.replay.stream_watch import named_streams

PROCESSES = 2
# Fewer records are verified sooner than other processes are started.
RECORDS_ALONE_MAX = 20_000

Wanted = str | int | None
"""A stream by its name, or a ticket by its number."""


class Proved(NamedTuple):
    """What became of the lanes, in their order, and what they say of the wanted stream."""

    lanes: list[LaneReport]
    evidence: Evidence | None


def prove(  # noqa: PLR0913, PLR0917 - named by its callers
    lanes: Sequence[Lane],
    count: int,
    against: Checkpoint | None,
    wanted: Wanted,
    progress: Callable[[int], None] | None,
    processes: int,
) -> Proved:
    """Proves lanes and collects what they say of a stream.

    Args:
        lanes: those that are there.
        count: how many the desk has.
        against: a checkpoint that they must contain.
        wanted: the stream.
        progress: told by how much the number of verified records has grown.
        processes: how many child processes share the lanes.

    Raises:
        InvalidInput: the stream is not in these lanes.
    """
    tell = progress or _tell_nobody
    promised = {} if against is None else {lane.lane: lane for lane in against.lanes}
    stream = _found(lanes, count, wanted) if isinstance(wanted, int) else wanted
    if stream is None:
        tasks = [(lane, Asked(promised.get(lane.lane))) for lane in lanes]
        return Proved(prove_lanes(tasks, processes, tell), None)
    check_stream(stream)
    own = _lane(lanes, lane_of(stream, count), stream)
    first = own.prove(Asked(promised.get(own.lane), stream), tell)
    others = frozenset(
        name for commit in first.notes.commits for name in named_streams(commit.body)
    )
    tasks = [
        (lane, Asked(promised.get(lane.lane), stream, others)) for lane in lanes if lane is not own
    ]
    reports = [first, *prove_lanes(tasks, processes, tell)]
    reports.sort(key=lambda report: report.progress.lane)
    evidence = evidence_of(stream, own.lane, [report.notes for report in reports])
    if not (evidence.commits or evidence.void or first.difference):
        raise InvalidInput(f"There is no stream {stream}.", stream=stream)
    return Proved(reports, evidence)


def _found(lanes: Sequence[Lane], count: int, ticket: int) -> str | None:
    """The stream of a ticket's number, which its lane alone can say; None where that differs."""
    if ticket < 1:
        raise InvalidInput("The number of a ticket is 1 or more.", ticket=ticket)
    lane = _lane(lanes, (ticket - 1) % count, f"ticket {ticket}")
    report = lane.prove(Asked(ticket=ticket), _tell_nobody)
    stream = report.notes.stream
    if stream is None and report.difference is None:
        raise InvalidInput(f"There is no ticket {ticket} in lane {lane.lane}.", ticket=ticket)
    return stream


def _lane(lanes: Sequence[Lane], number: int, what: str) -> Lane:
    for lane in lanes:
        if lane.lane == number:
            return lane
    raise InvalidInput(f"{what} belongs to lane {number}, which is not there.", lane=number)


def _tell_nobody(_records: int) -> None:
    """Stands for a caller that does not want to know."""
