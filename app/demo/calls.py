"""Customers on the telephone: answered by whoever is free, else missed."""

from collections.abc import Callable
from typing import Any

from deskledger.app.demo.beginnings import begin, opening
from deskledger.app.demo.channels import PHONE
from deskledger.app.demo.crew import Agent
from deskledger.app.demo.hours import is_open
from deskledger.app.demo.plan import SECOND
from deskledger.app.demo.reactions import Reactions
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.ticket import Ticket
from deskledger.domain.ticket.commands import OpenTicket, SolveTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import LogCall
from deskledger.domain.ticket.together import Together

_SOLVED_AT_ONCE_SHARE = 0.3
_SOLVED_FOR_OTHERS_SHARE = 0.06
_INFORMED_SHARE = 0.8
_VOICEMAIL_SHARE = 0.45
_SECOND_TRY_SHARE = 0.3


class Calls:
    """Takes calls; after one, the agent goes on with the ticket by `go_on`."""

    def __init__(self, scene: Scene, reactions: Reactions) -> None:
        self.go_on: Callable[[int, Agent, Ticket], None] = _hang_up
        self._scene = scene
        self._reactions = reactions

    def ring(self, at: int, ticket: Ticket) -> None:
        """A customer calls about something that has no ticket yet."""
        scene = self._scene
        ticket.group = "first-line"
        agent = self._free(at, ticket)
        if agent is None:
            scene.agenda.add(at + scene.seconds(25, 170), self._missed, ticket, at)
        else:
            agent.busy = True
            scene.agenda.add(at + scene.minutes(1.5, 5), self._talked, ticket, agent, at)

    def _free(self, at: int, ticket: Ticket) -> Agent | None:
        return self._scene.crew.free(at, "first-line", ticket.language) if is_open(at) else None

    def _talked(self, at: int, ticket: Ticket, agent: Agent, rang_at: int) -> None:
        """The agent writes the call down as soon as it is over."""
        scene, matter = self._scene, ticket.matter
        own = matter.group == "first-line"
        call = self._answered_call(ticket, rang_at, at, agent)
        ticket.facts["agent"] = agent.name(ticket.language)
        parts: list[OpenTicket | LogCall | SolveTicket]
        parts = [opening(ticket, agent=agent.id), call]
        solved = scene.chance(_SOLVED_AT_ONCE_SHARE if own else _SOLVED_FOR_OTHERS_SHARE)
        if solved:
            parts.append(SolveTicket(resolution=matter.resolutions[0]))
        command = Together(occurred_at=call.started_at, parts=tuple(parts))
        begin(scene, at, ticket, command, agent.source)
        agent.has(ticket)
        ticket.informed = scene.chance(_INFORMED_SHARE)
        ticket.become("open")
        if solved:
            ticket.become("solved")
            self._reactions.expect_end(at, ticket)
        else:
            self._reactions.begin(at, ticket)
        self.go_on(at, agent, ticket)

    def _missed(self, at: int, ticket: Ticket, rang_at: int) -> None:
        """Nobody was free, or the desk is closed."""
        scene = self._scene
        call = self._missed_call(ticket, rang_at, at)
        command = Together(occurred_at=call.started_at, parts=(opening(ticket), call))
        begin(scene, at, ticket, command)
        ticket.missed_call = True
        scene.crew.queue(at, ticket)
        self._reactions.begin(at, ticket)
        if scene.chance(_SECOND_TRY_SHARE):
            scene.agenda.add(at + scene.minutes(10, 60), self._ring_again, ticket)

    def _ring_again(self, at: int, ticket: Ticket) -> None:
        """The customer tries again, unless somebody has begun to work on it."""
        if ticket.status != "new" or ticket.group != "first-line":
            return
        scene = self._scene
        agent = self._free(at, ticket)
        if agent is None:
            scene.agenda.add(at + scene.seconds(25, 170), self._missed_again, ticket, at)
            return
        agent.busy = True
        agent.has(ticket)
        ticket.become("open")
        scene.scribe.write(at, ticket.stream, TakeTicket(), agent.source)
        scene.agenda.add(at + scene.minutes(1.5, 5), self._talked_later, ticket, agent, at)

    def _missed_again(self, at: int, ticket: Ticket, rang_at: int) -> None:
        call = self._missed_call(ticket, rang_at, at)
        self._scene.scribe.write(at, ticket.stream, call, ticket.source)

    def _talked_later(self, at: int, ticket: Ticket, agent: Agent, rang_at: int) -> None:
        call = self._answered_call(ticket, rang_at, at, agent)
        self._scene.scribe.write(at, ticket.stream, call, agent.source)
        ticket.missed_call = False
        ticket.informed = True
        self.go_on(at, agent, ticket)

    def _missed_call(self, ticket: Ticket, rang_at: int, at: int) -> LogCall:
        scene = self._scene
        voicemail = scene.chance(_VOICEMAIL_SHARE)
        return LogCall(
            **self._span(ticket, rang_at, at),
            text=scene.words.call(ticket, "voicemails" if voicemail else "missed"),
            waited_seconds=(at - rang_at) // SECOND,
            answered=False,
            voicemail=voicemail,
        )

    def _answered_call(self, ticket: Ticket, rang_at: int, at: int, agent: Agent) -> LogCall:
        scene = self._scene
        return LogCall(
            **self._span(ticket, rang_at, at),
            text=scene.words.call(ticket, "calls"),
            waited_seconds=scene.rng.randrange(3, 45),
            answered=True,
            agent=agent.id,
        )

    def _span(self, ticket: Ticket, rang_at: int, at: int) -> dict[str, Any]:
        instant = self._scene.scribe.instant
        return {
            "direction": "in",
            "channel": "phone",
            "inbox": PHONE.inboxes[ticket.language],
            "started_at": instant(rang_at),
            "ended_at": instant(at),
        }


def _hang_up(_at: int, _agent: Agent, _ticket: Ticket) -> None:
    """Nobody works yet."""
