"""JSON read in one way only, so that every implementation judges the same bytes the same.

The text is UTF-8 without a byte below 0x20, one object, at most 32 levels deep, no name twice in
an object, integers only, none beyond 2^53 - 1, no `-0`, no half of a surrogate pair.
"""

import json
import re
from itertools import accumulate
from typing import Any, NoReturn

import msgspec
import orjson

DEPTH_MAX = 32
INTEGER_MAX = 2**53 - 1
_INTEGER_TEXT_MAX = len(str(-INTEGER_MAX))

_CONTROL = re.compile(rb"[\x00-\x1f]")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")
_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}


class Malformed(ValueError):
    """The bytes are not strict JSON, or not of the shape that a record has."""


def loads_strict(data: bytes, depth_max: int = DEPTH_MAX) -> dict[str, Any]:
    """The object that `data` holds; the outermost object is level 1 of `depth_max`.

    Raises:
        Malformed: `data` breaks one of the rules above.
    """
    parsed = _canonical(data)
    if parsed is None:
        return _any_spelling(data, depth_max)
    # Fewer opening brackets than levels need no walk; that is most commits.
    if data.count(b"{") + data.count(b"[") > depth_max and _too_deep(parsed, depth_max):
        raise Malformed("nested too deeply")
    return parsed


def is_integer(value: object, least: int, most: int = INTEGER_MAX) -> bool:
    """Whether a parsed value is an integer from `least` to `most`; true and false are none."""
    return type(value) is int and least <= value <= most


def is_uuid(value: object) -> bool:
    """Whether a parsed value is a UUID as text, lower-case with hyphens, of any version."""
    return type(value) is str and _UUID.fullmatch(value) is not None


def _canonical(data: bytes) -> dict[str, Any] | None:
    """The object, if `data` is spelt exactly as our own encoder spells it, without a fraction.

    Equal bytes after encoding again prove almost every rule at once: an encoder writes no name
    twice, no byte below 0x20, no half surrogate, no `-0` and no integer beyond its limit. It does
    write fractions, at which the decoder stops.
    """
    try:
        parsed = _INTEGERS_ONLY.decode(data)
        again = orjson.dumps(parsed, option=orjson.OPT_STRICT_INTEGER)
    except (msgspec.DecodeError, ValueError, orjson.JSONEncodeError, RecursionError):
        return None
    return parsed if again == data and type(parsed) is dict else None


def _any_spelling(data: bytes, depth_max: int) -> dict[str, Any]:
    if _CONTROL.search(data):
        raise Malformed("a byte below 0x20")
    # Before parsing: how deep the parser can go must not depend on how deep its caller stands.
    if _deepest(data) > depth_max:
        raise Malformed("nested too deeply")
    try:
        parsed = _DECODER.decode(data.decode())
        json.dumps(parsed, ensure_ascii=False).encode()
    except Malformed:
        raise
    except ValueError as problem:
        raise Malformed(str(problem)) from problem
    if type(parsed) is not dict:
        raise Malformed("not an object")
    return parsed


def _too_deep(parsed: dict[str, Any], depth_max: int) -> bool:
    level: list[Any] = [parsed]
    for _ in range(depth_max):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True


def _deepest(data: bytes) -> int:
    """The greatest depth up to the first fault: exact as far as a parser can come."""
    brackets = _STRING.sub(b"", data).translate(None, _NOT_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise Malformed("a name stands twice in one object")
    return names


def _integer(text: str) -> int:
    # Longer text is never converted: that takes time that grows with the square of its length.
    if text == "-0" or len(text) > _INTEGER_TEXT_MAX or abs(int(text)) > INTEGER_MAX:
        raise Malformed("an integer beyond 2^53 - 1, or -0")
    return int(text)


def _no_number(_text: str) -> NoReturn:
    raise Malformed("a number that is not an integer")


_INTEGERS_ONLY = msgspec.json.Decoder(float_hook=_no_number)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_no_number,
    parse_constant=_no_number,
)
