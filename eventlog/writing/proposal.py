"""What a command would change, as the commit that says so: decided, sealed, encoded, not stored."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.identifiers import uuid_text
from deskledger.domain.personal import PersonalPath, personal_paths
from deskledger.eventlog.commit import Envelope, encode_commit
from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.records import Draft
from deskledger.eventlog.vault.sealing import JsonObject, Sealer
from deskledger.eventlog.writing.answers import answer_of
from deskledger.eventlog.writing.identified import Identified
from deskledger.eventlog.writing.requests import Answer
from deskledger.eventlog.writing.streams import Loaded


class Proposal(NamedTuple):
    """What a command comes to on a stream as it was loaded.

    Attributes:
        answer: what the caller is told once the events are recorded, or at once if none are.
        before: the stream that was decided on.
        after: the stream with the events, but for the hash, which the written commit has.
        events: the JSON of the events to record, personal values open; empty for none.
        paths: where each of them has personal values.
        subject: the stream whose key seals what is no text or attachment.
    """

    task: Identified
    answer: Answer
    before: Loaded
    after: Loaded
    decided_at: datetime
    reads: Mapping[str, int]
    events: Sequence[JsonObject] = ()
    paths: Sequence[Sequence[PersonalPath]] = ()
    subject: str = ""

    @property
    def needs_subject_key(self) -> bool:
        """Whether a value is to be sealed under the subject's own key."""
        return any(
            event[path.parts[0]] and path.purpose == "subject"
            for event, paths in zip(self.events, self.paths, strict=True)
            for path in paths
        )


class Proposer:
    """Decides commands, and writes the commits that say what they change."""

    def __init__(self, sealer: Sealer, clock: Callable[[], datetime], software: str) -> None:
        """`clock` gives aware UTC instants; `software` is stamped in every commit."""
        self._sealer = sealer
        self._clock = clock
        self._software = software

    def propose(self, task: Identified, loaded: Loaded, load: Callable[[str], Loaded]) -> Proposal:
        """Decide a command on a stream as loaded; `load` gives the other streams it looks at."""
        now = self._clock().astimezone(UTC)
        states: dict[str, Any] = {}
        context = _context(task, states, now)
        needed = loaded.type.needs(loaded.state, task.command, context)
        others = {stream: load(stream) for stream in needed}
        states.update((stream, other.state) for stream, other in others.items())
        if loaded.type.further is not None:
            further = loaded.type.further(loaded.state, task.command, context) - others.keys()
            others |= {stream: load(stream) for stream in further}
            states.update((stream, others[stream].state) for stream in further)
        refusal: CommandRefused | None = None
        events: list[Event] = []
        try:
            events = loaded.type.decide(loaded.state, task.command, context)
        except CommandRefused as refused:
            # With its traceback it would hold this frame, and so everything of the batch.
            refusal = refused.with_traceback(None)
        reads = {stream: other.version for stream, other in others.items()}
        if events:
            return _recorded(task, loaded, now, reads, events)
        answered = [_answered(task, loaded, now, refusal)]
        if loaded.version and task.request.outside:
            return _recorded(task, loaded, now, reads, answered)
        told = [answered[0].written()]
        answer = answer_of(loaded.stream, loaded.number, loaded.version, told)
        return Proposal(task, answer, loaded, loaded, now, reads)

    def prepare(self, proposals: Iterable[Proposal]) -> None:
        """Make the keys of all new subjects with one write instead of one each."""
        self._sealer.prepare({p.subject for p in proposals if p.needs_subject_key})

    def write(self, proposal: Proposal, prev: bytes) -> Draft:
        """The commit of a proposal with events; `prev` is the hash of the stream's latest one."""
        task, stream = proposal.task, proposal.task.stream
        sealed = (
            self._sealer.seal(stream, event, paths, proposal.subject) if paths else event
            for event, paths in zip(proposal.events, proposal.paths, strict=True)
        )
        value = encode_commit(
            commit_id=uuid_text(random_bytes(16), 4),
            stream=stream,
            version=proposal.before.version + 1,
            prev=prev,
            recorded_at=proposal.decided_at,
            envelope=self._envelope(task, proposal.reads),
            events=list(sealed),
        )
        return Draft(stream, value)

    def _envelope(self, task: Identified, reads: Mapping[str, int]) -> Envelope:
        request = task.request
        represented, cause = request.on_behalf_of, request.cause
        return Envelope(
            command_id=task.command_id,
            command_type=task.command.type,
            digest=task.digest,
            actor=request.actor.written(),
            on_behalf_of=None if represented is None else represented.written(),
            source={"surface": request.surface, "id": request.credential},
            correlation=request.correlation or task.command_id,
            cause=None if cause is None else {"stream": cause.stream, "version": cause.version},
            reads=reads,
            software=self._software,
        )


def _recorded(
    task: Identified,
    loaded: Loaded,
    now: datetime,
    reads: Mapping[str, int],
    events: Sequence[Event],
) -> Proposal:
    acting = (task.request.on_behalf_of or task.request.actor).kind
    state = loaded.type.after(loaded.state, events, loaded.version + 1, acting)
    version = loaded.version + len(events)
    stream, kind, _, _, last_hash, number, commands = loaded
    after = Loaded(stream, kind, state, version, last_hash, number, commands)
    bodies = [event.written() for event in events]
    return Proposal(
        task,
        answer_of(loaded.stream, loaded.number, version, bodies),
        loaded,
        after,
        now,
        reads,
        bodies,
        [personal_paths(type(event)) for event in events],
        loaded.type.subject(state, task.stream),
    )


def _context(task: Identified, states: Mapping[str, Any], now: datetime) -> Context:
    request = task.request
    return Context(
        now=now,
        command_id=task.command_id,
        stream=task.stream,
        actor=request.actor,
        on_behalf_of=request.on_behalf_of,
        history=request.history,
        record_late=request.record_late,
        configures=request.configures,
        states=states,
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
