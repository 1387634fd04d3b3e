"""The lines of an exported lane, format 1: JSON Lines, the bytes of every record verbatim.

The first line says what the file is and how far it goes, each further line is one record. The
format is described for other implementations in docs/lane-export.md.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import ForeignFile, NewerVersion
from deskledger.eventlog.instants import (
    format_instant,
    from_microseconds,
    stored_microseconds,
)
from deskledger.eventlog.strict_json import (
    INTEGER_MAX,
    Malformed,
    is_integer,
    is_uuid,
    loads_strict,
)

FORMAT = 1
KIND = "lane"
# The longest record that a log takes, all of it escaped, and room for the rest of its line.
LINE_BYTES_MAX = 8 << 20

# Of a damaged ledger a hash may have any length; what it should be is for the reader to find.
_HASH = re.compile(r"(?:[0-9a-f]{2})*")
_OPTIONS = orjson.OPT_STRICT_INTEGER | orjson.OPT_APPEND_NEWLINE


class LaneHeader(NamedTuple):
    """The first line: whose lane it is, and where it ends."""

    desk: str
    lane: int
    lanes: int
    records: int
    sequence: int
    hash: bytes


class LaneLine(NamedTuple):
    """A record as its line states it.

    `record` counts from 1; `lane_time` is in microseconds since 1970; `verdict` and `hash`, the
    lane's after it, are what was found when it was stored; `timestamp` is the log's own time in
    milliseconds since 1970, None where the log has none.
    """

    record: int
    lane_time: int
    verdict: str
    hash: bytes
    key: bytes | None
    value: bytes | None
    timestamp: int | None = None


_NAMES = frozenset({*LaneLine._fields, "key_base64", "value_base64"})


def header_line(header: LaneHeader) -> bytes:
    """The first line of a file."""
    body = {"format": FORMAT, "export": KIND, **header._asdict(), "hash": header.hash.hex()}
    return orjson.dumps(body, option=_OPTIONS)


def record_line(line: LaneLine) -> bytes:
    """The line of a record."""
    body: dict[str, Any] = {
        "record": line.record,
        "lane_time": format_instant(from_microseconds(line.lane_time)),
        "verdict": line.verdict,
        "hash": line.hash.hex(),
        **_spelt("key", line.key),
        **_spelt("value", line.value),
    }
    if line.timestamp is not None:
        # A time so far away says no less when it is nearer: it bounds nothing.
        body["timestamp"] = min(line.timestamp, INTEGER_MAX)
    return orjson.dumps(body, option=_OPTIONS)


def read_header(line: bytes) -> LaneHeader:
    """What a first line says.

    Raises:
        ForeignFile: it is none of an exported lane.
        NewerVersion: its format is newer than this software.
    """
    try:
        return _header(loads_strict(line.removesuffix(b"\n")))
    except Malformed as problem:
        told = f"The file is no exported lane; its first line says so: {problem}."
        raise ForeignFile(told, reason=str(problem)) from problem


def read_record(line: bytes) -> LaneLine:
    """What the line of a record says.

    Raises:
        Malformed: it is no whole line of a record; the message names what is wrong.
    """
    if len(line) > LINE_BYTES_MAX:
        raise Malformed("longer than any record")
    body = _as_written(line) or loads_strict(line.removesuffix(b"\n"))
    record, timestamp = body.get("record"), body.get("timestamp")
    if not is_integer(record, 1):
        raise Malformed("record")
    if timestamp is not None and not is_integer(timestamp, 0):
        raise Malformed("timestamp")
    return LaneLine(
        body["record"],
        _instant(body.get("lane_time")),
        _text(body.get("verdict"), "verdict"),
        _hash(body.get("hash")),
        _bytes(body, "key"),
        _bytes(body, "value"),
        timestamp,
    )


def _as_written(line: bytes) -> dict[str, Any] | None:
    """The object of a line that is spelt as `record_line` spells it; None for any other.

    Equal bytes after encoding again prove the spelling strict but for fractions, and a line of
    these names alone has none: whoever reads it takes texts, integers and null, nothing else.
    """
    try:
        body = orjson.loads(line)
        if (
            type(body) is dict
            and _NAMES.issuperset(body)
            and orjson.dumps(body, option=_OPTIONS) == line
        ):
            return body
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return None


def _spelt(name: str, data: bytes | None) -> dict[str, str | None]:
    """As text where it is text, so that people and other programs can read it."""
    try:
        return {name: None if data is None else data.decode()}
    except UnicodeDecodeError:
        return {f"{name}_base64": b64encode(data or b"").decode()}


def _bytes(body: Mapping[str, Any], name: str) -> bytes | None:
    in_base64 = f"{name}_base64"
    if (name in body) == (in_base64 in body):
        raise Malformed(f"either {name} or {in_base64} is needed")
    if name in body:
        return None if body[name] is None else _text(body[name], name).encode()
    try:
        return b64decode(_text(body[in_base64], in_base64), validate=True)
    except ValueError as problem:
        raise Malformed(in_base64) from problem


def _text(stated: object, name: str) -> str:
    if type(stated) is not str:
        raise Malformed(name)
    return stated


def _header(body: Mapping[str, Any]) -> LaneHeader:
    if body.get("export") != KIND or not is_integer(body.get("format"), 1):
        raise Malformed("another kind of file")
    if body["format"] > FORMAT:
        told = f"The lane was exported in format {body['format']} of a newer deskledger."
        raise NewerVersion(f"{told} Update the software.", format=body["format"], known=FORMAT)
    if not is_uuid(body.get("desk")):
        raise Malformed("desk")
    for name in ("lane", "records", "sequence"):
        if not is_integer(body.get(name), 0):
            raise Malformed(name)
    if not is_integer(body.get("lanes"), body["lane"] + 1):
        raise Malformed("lanes")
    stated = {name: body[name] for name in ("desk", "lane", "lanes", "records", "sequence")}
    return LaneHeader(**stated, hash=_hash(body.get("hash")))


def _hash(stated: object) -> bytes:
    if _HASH.fullmatch(_text(stated, "hash")) is None:
        raise Malformed("hash")
    return bytes.fromhex(str(stated))


def _instant(stated: object) -> int:
    try:
        return stored_microseconds(stated if type(stated) is str else "")
    except InvalidInput as problem:
        raise Malformed("lane_time") from problem
