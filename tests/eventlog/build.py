"""Valid commits, as a writer would make them, and a ledger to put them in."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deskledger.eventlog.commit import Envelope, commit_hash, encode_commit, genesis_prev
from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.judge import Head, judge
from deskledger.eventlog.lane import LaneState, advance, empty_lane
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.embedded import EmbeddedLedger

DESK = "00000000-0000-4000-8000-00000000de5c"
OTHER_DESK = "00000000-0000-4000-8000-00000000dead"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOTE = {"type": "NoteAdded", "v": 1, "occurred_at": "2026-03-02T12:00:00.000000Z", "by": None}


def ticket(number: int) -> str:
    """The stream of an invented ticket."""
    return f"ticket/{uuid.UUID(int=number)}"


def new_ledger(directory: Path, desk: str = DESK, lanes: int = 12) -> EmbeddedLedger:
    """An open ledger of a new desk."""
    EmbeddedLedger.create(directory, desk=desk, lanes=lanes)
    return EmbeddedLedger.open(directory)


def commit(  # noqa: PLR0913 - each part of a commit, all with defaults
    stream: str,
    version: int = 1,
    prev: bytes | None = None,
    *,
    command: str | None = None,
    events: Iterable[Mapping[str, Any]] = (NOTE,),
    recorded_at: datetime = NOON,
    desk: str = DESK,
) -> bytes:
    """The bytes of a commit; the first of its stream unless `version` and `prev` say otherwise."""
    envelope = Envelope(
        command_id=command or str(uuid.uuid4()),
        command_type="AddNote",
        digest="00" * 32,
        actor={"kind": "agent", "id": "ann"},
        on_behalf_of=None,
        source={"surface": "cli", "id": "tests"},
        correlation=str(uuid.UUID(int=7)),
        cause=None,
        reads={},
        software="deskledger tests",
    )
    return encode_commit(
        commit_id=str(uuid.uuid4()),
        stream=stream,
        version=version,
        prev=genesis_prev(desk) if prev is None else prev,
        recorded_at=recorded_at,
        envelope=envelope,
        events=list(events),
    )


class Chain:
    """One stream's commits, each following the one before."""

    def __init__(self, stream: str, desk: str = DESK) -> None:
        self.stream = stream
        self.version = 0
        self.hash = genesis_prev(desk)
        self._desk = desk

    def next(
        self,
        command: str | None = None,
        events: int = 1,
        event: Mapping[str, Any] = NOTE,
        **more: Any,
    ) -> Draft:
        """The next commit of the stream: the same event, so many times."""
        notes = [event] * events
        value = commit(
            self.stream, self.version + 1, self.hash, command=command, events=notes, **more
        )
        self.version += events
        self.hash = commit_hash(value)
        return Draft(self.stream, value)


class Heads:
    """What the judge asks for, in two plain maps."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self.commands: set[tuple[str, bytes]] = set()

    def head(self, stream: str) -> Head | None:
        return self.heads.get(stream)

    def has_command(self, stream: str, command: bytes) -> bool:
        return (stream, command) in self.commands


class Fold:
    """The verdicts and lanes that a sequence of drafts must have: the judge and nothing else."""

    def __init__(self, desk: str = DESK, lanes: int = 12) -> None:
        self.heads = Heads()
        self.lanes = [empty_lane(lane) for lane in range(lanes)]
        for lane in range(lanes):
            key, value = genesis_record(desk, lane, lanes)
            self.lanes[lane] = self._judged(self.lanes[lane], key, value)[1]

    def add(self, draft: Draft, unstored: Iterable[str] = ()) -> str:
        """The verdict on a draft; those in `unstored` leave no trace."""
        lane = self.lane_of(draft.stream)
        text, after = self._judged(self.lanes[lane], draft.stream.encode(), draft.value)
        if text not in unstored:
            self.lanes[lane] = after
        return text

    def lane_of(self, stream: str) -> int:
        """The lane that a stream belongs to."""
        return lane_of(stream, len(self.lanes))

    def judge(self, lane: int, key: bytes | None, value: bytes | None) -> str:
        """The verdict on any record that a lane goes on with."""
        text, self.lanes[lane] = self._judged(self.lanes[lane], key, value)
        return text

    def _judged(
        self, state: LaneState, key: bytes | None, value: bytes | None
    ) -> tuple[str, LaneState]:
        judgement = judge(state, self.heads, key, value)
        text, _, last_version, commit_ = judgement.verdict
        if last_version is not None and commit_ is not None:
            assert judgement.stream is not None
            assert judgement.command is not None
            self.heads.heads[judgement.stream] = Head(last_version, commit_)
            self.heads.commands.add((judgement.stream, judgement.command))
        return text, advance(state, judgement, key, value)
