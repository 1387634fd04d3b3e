"""A point in a desk's past: how many records each lane had then.

There is no order between lanes, so a point is a map, and a time is one way to name it: as of a time
is, in each lane, the longest beginning whose lane time is not after it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.instants import from_microseconds, microseconds
from deskledger.eventlog.progress import Checkpoint, Progress
from deskledger.eventlog.records import StoredRecord

_NO_HASH = bytes(32)


class Past(NamedTuple):
    """A point in the past.

    Attributes:
        at: what is compared with when things happened: the time that was asked for, else the
            latest lane time of the point.
        progress: how far each lane had come, in the order of lanes.
        lane_times: of the lanes there, in microseconds since 1970.
    """

    at: datetime
    progress: tuple[Progress, ...]
    lane_times: tuple[int, ...]


def at_time(ledger: FollowedLedger, at: datetime, now: datetime) -> Past:
    """The point as of a time.

    Raises:
        InvalidInput: it has not come yet; what will be recorded until then is not known.
    """
    if at > now:
        told = f"{at.isoformat()} has not come yet; name a time up to now."
        raise InvalidInput(told, at=at.isoformat())
    limit = microseconds(at)
    ends = ledger.progress()
    last = [_last(ledger, end, lambda record: record.lane_time <= limit) for end in ends]
    return _past(at, ends, last)


def at_positions(ledger: FollowedLedger, positions: Mapping[int, int]) -> Past:
    """The point at which lanes had come to these numbers of events, by lane.

    A commit is one step, so it is whole in it. A lane that is not named stands as of the latest
    lane time of those that are.

    Raises:
        InvalidInput: a lane is not there, or has no such event.
    """
    ends = {end.lane: end for end in ledger.progress()}
    named: dict[int, StoredRecord] = {}
    for lane, sequence in positions.items():
        end = ends.get(lane)
        if end is None or not 0 < sequence <= end.sequence:
            told = f"Lane {lane} has no event {sequence}; `deskledger status` says how far it is."
            raise InvalidInput(told, lane=lane, sequence=sequence)
        before = _last(ledger, end, partial(_precedes, sequence))
        after = 0 if before is None else before.record
        named[lane] = ledger.read(lane, after, 1)[0]
    limit = max(record.lane_time for record in named.values())
    rest = {
        lane: _last(ledger, end, lambda record: record.lane_time <= limit)
        for lane, end in ends.items()
        if lane not in named
    }
    last = [(named | rest)[lane] for lane in ends]
    return _past(from_microseconds(limit), list(ends.values()), last)


def at_checkpoint(ledger: FollowedLedger, checkpoint: Checkpoint) -> Past:
    """The point that a checkpoint states, after it was compared with the ledger.

    Raises:
        InvalidInput: it is of another desk, or does not name every lane.
        LedgerDamaged: the ledger is not what it was then.
    """
    ends = ledger.progress()
    if checkpoint.desk != ledger.desk or [one.lane for one in checkpoint.lanes] != [
        end.lane for end in ends
    ]:
        raise InvalidInput("The checkpoint is of another desk, or does not name every lane.")
    for stated in checkpoint.lanes:
        if stated.records and ledger.progress_at(stated.lane, stated.records) != stated:
            told = f"Lane {stated.lane} is not what it was at the checkpoint; run `verify`."
            raise LedgerDamaged(told, lane=stated.lane, records=stated.records)
    last = [
        ledger.read(stated.lane, stated.records - 1, 1)[0] if stated.records else None
        for stated in checkpoint.lanes
    ]
    latest = max((record.lane_time for record in last if record is not None), default=0)
    return _past(from_microseconds(latest), ends, last)


def _precedes(sequence: int, record: StoredRecord) -> bool:
    return record.sequence < sequence


def _last(
    ledger: FollowedLedger, end: Progress, holds: Callable[[StoredRecord], bool]
) -> StoredRecord | None:
    """The last record of a lane for which something holds that holds for a beginning of it."""
    found: StoredRecord | None = None
    least, most = 0, end.records
    while least < most:
        middle = (least + most + 1) // 2
        record = ledger.read(end.lane, middle - 1, 1)[0]
        if holds(record):
            found, least = record, middle
        else:
            most = middle - 1
    return found


def _past(at: datetime, ends: Sequence[Progress], last: Sequence[StoredRecord | None]) -> Past:
    progress = tuple(
        Progress(end.desk, end.lane, 0, 0, _NO_HASH)
        if record is None
        else Progress(end.desk, end.lane, record.record, record.sequence, record.lane_hash)
        for end, record in zip(ends, last, strict=True)
    )
    times = tuple(0 if record is None else record.lane_time for record in last)
    return Past(at, progress, times)
