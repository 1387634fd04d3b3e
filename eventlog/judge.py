"""The judge: which records of a lane are effective, and why the others are void.

A pure function of the records of one lane in their order. It asks for no offset, timestamp,
header, configuration or version of the code, so every node gives every record the same verdict.
The rules stand in docs/ledger-format.md; their order is part of them.
"""

from typing import Any, NamedTuple, Protocol

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.commit import commit_hash, genesis_prev
from deskledger.eventlog.control import (
    FORMAT,
    control_key,
    is_control_key,
    judge_control,
    read_genesis,
)
from deskledger.eventlog.instants import stored_microseconds
from deskledger.eventlog.lane import (
    CONTROL,
    EFFECTIVE,
    Genesis,
    Judgement,
    LaneState,
    Verdict,
    stream_number,
)
from deskledger.eventlog.names import STREAM_BYTES_MAX, lane_of_valid, noun_of
from deskledger.eventlog.strict_json import Malformed, is_integer, is_uuid, loads_strict

BEFORE_GENESIS = "void:before_genesis"
SEALED = "void:sealed"
TOO_LARGE = "void:too_large"
MALFORMED = "void:malformed"
WRONG_LANE = "void:wrong_lane"
DUPLICATE_COMMAND = "void:duplicate_command"
CONFLICT = "void:conflict"

_HASH_BYTES = 32


class Head(NamedTuple):
    """The version of a stream's latest event, and the hash of the commit that holds it."""

    version: int
    hash: bytes


class Heads(Protocol):
    """What the judge asks about the effective commits of the lane so far."""

    def head(self, stream: str) -> Head | None:
        """The stream's head, None before its first effective commit."""

    def has_command(self, stream: str, command: bytes) -> bool:
        """Whether an effective commit of the stream carries this command id (16 bytes)."""


class _Stated(NamedTuple):
    """All that the judge looks at in a commit; `lane` is the one that the stream belongs to."""

    stream: str
    lane: int
    version: int
    prev: bytes
    command: bytes
    events: int


def judge(state: LaneState, heads: Heads, key: bytes | None, value: bytes | None) -> Judgement:
    """The verdict on the record that follows `state` in its lane.

    Raises:
        NewerVersion: the lane goes on under rules that this software does not know.
    """
    genesis = state.genesis
    if genesis is None:
        return _before_genesis(state.lane, key, value)
    # An absent value is judged as an empty one: no JSON.
    value = value or b""
    if state.sealed or len(value) > genesis.bytes_max:
        return _void(SEALED if state.sealed else TOO_LARGE)
    try:
        body = loads_strict(value)
        if is_control_key(key):
            return judge_control(body, key, state.lane, genesis) or _void(WRONG_LANE)
        stated = _stated(body, genesis.lanes)
    except Malformed:
        return _void(MALFORMED)
    reason = _reason(state.lane, genesis, heads, key, stated)
    if reason is not None:
        return _void(reason, stated)
    return _effective(state, genesis, stated, value, body)


def _before_genesis(lane: int, key: bytes | None, value: bytes | None) -> Judgement:
    if key != control_key(lane):
        return _void(BEFORE_GENESIS)
    try:
        genesis = read_genesis(loads_strict(value or b""), lane)
    except Malformed:
        return _void(BEFORE_GENESIS)
    return Judgement(Verdict(CONTROL), genesis=genesis)


def _stated(body: dict[str, Any], lanes: int) -> _Stated:
    """What a commit states; nothing else of its shape is judged, so that writers may grow."""
    stream, version, prev = body.get("stream"), body.get("version"), body.get("prev")
    command, events = body.get("command"), body.get("events")
    if not is_integer(body.get("format"), FORMAT, FORMAT):
        raise Malformed("format")
    # The length first: the lanes of recent names are remembered, overlong ones must not be.
    if type(stream) is not str or len(stream) > STREAM_BYTES_MAX:
        raise Malformed("stream")
    lane = lane_of_valid(stream, lanes)
    if lane is None:
        raise Malformed("stream")
    if type(version) is not int or version < 1:
        raise Malformed("version")
    if type(command) is not dict or not is_uuid(command.get("id")):
        raise Malformed("command.id")
    if type(events) is not list or {*map(type, events)} != {dict}:
        raise Malformed("events")
    command_id = bytes.fromhex(command["id"].replace("-", ""))
    return _Stated(stream, lane, version, _hash(prev), command_id, len(events))


def _hash(stated: object) -> bytes:
    """The 32 bytes that are written in 64 small hexadecimal digits."""
    if type(stated) is not str:
        raise Malformed("prev")
    try:
        found = bytes.fromhex(stated)
    except ValueError:
        raise Malformed("prev") from None
    # Reading hexadecimal digits lets capitals and spaces pass.
    if len(found) != _HASH_BYTES or found.hex() != stated:
        raise Malformed("prev")
    return found


def _reason(
    lane: int, genesis: Genesis, heads: Heads, key: bytes | None, stated: _Stated
) -> str | None:
    if stated.events > genesis.events_max:
        return TOO_LARGE
    if key != stated.stream.encode() or stated.lane != lane:
        return WRONG_LANE
    head = heads.head(stated.stream)
    if head is None:
        follows = stated.version == 1 and stated.prev == genesis_prev(genesis.desk)
        return None if follows else CONFLICT
    if heads.has_command(stated.stream, stated.command):
        return DUPLICATE_COMMAND
    follows = stated.version == head.version + 1 and stated.prev == head.hash
    return None if follows else CONFLICT


def _effective(
    state: LaneState, genesis: Genesis, stated: _Stated, value: bytes, body: dict[str, Any]
) -> Judgement:
    last_version = stated.version + stated.events - 1
    number = None
    if stated.version == 1:
        place = state.streams.get(noun_of(stated.stream), 0) + 1
        number = stream_number(place, state.lane, genesis.lanes)
    return Judgement(
        Verdict(EFFECTIVE, stated.version, last_version, commit_hash(value)),
        stated.stream,
        stated.command,
        _recorded_at(body.get("recorded_at")),
        number,
    )


def _recorded_at(stated: object) -> int | None:
    """Microseconds since 1970; no part of the verdict, so an unreadable time is simply none."""
    try:
        return stored_microseconds(stated) if type(stated) is str else None
    except InvalidInput:
        return None


def _void(text: str, stated: _Stated | None = None) -> Judgement:
    if stated is None:
        return Judgement(Verdict(text))
    return Judgement(Verdict(text), stated.stream, stated.command)
