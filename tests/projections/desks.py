"""A real desk in a directory, with some tickets in it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.commands import Command
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket, SolveTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task
from deskledger.projections.file import NAME
from deskledger.projections.store import ProjectionStore

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """A clock that moves a second at each look."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def new_desk(directory: Path, tickets: int) -> Desk:
    """An open desk with so many tickets, each opened, answered and some of them solved."""
    desk = Desk.create(directory, NewDesk(zone="UTC"), clock=Clock())
    work(desk, tickets)
    return desk


def work(desk: Desk, tickets: int, begun: int = 0) -> None:
    """Opens and answers tickets; `begun` were opened before."""
    agent = Actor(kind="agent", id=desk.first_agent())
    opening = Together(
        parts=(
            OpenTicket(channel="email", subject="It is broken"),
            ReceiveMessage(text="The light stays red."),
        )
    )
    numbers = range(begun, begun + tickets)
    opened = desk.writer.execute_many(
        [Task(None, opening, _request(agent, f"open {number}")) for number in numbers]
    )
    for number, answer in zip(numbers, opened, strict=True):
        commands: list[Command] = [TakeTicket(), SendReply(text="Please restart it.")]
        commands += [SolveTicket(resolution="fixed")] if number % 2 else [AddNote(text="Hm")]
        commands += [TakeTicket()] if number % 3 else []
        desk.writer.execute_many(
            [
                Task(answer.stream, command, _request(agent, f"work {number} {index}"))
                for index, command in enumerate(commands)
            ]
        )


def open_store(desk: Desk) -> ProjectionStore:
    """The desk's projections."""
    return ProjectionStore.open(desk.directory / NAME, desk.ledger.desk)


def _request(agent: Actor, key: str) -> Request:
    return Request(agent, "cli", "tests", key=key)
