"""A commit: all events that one command caused in one stream, as the bytes that are stored."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from deskledger.eventlog.control import FORMAT
from deskledger.eventlog.errors import UnreadableCommit
from deskledger.eventlog.instants import format_instant

# Begun once: a long value is not copied behind the words before it.
_COMMIT = hashlib.sha256(b"deskledger/commit/1\0")
_GENESIS = b"deskledger/genesis/1\0"
# Strict integers: JSON numbers beyond 2^53 are not the same number in every reader.
_OPTIONS = (
    orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
)

JsonObject = Mapping[str, Any]


class Envelope(NamedTuple):
    """What a commit says about its command: who, on whose behalf, from where, and why.

    `reads` gives the head version of every other stream whose state decide was given, 0 where
    the stream was looked for and absent.
    """

    command_id: str
    command_type: str
    digest: str
    actor: JsonObject
    on_behalf_of: JsonObject | None
    source: JsonObject
    correlation: str
    cause: JsonObject | None
    reads: Mapping[str, int]
    software: str


class Commit(NamedTuple):
    """A stored commit, read: `version` is that of the first of `events`."""

    commit_id: str
    stream: str
    version: int
    prev: str
    recorded_at: str
    envelope: Envelope
    events: list[dict[str, Any]]


def encode_commit(  # noqa: PLR0913 - the parts of a commit, each named by its caller
    *,
    commit_id: str,
    stream: str,
    version: int,
    prev: bytes,
    recorded_at: datetime,
    envelope: Envelope,
    events: Sequence[JsonObject],
) -> bytes:
    """The value of a commit's record: compact JSON in UTF-8, names in the documented order.

    `prev` is the hash of the stream's latest effective commit, `genesis_prev` for its first.
    """
    body = {
        "format": FORMAT,
        "commit": commit_id,
        "stream": stream,
        "version": version,
        "prev": prev.hex(),
        "recorded_at": format_instant(recorded_at),
        "command": {
            "id": envelope.command_id,
            "type": envelope.command_type,
            "digest": envelope.digest,
        },
        "actor": envelope.actor,
        "on_behalf_of": envelope.on_behalf_of,
        "source": envelope.source,
        "correlation": envelope.correlation,
        "cause": envelope.cause,
        "reads": dict(sorted(envelope.reads.items())),
        "software": envelope.software,
        "events": events,
    }
    return orjson.dumps(body, option=_OPTIONS)


def read_commit(value: bytes) -> Commit:
    """The parts of a commit that the judge has found effective.

    Raises:
        UnreadableCommit: a part that the judge does not look at is missing.
    """
    body = orjson.loads(value)
    try:
        command = body["command"]
        envelope = Envelope(
            command["id"],
            command["type"],
            command["digest"],
            body["actor"],
            body["on_behalf_of"],
            body["source"],
            body["correlation"],
            body["cause"],
            body["reads"],
            body["software"],
        )
        return Commit(
            body["commit"],
            body["stream"],
            body["version"],
            body["prev"],
            body["recorded_at"],
            envelope,
            body["events"],
        )
    except KeyError as missing:
        stream, field = body.get("stream"), missing.args[0]
        told = f"A commit of {stream} lacks `{field}`; its writer did not follow the format."
        raise UnreadableCommit(told, missing=field, stream=stream) from missing


def commit_hash(value: bytes) -> bytes:
    """The hash that the stream's next commit names as its `prev`, over the bytes as stored."""
    hashing = _COMMIT.copy()
    hashing.update(value)
    return hashing.digest()


@lru_cache(maxsize=64)
def genesis_prev(desk: str) -> bytes:
    """The `prev` of every stream's first commit: it ties the stream to its desk."""
    return hashlib.sha256(_GENESIS + desk.encode()).digest()
