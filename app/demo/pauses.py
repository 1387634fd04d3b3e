"""Tickets that wait: for the customer, for parts, for a carrier, and how they come back."""

from typing import NamedTuple

from deskledger.app.demo.channels import WAKER
from deskledger.app.demo.crew import Agent
from deskledger.app.demo.hours import morning
from deskledger.app.demo.letters import call_back, reply
from deskledger.app.demo.mishaps import Mishaps
from deskledger.app.demo.plan import DAY, HOUR, SECOND
from deskledger.app.demo.reactions import Reactions
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.ticket import Ticket
from deskledger.domain.shapes import By
from deskledger.domain.ticket.commands import HoldTicket, PendTicket, ResumeTicket, WakeTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.together import Part, Together

_REMINDER = By(kind="macro", id="reminder", version=3)
_PENDING_DAYS = (2, 3, 3, 4)
_REMINDED_DAYS = 2

_NO_DATE_SHARE = 0.08
_HOLD_NOTE_SHARE = 0.5
_RESUMED_EARLY_SHARE = 0.5
_RESUMED_EVER_SHARE = 0.6
_RESUMED_DAYS = 5
_FORGOTTEN_SHARE = 0.04
_REFUSED_FIRST_SHARE = 0.5


class Wait(NamedTuple):
    """How long a ticket is to wait, why, and which macro says so."""

    days: int
    reason: str = "customer"
    by: By | None = None


class Unrecorded(NamedTuple):
    """A pause that nobody has recorded yet.

    Attributes:
        since: when it began.
        epoch: the ticket's, for which it holds.
    """

    since: int
    days: int
    epoch: int


