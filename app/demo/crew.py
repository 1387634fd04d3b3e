"""The agents of the story, and the queues from which they take their work."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from random import Random

from deskledger.app.demo.agenda import Agenda
from deskledger.app.demo.hours import works
from deskledger.app.demo.plan import SECOND
from deskledger.app.demo.scribe import Source
from deskledger.app.demo.script import AgentRole, Language
from deskledger.app.demo.ticket import Ticket
from deskledger.domain.shapes import Actor

_NOTICED_SECONDS = (15, 150)
_Place = tuple[int, int, int, Ticket]


@dataclass(slots=True, eq=False)
class Agent:
    """An agent at work.

    Attributes:
        groups: whose queues they serve, their own first.
        day_off: beside Sunday, 0 for Monday.
        busy: with a ticket, or about to look for one.
        inbox: their own tickets that need something.
        held: every ticket that they have ever had.
        absent_from: from when on they are ill, or have `left`.
        there: what they said last is that they are there, if only for a break.
    """

    role: AgentRole
    id: str
    groups: list[str]
    day_off: int
    busy: bool = False
    inbox: list[_Place] = field(default_factory=list)
    held: list[Ticket] = field(default_factory=list)
    absent_from: int | None = None
    left: bool = False
    there: bool = False

    @property
    def source(self) -> Source:
        """Where their commands come in."""
        return Source(Actor(kind="agent", id=self.id), "http", "console")

    def has(self, ticket: Ticket) -> None:
        """Become responsible for a ticket."""
        ticket.agent = self
        self.held.append(ticket)

    def name(self, language: Language) -> str:
        """The name with which they sign."""
        return self.role.name if language == "zh" else self.role.alias

    def speaks(self, language: Language) -> bool:
        """Whether they can answer in a language."""
        return language == "zh" or self.role.english

    def absent(self, at: int) -> bool:
        """Whether they do not come any more."""
        return self.absent_from is not None and at >= self.absent_from

    def on_duty(self, at: int) -> bool:
        """Whether they are at work."""
        return not self.absent(at) and works(self.role.shift, self.day_off, at)


class Crew:
    """Who does what: tickets go to the agent who has them, else to whoever is free in the group.

    `look` is called when an agent has become free or has got something to do.
    """

    def __init__(self, rng: Random, agenda: Agenda) -> None:
        self.agents: list[Agent] = []
        self.look: Callable[[int, Agent], None] = _nobody
        self._rng = rng
        self._agenda = agenda
        self._count = count()
        self._queues: dict[tuple[str | None, Language], list[_Place]] = {}

    def queue(self, at: int, ticket: Ticket) -> None:
        """Put a ticket into its group's queue, or the intake's, and call somebody who is free."""
        place = self._queues.setdefault((ticket.group, ticket.language), [])
        heappush(place, (ticket.band, ticket.waiting_since, next(self._count), ticket))
        free = self.free(at, ticket.group, ticket.language)
        if free is not None:
            self.call(at, free)

    def give(self, at: int, ticket: Ticket) -> None:
        """Let the agent who has a ticket know that it needs something."""
        agent = ticket.agent
        if agent is None or agent.absent(at):
            return
        heappush(agent.inbox, (ticket.band, ticket.waiting_since, next(self._count), ticket))
        if agent.on_duty(at):
            self.call(at, agent)

    def call(self, at: int, agent: Agent) -> None:
        """Let a free agent look for work in a moment."""
        if not agent.busy:
            agent.busy = True
            delay = self._rng.randint(*_NOTICED_SECONDS) * SECOND
            self._agenda.add(at + delay, self.look, agent)

    def free(self, at: int, group: str | None, language: Language) -> Agent | None:
        """An agent of the group who is at work and has nothing to do."""
        served = group or "first-line"
        start = self._rng.randrange(len(self.agents))
        for agent in self.agents[start:] + self.agents[:start]:
            if agent.busy or served not in agent.groups or not agent.speaks(language):
                continue
            if agent.on_duty(at):
                return agent
        return None

    def next_for(self, agent: Agent) -> Ticket | None:
        """What an agent does next: an own ticket, else the head of the queues they serve."""
        while agent.inbox:
            ticket = heappop(agent.inbox)[3]
            if ticket.agent is agent and ticket.status == "open" and not ticket.spoiled:
                return ticket
        groups: list[str | None] = [*agent.groups]
        if "first-line" in groups:
            groups.append(None)
        languages: tuple[Language, ...] = ("zh", "en") if agent.role.english else ("zh",)
        served = [(group, spoken) for group in groups for spoken in languages]
        waiting = [self._queues[key] for key in served if self._tidied(key)]
        return heappop(min(waiting, key=_head))[3] if waiting else None

    def waiting(self, agent: Agent) -> list[Ticket]:
        """The tickets in an agent's inbox that still need something."""
        found = {place[2]: place[3] for place in agent.inbox}
        return [
            ticket
            for ticket in dict.fromkeys(found.values())
            if ticket.agent is agent and ticket.status == "open" and not ticket.spoiled
        ]

    def _tidied(self, key: tuple[str | None, Language]) -> bool:
        """Drop from a queue's head what does not wait in it any more; whether anything is left."""
        queue = self._queues.get(key)
        while queue:
            ticket = queue[0][3]
            waits = ticket.agent is None and ticket.status in ("new", "open")
            if waits and ticket.group == key[0] and not ticket.spoiled:
                return True
            heappop(queue)
        return False

    def of_group(self, group: str) -> list[Agent]:
        """The agents whose own group it is."""
        return [agent for agent in self.agents if agent.role.group == group]

    def lead(self, group: str) -> Agent:
        """The agent who leads the group."""
        return next(agent for agent in self.of_group(group) if agent.role.lead)

    def colleague(self, at: int, agent: Agent) -> Agent | None:
        """Somebody of the same group who is at work too."""
        others = [one for one in self.of_group(agent.role.group) if one is not agent]
        there = [one for one in others if one.on_duty(at)]
        return self._rng.choice(there) if there else None


def _head(queue: list[_Place]) -> tuple[int, int, int]:
    return queue[0][:3]


def _nobody(_at: int, _agent: Agent) -> None:
    """Nobody has begun to work yet."""
