"""Invented histories with the logs that belong to them, right ones or wrong by intent."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any

from hypothesis import strategies as st

from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.lane import lane_hash
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import StoredRecord
from tests.eventlog.build import DESK, Chain, commit, ticket
from tests.kafka.checker import Evidence
from tests.kafka.history import Attempt, Outcome

LANES = 3
EFFECTIVE = "effective"
CONFLICT = "void:conflict"
DUPLICATE = "void:duplicate_command"


class Kind(StrEnum):
    """How a call went."""

    DONE = auto()
    CONTESTED = auto()
    REPEATED_BY_A_ZOMBIE = auto()
    REFUSED_ON_RECORD = auto()
    REFUSED = auto()
    CONFLICT = auto()
    UNAVAILABLE = auto()
    UNKNOWN_AND_THERE = auto()
    UNKNOWN_AND_NOT_THERE = auto()
    RETRIED = auto()


VERDICTS = {
    Kind.DONE: (EFFECTIVE,),
    Kind.CONTESTED: (CONFLICT, EFFECTIVE),
    Kind.REPEATED_BY_A_ZOMBIE: (EFFECTIVE, DUPLICATE),
    Kind.REFUSED_ON_RECORD: (EFFECTIVE,),
    Kind.CONFLICT: (CONFLICT, CONFLICT),
    Kind.UNKNOWN_AND_THERE: (EFFECTIVE,),
    Kind.RETRIED: (EFFECTIVE,),
}
OUTCOMES = {
    Kind.DONE: (Outcome.DONE,),
    Kind.CONTESTED: (Outcome.DONE,),
    Kind.REPEATED_BY_A_ZOMBIE: (Outcome.DONE,),
    Kind.REFUSED_ON_RECORD: (Outcome.REFUSED,),
    Kind.REFUSED: (Outcome.REFUSED,),
    Kind.CONFLICT: (Outcome.CONFLICT,),
    Kind.UNAVAILABLE: (Outcome.UNAVAILABLE,),
    Kind.UNKNOWN_AND_THERE: (Outcome.UNKNOWN,),
    Kind.UNKNOWN_AND_NOT_THERE: (Outcome.UNKNOWN,),
    Kind.RETRIED: (Outcome.UNKNOWN, Outcome.DONE, Outcome.DONE),
}
ACKNOWLEDGED = (Kind.DONE, Kind.CONTESTED, Kind.REFUSED_ON_RECORD)


@dataclass(frozen=True)
class Call:
    """A command that was asked for, at its place in the log's order.

    Attributes:
        number: its place, and what its id is made of.
        stream: the number of its stream.
        kind: how it went.
        events: how many it caused.
        lead: how long before its place in time it was asked for.
        lag: how long after it was answered.
    """

    number: int
    stream: int
    kind: Kind
    events: int = 1
    lead: float = 0.1
    lag: float = 0.1

    @property
    def command(self) -> str:
        """The command's id."""
        return str(uuid.UUID(int=self.number + 1))


@dataclass(frozen=True)
class Step:
    """One record, with the verdict it gets, right or wrong.

    `skip` leaves versions out before it; `prev` stands in place of the right hash.
    """

    stream: str
    command: str
    events: int = 1
    verdict: str = EFFECTIVE
    skip: int = 0
    prev: bytes | None = None


@dataclass
class Log:
    """Lanes as a replica holds them, written step by step."""

    lanes: list[list[StoredRecord]] = field(default_factory=lambda: [[] for _ in range(LANES)])
    chains: dict[str, Chain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for lane in range(LANES):
            key, value = genesis_record(DESK, lane, LANES)
            self._add(lane, key.decode(), value, "control")

    def write(self, step: Step) -> StoredRecord:
        """Adds the record of a step; void ones name a version that never fits."""
        chain = self.chains.setdefault(step.stream, Chain(step.stream))
        lane = lane_of(step.stream, LANES)
        if step.verdict != EFFECTIVE:
            value = commit(step.stream, chain.version + 7, command=step.command)
            return self._add(lane, step.stream, value, step.verdict)
        chain.version += step.skip
        chain.hash = step.prev or chain.hash
        version = chain.version + 1
        value = chain.next(step.command, step.events).value
        return self._add(lane, step.stream, value, EFFECTIVE, range(version, version + step.events))

    def _add(
        self, lane: int, stream: str, value: bytes, verdict: str, versions: Sequence[int] = ()
    ) -> StoredRecord:
        records = self.lanes[lane]
        sequence, before = (
            (records[-1].sequence, records[-1].lane_hash) if records else (0, bytes(32))
        )
        record = StoredRecord(
            lane=lane,
            record=len(records) + 1,
            stream=stream,
            value=value,
            verdict=verdict,
            sequence=sequence + len(versions),
            version=versions[0] if versions else None,
            lane_time=0,
            lane_hash=lane_hash(before, stream.encode(), value, verdict),
            number=None,
        )
        records.append(record)
        return record


def written(steps: Iterable[Step]) -> Log:
    """The log of steps."""
    log = Log()
    for step in steps:
        log.write(step)
    return log


def steps_of(calls: Iterable[Call]) -> list[Step]:
    """What calls have left in the log."""
    return [
        Step(ticket(call.stream), call.command, call.events, verdict)
        for call in calls
        for verdict in VERDICTS.get(call.kind, ())
    ]


def attempts_of(calls: Iterable[Call]) -> Iterator[Attempt]:
    """What the callers of a right log were told."""
    log = Log()
    for call in calls:
        answer: dict[str, Any] = {}
        for step in steps_of([call]):
            record = log.write(step)
            if record.version is not None:
                version = record.version + call.events - 1
                answer = {"version": version, "position": (record.lane, record.sequence)}
        for later, outcome in enumerate(OUTCOMES[call.kind]):
            began, ended = call.number - call.lead + later, call.number + call.lag + later
            told = {} if outcome is Outcome.UNKNOWN else answer
            yield Attempt(call.command, ticket(call.stream), began, ended, outcome, **told)


def evidence(attempts: Iterable[Attempt], log: Log) -> Evidence:
    """A history, and two replicas that hold a log."""
    topic = [[(record.stream.encode(), record.value) for record in lane] for lane in log.lanes]
    replicas = {name: [list(lane) for lane in log.lanes] for name in ("one", "two")}
    return Evidence(DESK, list(attempts), topic, replicas)


@st.composite
def worlds(draw: st.DrawFn) -> list[Call]:
    """Calls on three tickets by several clients at once; each kind may occur anywhere.

    The last two are acknowledged, on one ticket, and do not overlap.
    """
    spans = st.floats(0.01, 3)
    kinds = draw(st.lists(st.sampled_from(Kind), max_size=12))
    calls = [
        Call(
            number, draw(st.integers(0, 2)), kind, draw(st.integers(1, 3)), draw(spans), draw(spans)
        )
        for number, kind in enumerate(kinds)
    ]
    last = [Call(len(calls) + more, 0, Kind.DONE) for more in range(2)]
    return calls + last
