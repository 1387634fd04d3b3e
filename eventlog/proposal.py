"""What a command would change, as the commit that says so: decided, sealed, encoded, not stored."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from deskledger.domain.commands import Command
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.personal import personal_paths
from deskledger.eventlog.commit import Envelope, commit_hash, encode_commit
from deskledger.eventlog.records import Draft
from deskledger.eventlog.requests import Answer, Request
from deskledger.eventlog.sealing import Sealer
from deskledger.eventlog.streams import Loaded


@dataclass(frozen=True, slots=True)
class Identified:
    """A command with its ids: what the caller asked for, the same at every repetition.

    Attributes:
        digest: MAC of the fields that the caller stated.
    """

    stream: str
    command: Command
    request: Request
    command_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer, and the commit that it depends on; no commit where nothing is recorded.

    Attributes:
        after: the stream as it is once the commit is effective.
    """

    answer: Answer
    draft: Draft | None = None
    after: Loaded | None = None


class Proposer:
    """Decides commands and writes the commits; holds what every commit needs."""

    def __init__(self, sealer: Sealer, clock: Callable[[], datetime], software: str) -> None:
        """`clock` gives aware UTC instants; `software` is stamped in every commit."""
        self._sealer = sealer
        self._clock = clock
        self._software = software

    def propose(self, task: Identified, loaded: Loaded, load: Callable[[str], Loaded]) -> Proposal:
        """Decide a command on a stream as loaded; `load` gives the other streams it looks at."""
        needed = loaded.type.needs(loaded.state, task.command)
        others = {stream: load(stream) for stream in needed}
        now = self._clock()
        context = _context(task, others, now)
        refusal: CommandRefused | None = None
        events: list[Event] = []
        try:
            events = loaded.type.decide(loaded.state, task.command, context)
        except CommandRefused as refused:
            refusal = refused
        recorded = bool(events)
        if not events:
            events = [_answered(task, loaded, now, refusal)]
            recorded = loaded.version > 0 and task.request.outside
        if recorded:
            return self._commit(task, loaded, others, now, events)
        return Proposal(answer_of(loaded, events, loaded.version))

    def _commit(
        self,
        task: Identified,
        loaded: Loaded,
        others: Mapping[str, Loaded],
        now: datetime,
        events: Sequence[Event],
    ) -> Proposal:
        state = loaded.state
        evolve = loaded.type.evolve
        for version, event in enumerate(events, loaded.version + 1):
            state = evolve(state, event, version)
        subject = loaded.type.subject(state, task.stream)
        value = encode_commit(
            commit_id=str(uuid.uuid4()),
            stream=task.stream,
            version=loaded.version + 1,
            prev=loaded.hash,
            recorded_at=now,
            envelope=self._envelope(task, others),
            events=[self._sealed(task.stream, event, subject) for event in events],
        )
        after = replace(
            loaded, state=state, version=loaded.version + len(events), hash=commit_hash(value)
        )
        answer = answer_of(after, events, after.version)
        return Proposal(answer, Draft(task.stream, value), after)

    def _sealed(self, stream: str, event: Event, subject: str) -> dict[str, Any]:
        body = event.model_dump(mode="json")
        paths = personal_paths(type(event))
        return self._sealer.seal(stream, body, paths, subject) if paths else body

    def _envelope(self, task: Identified, others: Mapping[str, Loaded]) -> Envelope:
        request = task.request
        return Envelope(
            command_id=task.command_id,
            command_type=task.command.type,
            digest=task.digest,
            actor=request.actor.model_dump(),
            on_behalf_of=request.on_behalf_of and request.on_behalf_of.model_dump(),
            source={"surface": request.surface, "id": request.credential},
            correlation=request.correlation or task.command_id,
            cause=request.cause
            and {"stream": request.cause.stream, "version": request.cause.version},
            reads={stream: other.version for stream, other in others.items()},
            software=self._software,
        )


def _context(task: Identified, others: Mapping[str, Loaded], now: datetime) -> Context:
    request = task.request
    return Context(
        now=now,
        command_id=task.command_id,
        stream=task.stream,
        actor=request.actor,
        on_behalf_of=request.on_behalf_of,
        history=request.history,
        record_late=request.record_late,
        states={stream: other.state for stream, other in others.items()},
    )


def _answered(
    task: Identified, loaded: Loaded, now: datetime, refusal: CommandRefused | None
) -> CommandAnswered:
    return CommandAnswered(
        occurred_at=now if loaded.state is None else max(now, loaded.state.latest_at),
        by=task.command.by,
        outcome="nothing" if refusal is None else "refused",
        code=None if refusal is None else refusal.code,
        facts={} if refusal is None else refusal.facts,
    )


def answer_of(
    loaded: Loaded, events: Sequence[Event], version: int, *, repeated: bool = False
) -> Answer:
    """The answer that recorded events give; `version` is the stream's after the last of them."""
    first = events[0]
    answered = first if isinstance(first, CommandAnswered) else None
    return Answer(
        outcome="done" if answered is None else answered.outcome,
        stream=loaded.stream,
        number=loaded.number,
        version=version,
        events=() if answered else tuple(event.type for event in events),
        code=answered and answered.code,
        facts=dict(answered.facts) if answered else {},
        repeated=repeated,
    )
