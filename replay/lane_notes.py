"""What is kept of one stream while its lane is judged: its commits, and attempts that failed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from deskledger.eventlog.progress import Progress


class Asked(NamedTuple):
    """What is asked of a lane beside its proof.

    Attributes:
        against: what a checkpoint promises of it.
        stream: whose commits are wanted.
        others: streams whose heads at the end are wanted.
        ticket: a number whose stream is wanted, and nothing behind it.
    """

    against: Progress | None = None
    stream: str | None = None
    others: frozenset[str] = frozenset()
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class NotedCommit:
    """An effective commit, and how it stands in its lane.

    Attributes:
        lane: where it stands.
        record: its number there.
        sequence: of the lane before it.
        version: of its first event.
        hash: its own.
        body: its JSON, as it stands.
        key_hash: SHA-256 of the record's key.
        value_hash: SHA-256 of the record's value.
        before: the lane's hash before it.
        after: the lane's hash after it.
        lane_time: the lane's after it, in microseconds since 1970.
        heads: versions, before it, of the streams that it names and that belong to its lane.
    """

    lane: int
    record: int
    sequence: int
    version: int
    hash: bytes
    body: Mapping[str, Any]
    key_hash: bytes
    value_hash: bytes
    before: bytes
    after: bytes
    lane_time: int
    heads: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A void record that names the stream.

    Attributes:
        lane: where it stands; another than the stream's for one that was misplaced.
        record: its number there.
        reason: why it is void.
        value_hash: SHA-256 of its value, None where it has none.
        body: what its JSON says of the command; empty where it is no such JSON, or too long.
    """

    lane: int
    record: int
    reason: str
    value_hash: bytes | None
    body: Mapping[str, Any]


@dataclass(slots=True)
class LaneNotes:
    """What was found in one lane of what was asked.

    Attributes:
        lane: which lane.
        stream: whose commits they are; found by its number where that was asked.
        number: of the stream among those of its noun.
        commits: in their order.
        attempts: in their order, the first so many of them.
        void: how many attempts there are, by reason.
        heads: of other streams of this lane, at its end; 0 for those that are not there.
    """

    lane: int
    stream: str | None = None
    number: int | None = None
    commits: list[NotedCommit] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    void: Counter[str] = field(default_factory=Counter)
    heads: dict[str, int] = field(default_factory=dict)
