"""How far a lane has come, and the checkpoint file that proves it later."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import orjson

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.strict_json import Malformed, is_integer, is_uuid, loads_strict

FORMAT = 1

_HASH = re.compile(r"[0-9a-f]{64}")
# Line ends and tabs between tokens count as spaces; inside a string no checkpoint has any.
_LAYOUT = bytes.maketrans(b"\t\n\r", b"   ")


@dataclass(frozen=True, slots=True)
class Progress:
    """A lane after `records` records and `sequence` effective events, with its hash there."""

    desk: str
    lane: int
    records: int
    sequence: int
    hash: bytes

    @classmethod
    def after(cls, record: StoredRecord, desk: str) -> Self:
        """The progress of a record's lane once that record has been read."""
        return cls(desk, record.lane, record.record, record.sequence, record.lane_hash)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The progress of a desk's lanes at one moment, in order of lane, kept outside the desk."""

    desk: str
    lanes: tuple[Progress, ...]


def write_checkpoint(checkpoint: Checkpoint) -> bytes:
    """The checkpoint as a JSON file of one line."""
    lanes = [
        {
            "lane": lane.lane,
            "records": lane.records,
            "sequence": lane.sequence,
            "hash": lane.hash.hex(),
        }
        for lane in checkpoint.lanes
    ]
    body = {"format": FORMAT, "desk": checkpoint.desk, "lanes": lanes}
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)


def read_checkpoint(data: bytes) -> Checkpoint:
    """The checkpoint that a file holds; people may have laid out its JSON anew.

    Raises:
        InvalidInput: it is no checkpoint of format 1; the message names the place.
    """
    try:
        body = loads_strict(data.translate(_LAYOUT))
    except Malformed as problem:
        raise InvalidInput(f"The checkpoint is not valid JSON: {problem}.") from problem
    if not is_integer(body.get("format"), FORMAT, FORMAT):
        raise InvalidInput("The checkpoint is not of format 1.", format=body.get("format"))
    desk, lanes = body.get("desk"), body.get("lanes")
    if not isinstance(desk, str) or not is_uuid(desk):
        raise InvalidInput("The checkpoint names no desk.", desk=desk)
    if not isinstance(lanes, list):
        raise InvalidInput("The checkpoint has no list `lanes`.")
    return Checkpoint(desk, _in_order([_lane(desk, lane) for lane in lanes]))


def _lane(desk: str, stated: Any) -> Progress:
    if (
        isinstance(stated, dict)
        and is_integer(stated.get("lane"), 0)
        and is_integer(stated.get("records"), 0)
        and is_integer(stated.get("sequence"), 0)
        and _is_hash(stated.get("hash"))
    ):
        lane, records, sequence = stated["lane"], stated["records"], stated["sequence"]
        return Progress(desk, lane, records, sequence, bytes.fromhex(stated["hash"]))
    raise InvalidInput(
        "A lane of the checkpoint needs lane, records, sequence and hash.", found=stated
    )


def _is_hash(stated: object) -> bool:
    return isinstance(stated, str) and _HASH.fullmatch(stated) is not None


def _in_order(lanes: Sequence[Progress]) -> tuple[Progress, ...]:
    ordered = tuple(sorted(lanes, key=lambda lane: lane.lane))
    for lane, follower in pairwise(ordered):
        if lane.lane == follower.lane:
            raise InvalidInput("A lane stands twice in the checkpoint.", lane=lane.lane)
    return ordered