class Pauses:
    """Puts tickets to sleep and wakes them."""

    def __init__(self, scene: Scene, reactions: Reactions, mishaps: Mishaps) -> None:
        self._scene = scene
        self._reactions = reactions
        self._mishaps = mishaps

    def ask(self, at: int, agent: Agent, ticket: Ticket) -> bool:
        """Ask the customer; true where the agent waits, because the customer is there."""
        scene = self._scene
        if ticket.online and ticket.asked:
            ticket.online = False
            self._pend(at, agent, ticket, [], Wait(days=1))
            return False
        ticket.asked += 1
        question = reply(ticket, scene.words.question(ticket, agent.name(ticket.language)))
        if ticket.online:
            scene.scribe.write(at, ticket.stream, question, agent.source)
            self._reactions.expect_answer(at, ticket)
            return True
        self._pend(at, agent, ticket, [question], Wait(scene.rng.choice(_PENDING_DAYS)))
        self._reactions.expect_answer(at, ticket)
        self._mishaps.after_pause(at, agent, ticket)
        return False

    def remind(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """Ask again whoever has not answered."""
        ticket.reminders += 1
        text = self._scene.words.phrase(ticket, "reminders", agent.name(ticket.language))
        parts: list[Part] = [reply(ticket, text)]
        self._pend(at, agent, ticket, parts, Wait(_REMINDED_DAYS, by=_REMINDER))
        self._reactions.expect_answer(at, ticket)

    def unreachable(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """Nobody answers the telephone."""
        scene = self._scene
        ticket.missed_call = False
        ticket.asked += 1
        text = scene.words.phrase(ticket, "unreachable", agent.name(ticket.language))
        call = call_back(scene, at, ticket, agent, answered=False)
        parts: list[Part] = [call, reply(ticket, text)]
        self._pend(at, agent, ticket, parts, Wait(1, "unreachable"))
        self._reactions.expect_answer(at, ticket)

    def hold(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """Wait for parts, a carrier, a bank …; sometimes that is recorded the next morning."""
        scene, matter = self._scene, ticket.matter
        ticket.waited = True
        days = scene.rng.randint(*matter.waits_days)
        text = scene.words.holding(ticket, agent.name(ticket.language))
        parts: list[Part] = [reply(ticket, text)]
        if scene.chance(_HOLD_NOTE_SHARE):
            note = scene.words.note(ticket, "hold_notes", english=agent.role.english)
            parts.append(AddNote(text=note))
        if scene.chance(_FORGOTTEN_SHARE):
            command: Part | Together = Together(parts=tuple(parts))
            scene.scribe.write(at, ticket.stream, command, agent.source)
            later = morning(at) + scene.seconds(600, 5400)
            since = Unrecorded(at - 30 * SECOND, days, ticket.epoch)
            scene.agenda.add(later, self._hold_late, agent, ticket, since)
            return
        until = None if scene.chance(_NO_DATE_SHARE) else morning(at, days)
        parts.append(self._held(ticket, until))
        scene.scribe.write(at, ticket.stream, Together(parts=tuple(parts)), agent.source)
        self._asleep(at, ticket, "on_hold", until)
        self._mishaps.after_pause(at, agent, ticket)

    def _hold_late(self, at: int, agent: Agent, ticket: Ticket, pause: Unrecorded) -> None:
        """Only a lead may record that the ticket has been waiting since yesterday."""
        if ticket.epoch != pause.epoch or ticket.agent is not agent:
            return
        scene = self._scene
        until = morning(at, pause.days)
        hold = HoldTicket(
            reason=ticket.matter.waits_for,
            until=scene.scribe.instant(until),
            occurred_at=scene.scribe.instant(pause.since),
        )
        if scene.chance(_REFUSED_FIRST_SHARE):
            scene.scribe.write(at, ticket.stream, hold, agent.source, "refused")
        lead = scene.crew.lead(agent.role.group).source._replace(record_late=True)
        scene.scribe.write(at, ticket.stream, hold, lead)
        self._asleep(at, ticket, "on_hold", until)

    def _held(self, ticket: Ticket, until: int | None) -> HoldTicket:
        if until is None:
            return HoldTicket(reason=ticket.matter.waits_for)
        instant = self._scene.scribe.instant(until)
        return HoldTicket(reason=ticket.matter.waits_for, until=instant)

    def _pend(self, at: int, agent: Agent, ticket: Ticket, parts: list[Part], wait: Wait) -> None:
        scene = self._scene
        until = morning(at, wait.days)
        pend = PendTicket(reason=wait.reason, until=scene.scribe.instant(until))
        if not parts:
            scene.scribe.write(at, ticket.stream, pend, agent.source)
        else:
            stated = {"by": wait.by} if wait.by else {}
            command = Together(parts=(*parts, pend), **stated)
            scene.scribe.write(at, ticket.stream, command, agent.source)
        self._asleep(at, ticket, "pending", until)

    def _asleep(self, at: int, ticket: Ticket, status: str, until: int | None) -> None:
        """Plan how the ticket comes back: by its date, or because somebody takes it up again."""
        scene = self._scene
        ticket.become(status)
        ticket.online = False
        if until is None:
            if scene.chance(_RESUMED_EVER_SHARE):
                later = morning(at, _RESUMED_DAYS) + scene.hours(1.5)
                scene.agenda.add(later, self._resume, ticket, ticket.epoch)
            return
        scene.agenda.add(until + scene.seconds(1, 20), self._wake, ticket, ticket.epoch)
        if status == "on_hold" and scene.chance(_RESUMED_EARLY_SHARE):
            earlier = max(morning(at), until - DAY) + scene.hours(1.5)
            scene.agenda.add(earlier, self._resume, ticket, ticket.epoch)

    def _wake(self, at: int, ticket: Ticket, epoch: int) -> None:
        """The date has come; a process of the desk wakes the ticket."""
        if ticket.epoch != epoch:
            return
        scene = self._scene
        scene.scribe.write(at, ticket.stream, WakeTicket(), WAKER)
        ticket.silent = ticket.status == "pending"
        ticket.become("open")
        ticket.waiting_since = at
        scene.desk_looks(at, ticket)

    def _resume(self, at: int, ticket: Ticket, epoch: int) -> None:
        """What was waited for has come, and the agent goes on."""
        agent, scene = ticket.agent, self._scene
        if ticket.epoch != epoch or agent is None or agent.absent(at):
            return
        if not agent.on_duty(at):
            scene.agenda.add(at + 1.5 * HOUR, self._resume, ticket, epoch)
            return
        note = scene.words.note(ticket, "resumed", english=agent.role.english)
        command = Together(parts=(AddNote(text=note), ResumeTicket()))
        scene.scribe.write(at, ticket.stream, command, agent.source)
        ticket.become("open")
        ticket.waiting_since = at
        scene.crew.give(at, ticket)
