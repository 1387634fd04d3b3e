"""A desk that makes promises, and its watchers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from deskledger.consumers.processes.due_times import DueTimes
from deskledger.consumers.processes.lease import FileLease
from deskledger.consumers.processes.runner import Parts
from deskledger.consumers.processes.watch_beginning import from_ledger
from deskledger.consumers.processes.watcher import Begin, Watcher
from deskledger.domain.commands import Command
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import (
    OpenTicket,
    PendTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
)
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.instants import format_instant
from deskledger.eventlog.writing.requests import Request
from tests.processes.build import BEGUN_AT, FreeLease, Place

MINUTE = 60
HOUR = 60 * MINUTE
ADMIN = Actor(kind="agent", id="admin")

COMMANDS: dict[str, Command] = {
    "reply": SendReply(text="Hello"),
    "pend": PendTicket(reason="customer"),
    "resume": ResumeTicket(),
    "solve": SolveTicket(resolution="fixed"),
    "reopen": ReopenTicket(reason="mistake"),
}
"""What moves the clocks of a ticket."""

RESPONSE = {
    "metric": "first_response",
    "within": "PT1H",
    "marks": [{"name": "soon", "offset": "-PT15M"}, {"name": "later", "offset": "PT30M"}],
}
SOLUTION = {
    "metric": "requester_wait",
    "within": "PT4H",
    "marks": [
        {"name": "half", "percent": 50},
        {"name": "far", "offset": "PT1H", "level": 1},
        {"name": "farther", "offset": "PT2H", "level": 2},
    ],
}


class Passed(NamedTuple):
    """A mark or a breach (`mark` is None) as it was recorded: of which clock, and its own time."""

    metric: str
    instance: int
    mark: str | None
    at: str


def opened(place: Place) -> str:
    """A new ticket, to be answered within an hour."""
    return place.ask(None, OpenTicket(channel="email")).stream


def at(minutes: float, microseconds: int = 0) -> str:
    """An instant as it is stored, by how long it is after the beginning."""
    return format_instant(BEGUN_AT + timedelta(minutes=minutes, microseconds=microseconds))


SOON = Passed("first_response", 1, "soon", at(45))
BREACH = Passed("first_response", 1, None, at(60))
LATER = Passed("first_response", 1, "later", at(90))
ALL = [SOON, BREACH, LATER]


def publish(
    place: Place, *targets: dict[str, Any], reach: str = "new", when: dict[str, Any] | None = None
) -> None:
    """Promises something around the clock, to every ticket or to some."""
    policy = {"name": "all", "when": when or {}, "calendar": "always", "targets": list(targets)}
    stated = {"format": 1, "calendars": {}, "policies": [policy], "reach": reach}
    document = ServicePolicy.model_validate(stated).written()
    request = Request(ADMIN, "cli", "test", configures=True)
    answer = place.desk.writer.execute(POLICY_STREAM, Publish(document=document), request)
    assert answer.outcome == "done", answer


def ask(place: Place, stream: str, command: Command) -> None:
    """Executes a command of the desk's first agent; whoever is no person answers nobody."""
    agent = Actor(kind="agent", id=place.desk.first_agent())
    place.desk.writer.execute(stream, command, Request(agent, "http", "test"))


def watcher(
    place: Place, lease: FreeLease | FileLease | None = None, begin: Begin | None = None
) -> Watcher:
    """A watcher as a node begins it, from the ledger's first record."""
    desk = place.desk
    parts = Parts(desk.ledger, desk.writer, place.clock, lease or FreeLease())
    return Watcher(parts, desk.ledger, begin or beginning(place))


def beginning(place: Place) -> Begin:
    """Begins with nothing known."""

    def begin(lanes: frozenset[int], _due: DueTimes) -> Any:
        return from_ledger(place.desk.ledger, lanes)

    return begin


def settle(one: Watcher) -> None:
    """Steps until nothing is left to read and nothing is due."""
    while one.step():
        pass


def passed(place: Place, stream: str) -> list[Passed]:
    """The marks and breaches of a ticket, in the order in which they were recorded."""
    return [
        Passed(event["metric"], event["instance"], event.get("mark"), event["occurred_at"])
        for event in events(place, stream)
        if event["type"] in ("MarkReached", "ClockBreached")
    ]


def events(place: Place, stream: str) -> list[dict[str, Any]]:
    """The events of a stream."""
    commits = (read_commit(record.value) for record in place.desk.ledger.history(stream))
    return [event for commit in commits for event in commit.events]


def observations(place: Place, stream: str) -> int:
    """How many commits a watcher made in a stream."""
    commits = (read_commit(record.value) for record in place.desk.ledger.history(stream))
    return sum(commit.envelope.command_type == "ObserveClocks" for commit in commits)


def killed_at(place: Place, monkeypatch: Any, *, after: bool) -> Callable[[], None]:
    """The next commands of a watcher are its last: it is killed before or after they are stored."""
    real = place.desk.writer.execute_many

    def execute_many(tasks: Any) -> Any:
        if after:
            real(tasks)
        raise Killed

    monkeypatch.setattr(place.desk.writer, "execute_many", execute_many)
    return lambda: monkeypatch.setattr(place.desk.writer, "execute_many", real)


def until_killed(work: Callable[[], None]) -> None:
    """Lets somebody work who may be killed over it."""
    try:
        work()
    except Killed:
        return


class Killed(BaseException):
    """Stands for the end of a process."""
