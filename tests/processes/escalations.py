"""A desk with service levels, whose clock the test moves, and how its tickets are escalated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from deskledger.consumers.processes.runner import Runner
from deskledger.domain.agent.commands import AddAgent
from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.availability.events import Availability
from deskledger.domain.availability.months import availability_stream
from deskledger.domain.commands import Command
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.group.commands import AddMember, FormGroup
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.eventlog.commit import Commit, read_commit
from deskledger.eventlog.writing.requests import Answer, Request
from tests.processes.build import Place, settle

LI = "11111111-1111-8111-8111-111111111111"
ZHAO = "22222222-2222-8222-8222-222222222222"
AS_LI = Actor(kind="agent", id=LI)
POLICY = "service-policy/default"
MINUTE, HOUR = 60.0, 3_600.0

SOON: dict[str, Any] = {"name": "soon", "offset": "-PT30M", "actions": {"tags": ["soon-late"]}}
LATE: dict[str, Any] = {
    "name": "late",
    "offset": "PT0S",
    "level": 1,
    "actions": {"priority": "high", "agents": [LI, ZHAO], "notify": ["responsible"]},
}
LATER: dict[str, Any] = {
    "name": "later",
    "offset": "PT1H",
    "level": 2,
    "actions": {"priority": "urgent", "group": "second-line", "tags": ["lost"]},
}
LATEST: dict[str, Any] = {"name": "latest", "offset": "PT3H", "level": 3}
DUE = 4 * HOUR
ALL = (SOON, LATE, LATER, LATEST)


def levels(*marks: Mapping[str, Any], within: str = "PT4H", **policy: Any) -> dict[str, Any]:
    """A policy with one target for solutions, in which every second counts."""
    target = {"metric": "resolution", "within": within, "marks": list(marks)}
    return {"name": "p", "calendar": "always", "targets": [target], **policy}


@dataclass
class Escalated:
    """One `TicketEscalated` with the commit in which it stands."""

    event: Mapping[str, Any]
    commit: Commit

    @property
    def step(self) -> tuple[int, int, bool]:
        """From which level to which, and whether it acted."""
        level = self.event["level"]
        return level["before"], level["after"], self.event["acted"]


class Desk:
    """A desk with Li and Zhao in `second-line`, under whose levels tickets are opened."""

    def __init__(self, place: Place, *policies: Mapping[str, Any]) -> None:
        self.place = place
        for agent in (LI, ZHAO):
            place.ask(f"agent/{agent}", AddAgent())
        place.ask("group/second-line", FormGroup(names={"en": "Second line"}))
        for agent in (LI, ZHAO):
            place.ask("group/second-line", AddMember(agent=agent))
        self.publish(*policies)
        place.clock.pass_by(1)

    def publish(self, *policies: Mapping[str, Any], reach: str = "new") -> None:
        """Puts service levels in force."""
        stated = {"format": 1, "calendars": {}, "policies": list(policies), "reach": reach}
        request = Request(AS_LI, "cli", "test", configures=True)
        self._done(POLICY, Publish(document=stated), request)

    def opened(self, **stated: Any) -> str:
        """A ticket of a customer, with its clocks running."""
        return self.place.ask(None, OpenTicket(channel="email", **stated)).stream

    def say(self, agent: str, availability: Availability) -> None:
        """Lets an agent say whether they are there."""
        stream = availability_stream(agent, self.place.clock.now)
        self._done(stream, SetAvailability(availability=availability), Request(AS_LI, "cli", "t"))

    def as_li(self, ticket: str, command: Command) -> Answer:
        """Executes a command of Li."""
        return self._done(ticket, command, Request(AS_LI, "cli", "test"))

    def observe(self, ticket: str) -> None:
        """Records what the clocks have done by now, as whoever watches them would."""
        watcher = Request(Actor(kind="system", id="watcher", version=1), "process", "watcher")
        self.place.desk.writer.execute(ticket, ObserveClocks(), watcher)

    def run(self) -> Runner:
        """Lets an escalator that never ran before do all that is to be done; gives it."""
        runner = self.place.runner(name="escalator")
        settle(runner)
        return runner

    def pass_by(self, ticket: str, seconds: float) -> None:
        """Lets time pass, with everybody at work who follows it."""
        self.place.clock.pass_by(seconds)
        self.observe(ticket)
        self.run()

    def commits(self, ticket: str) -> list[Commit]:
        """The commits of a ticket in their order."""
        return [read_commit(record.value) for record in self.place.desk.ledger.history(ticket)]

    def escalated(self, ticket: str) -> list[Escalated]:
        """Its escalations in their order."""
        return [
            Escalated(event, commit)
            for commit in self.commits(ticket)
            for event in commit.events
            if event["type"] == "TicketEscalated"
        ]

    def steps(self, ticket: str) -> list[tuple[int, int, bool]]:
        """From which level to which, and whether it acted, of each escalation."""
        return [one.step for one in self.escalated(ticket)]

    def due_after(self, ticket: str, metric: str = "resolution") -> timedelta:
        """How long after its start the first clock of a metric is due."""
        clock = self.place.state(ticket).clocks[metric, 1]
        return timedelta(microseconds=clock.due - clock.start)

    def _done(self, stream: str, command: Command, request: Request) -> Answer:
        answer = self.place.desk.writer.execute(stream, command, request)
        assert answer.outcome == "done", answer
        return answer
