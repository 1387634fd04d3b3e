"""What everybody in the story works with."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from deskledger.app.demo.agenda import Agenda
from deskledger.app.demo.clientele import Clientele
from deskledger.app.demo.crew import Crew
from deskledger.app.demo.plan import DAY, HOUR, MINUTE, SECOND, Plan
from deskledger.app.demo.scribe import DeskKeys, Scribe, Source
from deskledger.app.demo.script import Script, read_script
from deskledger.app.demo.ticket import Ticket
from deskledger.app.demo.words import Words
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import AssignTicket

# The crew is made for this many tickets a week; with more, everybody works faster.
_TICKETS_A_WEEK = 834
# Of the tickets of somebody who is ill, so many are given to others when they need something.
_TAKEN_AWAY_SHARE = 0.5


@dataclass(slots=True)
class Scene:
    """The parts of a story; every draw by lot goes through `rng`, so a seed tells it all.

    Attributes:
        manager: who leads the desk; the first agent.
        pace: what part of the usual time a piece of work takes.
    """

    plan: Plan
    rng: Random
    script: Script
    agenda: Agenda
    scribe: Scribe
    words: Words
    clientele: Clientele
    crew: Crew
    manager: Source
    pace: float

    @classmethod
    def set_up(cls, plan: Plan, keys: DeskKeys, manager: str) -> "Scene":
        """The scene before anything has happened."""
        rng = Random(plan.seed)  # noqa: S311 - a story told by lot keeps nothing secret
        script, agenda = read_script(), Agenda()
        scribe = Scribe(plan, keys)
        return cls(
            plan=plan,
            rng=rng,
            script=script,
            agenda=agenda,
            scribe=scribe,
            words=Words(rng, script),
            clientele=Clientele(rng, script, scribe),
            crew=Crew(rng, agenda),
            manager=Source(Actor(kind="agent", id=manager), "http", "console"),
            pace=min(1.0, _TICKETS_A_WEEK * plan.weeks / plan.tickets),
        )

    def chance(self, probability: float) -> bool:
        """Whether something happens that happens with this probability."""
        return self.rng.random() < probability

    def minutes(self, shortest: float, usual: float) -> int:
        """A span of time around `usual` minutes, now and then much longer."""
        spread = self.rng.lognormvariate(0.0, 0.6)
        return int(max(shortest, usual * spread) * MINUTE)

    def seconds(self, shortest: int, longest: int) -> int:
        """A span of time between two bounds, to the microsecond."""
        return shortest * SECOND + int(self.rng.random() * (longest - shortest) * SECOND)

    def hours(self, median: float) -> int:
        """A span of time that is half the time shorter than `median` hours, sometimes days."""
        return int(median * self.rng.lognormvariate(0.0, 0.9) * HOUR)

    def today(self, at: int) -> date:
        """The local date."""
        first = self.plan.ends_on - timedelta(days=7 * self.plan.weeks - 2)
        return first + timedelta(days=at // DAY)

    def desk_looks(self, at: int, ticket: Ticket) -> None:
        """Bring a ticket that needs something before whoever has it, else into its queue."""
        agent = ticket.agent
        if (
            agent is not None
            and agent.absent(at)
            and (agent.left or self.chance(_TAKEN_AWAY_SHARE))
        ):
            reason = "agent_left" if agent.left else "absent"
            self.scribe.write(
                at, ticket.stream, AssignTicket(agent=None, reason=reason), self.manager
            )
            ticket.agent = agent = None
        if agent is None:
            self.crew.queue(at, ticket)
        else:
            self.crew.give(at, ticket)
