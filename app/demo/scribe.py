"""The story as it is written down: one step after another, each a command with its time."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from deskledger.app.demo.plan import WEEK, Plan
from deskledger.domain.agent.commands import AddAgent
from deskledger.domain.commands import Command
from deskledger.domain.identifiers import agent_id, ticket_id
from deskledger.domain.shapes import Actor
from deskledger.eventlog.identity import command_id, identity_stream
from deskledger.eventlog.writing.requests import Cause, Request

Outcome = Literal["done", "refused", "nothing"]


class DeskKeys(NamedTuple):
    """The desk's secret keys from which ids of commands and identities are made."""

    command: bytes
    identity: bytes


class Source(NamedTuple):
    """Who acts, where that comes in, for whom and why, and with which right.

    Steps of another `thread` of the story are counted, and so named, apart: what is added to the
    story in one leaves the names of all others as they were.
    """

    actor: Actor
    surface: str
    credential: str
    on_behalf_of: Actor | None = None
    cause: Cause | None = None
    record_late: bool = False
    configures: bool = False
    thread: str = ""


class Step(NamedTuple):
    """One command of the story.

    Attributes:
        at: when it is recorded, aware UTC; each step is later than the one before.
        stream: None for a ticket or agent that the command makes.
        expected: what the desk answers to it; None where one of its processes asks.
    """

    at: datetime
    stream: str | None
    command: Command
    request: Request
    expected: Outcome | None


class Scribe:
    """Writes steps, and knows the ids that they will have."""

    def __init__(self, plan: Plan, keys: DeskKeys) -> None:
        self._keys = keys
        self._seed = plan.seed
        self._begins_at = plan.begins_at
        self._counts: Counter[str] = Counter()
        self._latest = -WEEK
        self._steps: list[Step] = []

    def write(
        self,
        at: int,
        stream: str | None,
        command: Command,
        source: Source,
        expected: Outcome = "done",
    ) -> str:
        """Write a step, a microsecond after the last one at the earliest; gives its stream."""
        self._latest = max(int(at), self._latest + 1)
        self._counts[source.thread] += 1
        identity = command_id(
            self._keys.command,
            surface=source.surface,
            credential=source.credential,
            idempotency_key=f"demo-{self._seed}-{source.thread}{self._counts[source.thread]}",
        )
        request = Request(
            source.actor,
            source.surface,
            source.credential,
            command_id=identity,
            on_behalf_of=source.on_behalf_of,
            cause=source.cause,
            record_late=source.record_late,
            configures=source.configures,
        )
        self._steps.append(Step(self.instant(self._latest), stream, command, request, expected))
        return stream or _made(command, identity)

    @property
    def latest_id(self) -> str:
        """The id of the command that was written last."""
        return self._steps[-1].request.command_id or ""

    def take(self) -> Iterator[Step]:
        """The steps written since the last time."""
        steps, self._steps = self._steps, []
        yield from steps

    def instant(self, at: float) -> datetime:
        """A time of the story as an instant."""
        return self._begins_at + timedelta(microseconds=int(at))

    def identity(self, kind: str, address: str) -> str:
        """The stream of the identity with a normalised address."""
        return identity_stream(self._keys.identity, kind, address)


def _made(command: Command, identity: str) -> str:
    """The stream that a command makes."""
    if isinstance(command, AddAgent):
        return f"agent/{agent_id(identity)}"
    return f"ticket/{ticket_id(identity)}"
