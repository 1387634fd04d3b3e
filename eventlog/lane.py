"""The state of a lane after its records so far: all that the judge remembers of them."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

EFFECTIVE = "effective"
CONTROL = "control"

_LANE = b"deskledger/lane/1\0"
_ABSENT = bytes(32)


class Genesis(NamedTuple):
    """What a lane's first control record fixes: its desk, the number of lanes, the limits."""

    desk: str
    lanes: int
    bytes_max: int
    events_max: int


class LaneState(NamedTuple):
    """A lane after `records` records.

    `sequence` counts effective events, `hash` covers all records, `lane_time` is microseconds
    since 1970, and `streams` counts per noun the streams that have appeared.
    """

    lane: int
    records: int
    sequence: int
    hash: bytes
    lane_time: int
    genesis: Genesis | None
    sealed: bool
    streams: Mapping[str, int]


class Verdict(NamedTuple):
    """What became of a record: `effective`, `control` or `void:` and the reason.

    An effective commit has the versions of its first and last event, and its hash.
    """

    text: str
    version: int | None = None
    last_version: int | None = None
    hash: bytes | None = None


class Judgement(NamedTuple):
    """A verdict, and what the record adds to its lane and to the tables beside it.

    `stream` and `command` (16 bytes) are what a well-formed commit states; `recorded_at` is in
    microseconds since 1970, and `number` is the stream's where this is its first commit.
    """

    verdict: Verdict
    stream: str | None = None
    command: bytes | None = None
    recorded_at: int | None = None
    number: int | None = None
    genesis: Genesis | None = None
    seals: bool = False


def empty_lane(lane: int) -> LaneState:
    """The lane before its first record."""
    return LaneState(lane, 0, 0, _ABSENT, 0, None, sealed=False, streams=MappingProxyType({}))


def advance(
    state: LaneState,
    judgement: Judgement,
    key: bytes | None,
    value: bytes | None,
    *,
    received_at: int | None = None,
) -> LaneState:
    """The lane after a record that was judged in `state`.

    `received_at` is the log's own time of the record in microseconds since 1970, where the log
    has one: lane time follows the earlier of it and `recorded_at`, so that no writer's clock can
    push it ahead. Only effective records move it.
    """
    verdict = judgement.verdict
    sequence, lane_time, streams = state.sequence, state.lane_time, state.streams
    if verdict.version is not None and verdict.last_version is not None:
        sequence += verdict.last_version - verdict.version + 1
        lane_time = max(lane_time, _stated_time(judgement.recorded_at, received_at, lane_time))
        if judgement.number is not None and judgement.stream is not None:
            streams = _one_more(streams, judgement.stream.partition("/")[0])
    return LaneState(
        state.lane,
        state.records + 1,
        sequence,
        lane_hash(state.hash, key, value, verdict.text),
        lane_time,
        judgement.genesis or state.genesis,
        state.sealed or judgement.seals,
        streams,
    )


def lane_hash(before: bytes, key: bytes | None, value: bytes | None, verdict: str) -> bytes:
    """The lane's hash after one more record; an absent key or value counts as 32 zero bytes."""
    key_hash = _ABSENT if key is None else hashlib.sha256(key).digest()
    value_hash = _ABSENT if value is None else hashlib.sha256(value).digest()
    return hashlib.sha256(_LANE + before + key_hash + value_hash + verdict.encode()).digest()


def stream_number(place: int, lane: int, lanes: int) -> int:
    """The number of the `place`-th stream (from 1) of its noun to appear in `lane`.

    Unique over all lanes without asking any of them, and nearly dense.
    """
    return (place - 1) * lanes + lane + 1


def _stated_time(recorded_at: int | None, received_at: int | None, otherwise: int) -> int:
    if recorded_at is None:
        return otherwise
    return recorded_at if received_at is None else min(recorded_at, received_at)


def _one_more(streams: Mapping[str, int], noun: str) -> Mapping[str, int]:
    return MappingProxyType({**streams, noun: streams.get(noun, 0) + 1})
