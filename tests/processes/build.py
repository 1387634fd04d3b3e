"""A desk whose clock the test moves, and its processes."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from deskledger.app.desk import Desk, NewDesk
from deskledger.app.node.processes import PROCESSES
from deskledger.consumers.processes.lease import FileLease
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.consumers.processes.waker import Waker
from deskledger.domain.commands import Command
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket, PendTicket
from deskledger.eventlog.commit import commit_hash, read_commit
from deskledger.eventlog.records import Draft
from deskledger.eventlog.writing.requests import Answer, Request

BEGUN_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVICE = Actor(kind="service", id="test")
ALL_LANES = frozenset(range(12))


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = BEGUN_AT

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Moves on."""
        self.now += timedelta(seconds=seconds)


@dataclass
class FreeLease:
    """Lanes that are given and taken by the test."""

    held: frozenset[int] = field(default=ALL_LANES)

    def lanes(self) -> frozenset[int]:
        """The lanes held."""
        return self.held

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class Place:
    """An open desk with its clock."""

    desk: Desk
    clock: Clock

    def ask(self, stream: str | None, command: Command, key: str | None = None) -> Answer:
        """Executes a command of some service."""
        return self.desk.writer.execute(stream, command, Request(SERVICE, "http", "test", key=key))

    def snoozed(self, seconds: float, key: str | None = None) -> str:
        """A new ticket that waits for so long; gives its stream."""
        opened = self.ask(None, OpenTicket(channel="email"), key)
        self.snooze(opened.stream, seconds)
        return opened.stream

    def snooze(self, stream: str, seconds: float) -> None:
        """Lets a ticket wait for so long from now."""
        until = self.desk.clock() + timedelta(seconds=seconds)
        answer = self.ask(stream, PendTicket(reason="customer", until=until))
        assert answer.outcome == "done", answer

    def types(self, stream: str) -> list[str]:
        """The types of a stream's events, in order."""
        commits = (read_commit(record.value) for record in self.desk.ledger.history(stream))
        return [event["type"] for commit in commits for event in commit.events]

    def wakings(self, stream: str) -> int:
        """How often a ticket was woken."""
        commits = [read_commit(record.value) for record in self.desk.ledger.history(stream)]
        return sum(commit.envelope.command_type == "WakeTicket" for commit in commits)

    def runner(self, lease: FreeLease | FileLease | None = None, name: str = Waker.name) -> Runner:
        """One of the desk's processes, by default the waker, as a node begins it."""
        desk, process = self.desk, PROCESSES[name](self.desk)
        return Runner(process, Parts(desk.ledger, desk.writer, self.clock, lease or FreeLease()))

    def state(self, stream: str) -> Any:
        """What a stream is now."""
        return self.desk.writer.streams.load(stream).state


@contextmanager
def new_place(directory: Path, clock: Callable[[], datetime] | None = None) -> Iterator[Place]:
    """A new desk in a directory that does not exist yet."""
    told = Clock()
    with Desk.create(directory, NewDesk(zone="UTC"), clock=clock or told) as desk:
        yield Place(desk, told)


def settle(runner: Runner) -> None:
    """Steps until there is nothing more to read."""
    while runner.step():
        pass


def foreign(place: Place, stream: str, *events: dict[str, object]) -> None:
    """A commit that fits, by somebody who does not know what events look like."""
    last = place.desk.ledger.history(stream)[-1]
    body = orjson.loads(last.value)
    body["version"] += len(body["events"])
    body["prev"] = commit_hash(last.value).hex()
    body["command"]["id"] = str(uuid.uuid4())
    body["events"] = list(events)
    (receipt,) = place.desk.ledger.append([Draft(stream, orjson.dumps(body))])
    assert receipt.effective
