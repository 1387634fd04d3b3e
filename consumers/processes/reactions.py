"""What a process manager sees, and what it wants done about it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from deskledger.domain.commands import Command
from deskledger.domain.shapes import Actor


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
