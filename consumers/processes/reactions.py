"""What a process manager sees, and what it wants done about it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import orjson

from deskledger.domain.commands import Command
from deskledger.domain.shapes import Actor
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.writing.requests import Cause, Request

SURFACE = "process"


class Fact(NamedTuple):
    """One event as a process sees it: where it stands, and its stored JSON, still sealed.

    `actor` is who appended its commit, as that says it.
    """

    lane: int
    sequence: int
    stream: str
    version: int
    event: Mapping[str, Any]
    actor: Mapping[str, Any] = MappingProxyType({})


class Reaction(NamedTuple):
    """A command that follows from a fact; `due_at` is when, None for at once.

    What is decided then is decided on the streams as they are then: a reaction whose reason is
    gone by that time changes nothing.

    Attributes:
        actor: who acts, where it is not the process itself but what it follows.
    """

    stream: str
    command: Command
    due_at: datetime | None = None
    actor: Actor | None = None


class Effect(NamedTuple):
    """Something to be done outside the ledger; it may be done again, and says if it changed any."""

    perform: Callable[[], bool]
    due_at: datetime | None = None


class ProcessManager(Protocol):
    """What happens must be followed by what; it remembers nothing and decides nothing.

    Attributes:
        name: of its streams `process/<name>/<lane>` and of its lease.
        rules: number of its rules; a new one reacts anew to what it reads from then on.
        types: of the events that it looks at.
        from_beginning: whether a new one also looks at what had happened before it was started.
    """

    name: str
    rules: int
    types: frozenset[str]
    from_beginning: bool

    def reactions(self, fact: Fact) -> Iterable[Reaction | Effect]:
        """What follows from an event of one of the `types`.

        Raises:
            Unavailable: it cannot be told now; it is asked again.
        """


def actor_of(process: ProcessManager) -> Actor:
    """Who acts where a process reacts by itself."""
    return Actor(kind="system", id=process.name, version=process.rules)


def facts(record: StoredRecord, types: Collection[str]) -> Iterator[Fact]:
    """The events of some types that a record holds, in order; none where it is no commit."""
    if record.version is None:
        return
    commit = orjson.loads(record.value)
    events = commit["events"]
    first = record.sequence - len(events) + 1
    for place, event in enumerate(events):
        if event.get("type") in types:
            at = (record.lane, first + place, record.stream, record.version + place)
            yield Fact(*at, event, commit.get("actor"))


def request_for(process: ProcessManager, fact: Fact, place: int, reaction: Reaction) -> Request:
    """How a reaction is asked for: the same again, whoever reads the fact, however often.

    Args:
        process: whose reaction it is.
        fact: what it follows from.
        place: its number among the reactions to this fact, from 0.
        reaction: itself.
    """
    return Request(
        reaction.actor or actor_of(process),
        SURFACE,
        process.name,
        key=f"{process.rules}/{fact.lane}/{fact.sequence}/{place}",
        cause=Cause(fact.stream, fact.version),
    )
