"""Commands of tickets as a pure function of their ids, so that anybody can ask for one again."""

import uuid
from random import Random

from deskledger.app.desk import Desk
from deskledger.domain.commands import Command
from deskledger.domain.errors import DeskError
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket, PrioritiseTicket, ReopenTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.eventlog.errors import Conflict, Unavailable
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task
from tests.kafka.history import Outcome, Sink, asking

PRIORITIES = ("low", "high")
# Any other error leaves it open what became of the command.
UNANSWERED = {Conflict: Outcome.CONFLICT, Unavailable: Outcome.UNAVAILABLE}


def new_command(random: Random) -> str:
    """A command's id, and with it the command."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def work_of(command: str) -> Command:
    """What a command asks of an open ticket: mostly notes, some changes, some that are refused."""
    kind = uuid.UUID(command).bytes[0] % 8
    match kind:
        case 0:
            return ReopenTicket()
        case 1 | 2:
            return PrioritiseTicket(priority=PRIORITIES[kind - 1])
        case _:
            return AddNote(text=f"Note {command}")


def request_of(desk: Desk, command: str) -> Request:
    """Who asks: the desk's first agent."""
    agent = Actor(kind="agent", id=desk.first_agent())
    return Request(agent, "tests", "faults", command_id=command)


def opened_tickets(desk: Desk, count: int) -> list[str]:
    """The streams of new tickets."""
    opening = OpenTicket(channel="email", subject="It is broken", status="open")
    commands = (str(uuid.uuid4()) for _ in range(count))
    tasks = [Task(None, opening, request_of(desk, command)) for command in commands]
    return [answer.stream for answer in desk.writer.execute_many(tasks)]


def ask(
    desk: Desk, sink: Sink, command: str, stream: str, work: Command | None = None
) -> tuple[Outcome, tuple[int, int] | None]:
    """Asks for a command and writes down what came of it: the outcome, and where it stands."""
    with asking(sink, command, stream) as told:
        try:
            answer = desk.writer.execute(
                stream, work or work_of(command), request_of(desk, command)
            )
        except DeskError as error:
            outcome = UNANSWERED.get(type(error), Outcome.UNKNOWN)
            told(outcome, reason=f"{type(error).__name__}: {error}")
            return outcome, None
        outcome, position = Outcome(answer.outcome), answer.position
        told(outcome, None if position is None else answer.version, position)
        return outcome, position
