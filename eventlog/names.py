"""Names of streams, and the lane that each belongs to."""

import re
import struct
from functools import lru_cache

from deskledger.domain.errors import InvalidInput

STREAM_BYTES_MAX = 200
CONTROL_NOUN = "lane"

_STREAM = re.compile(r"[a-z][a-z-]*(?:/[a-z0-9][a-z0-9._-]*){0,2}")
_SEED = 0x9747B28C
_MIX = 0x5BD1E995
_WORD = 0xFFFFFFFF


def is_stream(name: str) -> bool:
    """Whether `name` has the form `noun(/part){0,2}` and at most 200 bytes."""
    return len(name) <= STREAM_BYTES_MAX and _STREAM.fullmatch(name) is not None


@lru_cache(maxsize=16_384)
def check_stream(name: str) -> str:
    """Gives `name` back if commits may be written to a stream of this name.

    Raises:
        InvalidInput: the form is wrong, or the noun is `lane`, which control records have.
    """
    if not is_stream(name):
        name = name[:STREAM_BYTES_MAX]
        raise InvalidInput(
            f"{name!r} is no stream: these are named noun/part/part, in a-z, 0-9, dot, dash and "
            "underscore.",
            stream=name,
        )
    if noun_of(name) == CONTROL_NOUN:
        raise InvalidInput("The noun `lane` is kept for control records.", stream=name)
    return name


def noun_of(stream: str) -> str:
    """The part before the first slash: what kind of thing the stream is about."""
    return stream.partition("/")[0]


def stream_of_key(key: bytes | None) -> str | None:
    """The name that the key of a record spells, None where it spells none."""
    if key is None or len(key) > STREAM_BYTES_MAX or not key.isascii():
        return None
    name = key.decode()
    return name if _STREAM.fullmatch(name) is not None else None


def lane_of(stream: str, lanes: int) -> int:
    """The lane, 0 to lanes - 1, that every record of `stream` stands in.

    This is what Kafka's default partitioner does with the stream as the record's key; it is our
    own function because clients differ, so producers always name the partition themselves.
    """
    return (murmur2(stream.encode()) & 0x7FFFFFFF) % lanes


@lru_cache(maxsize=16_384)
def lane_of_valid(stream: str, lanes: int) -> int | None:
    """The lane of `stream`, None if that is no name of a stream; remembers the recent ones.

    Call it with names of at most 200 characters: it keeps them.
    """
    return lane_of(stream, lanes) if is_stream(stream) else None


def murmur2(data: bytes) -> int:
    """Kafka's 32-bit murmur2 of `data`, as an unsigned integer.

    Source: org.apache.kafka.common.utils.Utils.murmur2, seed 0x9747b28c.
    """
    length = len(data)
    whole = length & ~3
    mixed = _SEED ^ length
    for word in struct.unpack_from(f"<{whole >> 2}I", data):
        k = word * _MIX & _WORD
        k = (k ^ k >> 24) * _MIX & _WORD
        mixed = mixed * _MIX & _WORD ^ k
    if whole < length:
        mixed = (mixed ^ int.from_bytes(data[whole:], "little")) * _MIX & _WORD
    mixed = (mixed ^ mixed >> 13) * _MIX & _WORD
    return mixed ^ mixed >> 15
