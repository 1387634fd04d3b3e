"""What a ledger itself says of one stream: its events, what they rest on, and failed attempts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from deskledger.eventlog.strict_json import is_integer
from deskledger.replay.lane_notes import Attempt, LaneNotes, NotedCommit


class Standing(StrEnum):
    """How the version of a stream that a commit names stands to the log before the commit.

    There is no order between lanes, so of a stream in another lane it can only be told whether
    it ever came so far.
    """

    HEAD = "head"
    """It was the head."""
    OLDER = "older"
    """The stream had gone on by then."""
    MISSING = "missing"
    """The stream had not come so far, or never did: what the commit says cannot be true."""
    ELSEWHERE = "elsewhere"
    """It is there, in another lane; whether it was the head cannot be told."""
    UNCHECKED = "unchecked"
    """The stream's lane was not read."""


class Named(NamedTuple):
    """A version of a stream that a commit names.

    Attributes:
        stream: its name.
        version: as the commit says; 0 for a stream that was looked for and absent.
        known: the head's version before the commit, or at the end of another lane.
        standing: what follows from that.
    """

    stream: str
    version: int
    known: int | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class ToldCommit:
    """An effective commit with what it read and what caused it."""

    noted: NotedCommit
    reads: tuple[Named, ...]
    cause: Named | None

    def events(self) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
        """Sequence in the lane, version in the stream, and the stored object of each event."""
        for index, event in enumerate(self.noted.body["events"]):
            yield self.noted.sequence + 1 + index, self.noted.version + index, event


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the verified records say of a stream, personal values as they are sealed.

    Attributes:
        stream: its name.
        number: among the streams of its noun; None without an effective commit.
        lane: the one that it belongs to.
        commits: its path of hashes, from the first to the head.
        attempts: void records that name it, in order of lanes; the first thousand of each.
        void: how many there are, by reason.
    """

    stream: str
    number: int | None
    lane: int
    commits: tuple[ToldCommit, ...]
    attempts: tuple[Attempt, ...]
    void: Mapping[str, int]


def evidence_of(stream: str, lane: int, notes: Sequence[LaneNotes]) -> Evidence:
    """Puts together what was noted in the lanes; empty where no record names the stream."""
    (own,) = (some for some in notes if some.lane == lane)
    void = sum((some.void for some in notes), Counter[str]())
    ends = {name: version for some in notes for name, version in some.heads.items()}
    return Evidence(
        stream,
        own.number,
        lane,
        tuple(_told(commit, ends) for commit in own.commits),
        tuple(attempt for some in notes for attempt in some.attempts),
        void,
    )


def _told(commit: NotedCommit, ends: Mapping[str, int]) -> ToldCommit:
    reads, cause = commit.body.get("reads"), commit.body.get("cause")
    stated = reads.items() if isinstance(reads, dict) else ()
    named = [_named(commit, ends, name, version) for name, version in stated]
    caused = None
    if isinstance(cause, dict) and type(cause.get("stream")) is str:
        caused = _named(commit, ends, cause["stream"], cause.get("version"))
    return ToldCommit(commit, tuple(named), caused)


def _named(commit: NotedCommit, ends: Mapping[str, int], stream: str, stated: object) -> Named:
    version = stated if isinstance(stated, int) and is_integer(stated, 0) else -1
    before, end = commit.heads.get(stream), ends.get(stream)
    if version < 0:
        return Named(stream, version, before, Standing.MISSING)
    if before is not None:
        return Named(stream, version, before, _against_head(version, before))
    if end is None:
        return Named(stream, version, None, Standing.UNCHECKED)
    return Named(stream, version, end, _against_end(version, end))


def _against_head(version: int, head: int) -> Standing:
    if version == head:
        return Standing.HEAD
    return Standing.OLDER if version < head else Standing.MISSING


def _against_end(version: int, end: int) -> Standing:
    # Of a stream that never began, absent is what it was at any time.
    if version == end == 0:
        return Standing.HEAD
    return Standing.ELSEWHERE if version <= end else Standing.MISSING
