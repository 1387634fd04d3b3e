"""How a visit to a ticket ends: discarded, handed over, asked back, or solved."""

from deskledger.app.demo.channels import PHONE
from deskledger.app.demo.crew import Agent
from deskledger.app.demo.hours import morning
from deskledger.app.demo.letters import call_back, reply
from deskledger.app.demo.mishaps import Mishaps
from deskledger.app.demo.pauses import Pauses
from deskledger.app.demo.reactions import Reactions
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.ticket import Ticket
from deskledger.app.demo.ties import Ties
from deskledger.domain.shapes import By
from deskledger.domain.ticket.commands import AssignTicket, CloseTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.together import Part, Together

_NO_ANSWER = By(kind="macro", id="no-answer", version=2)

_STAYS_SHARE = 0.25
_WRONG_GROUP_SHARE = 0.05
_NAMED_AGENT_SHARE = 0.12
_REACHED_SHARE = 0.72
_CALLED_SHARE = 0.6
_CONSULT_SHARE = 0.025
_FORGOTTEN_SHARE = 0.16
_SOLVE_NOTE_SHARE = 0.12
_ASKED_MAX = 2


class Outcomes:
    """Ends visits."""

    def __init__(
        self, scene: Scene, reactions: Reactions, pauses: Pauses, mishaps: Mishaps, ties: Ties
    ) -> None:
        self._scene = scene
        self._ties = ties
        self._reactions = reactions
        self._pauses = pauses
        self._mishaps = mishaps

    def finish(self, at: int, agent: Agent, ticket: Ticket) -> bool:
        """End a visit; true where the agent waits for an answer that comes at once."""
        scene, matter = self._scene, ticket.matter
        if ticket.discard is not None:
            self._discard(at, agent, ticket)
        elif ticket.group != matter.group and not self._stays(ticket):
            self._hand_over(at, agent, ticket)
        elif ticket.silent:
            self._give_up(at, agent, ticket)
        elif ticket.missed_call and not scene.chance(_REACHED_SHARE):
            self._pauses.unreachable(at, agent, ticket)
        elif self._has_to_ask(ticket):
            return self._pauses.ask(at, agent, ticket)
        elif matter.waits and not ticket.waited and scene.chance(matter.waits):
            self._pauses.hold(at, agent, ticket)
        elif scene.chance(_CONSULT_SHARE):
            self._consult(at, agent, ticket)
        else:
            self._solve(at, agent, ticket)
        return False

    def _stays(self, ticket: Ticket) -> bool:
        """The first line knows some answers itself; nobody else settles what is not theirs."""
        if ticket.stays is None:
            first = ticket.group == "first-line"
            ticket.stays = first and self._scene.chance(_STAYS_SHARE)
        return ticket.stays

    def _has_to_ask(self, ticket: Ticket) -> bool:
        if ticket.informed or ticket.asked >= _ASKED_MAX:
            return False
        if ticket.asked == 0 and not self._scene.chance(ticket.matter.asks):
            ticket.informed = True
        return not ticket.informed

    def _discard(self, at: int, agent: Agent, ticket: Ticket) -> None:
        scene, reason = self._scene, ticket.discard
        parts: list[Part] = []
        if reason == "duplicate":
            note = scene.words.note(ticket, "duplicates", english=agent.role.english)
            parts.append(AddNote(text=note))
        parts.append(CloseTicket(reason=reason))
        if not self._ties.merge(at, agent, ticket):
            scene.scribe.write(at, ticket.stream, _together(parts), agent.source)
        ticket.become("closed")

    def _hand_over(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """Another group has to do it; now and then the wrong one is thought of."""
        scene, crew = self._scene, self._scene.crew
        group = ticket.matter.group
        misrouted = ticket.group not in ("first-line", "vip-care")
        if scene.chance(_WRONG_GROUP_SHARE):
            group = scene.rng.choice([one for one in ("repair", "billing") if one != ticket.group])
        self._mishaps.before_transfer(at, agent, ticket, group)
        names = {one.id: one.names for one in scene.script.people.groups}
        note = scene.words.note(
            ticket,
            "misrouted" if misrouted else "transfers",
            english=agent.role.english,
            group=names[group],
        )
        colleagues = [one for one in crew.of_group(group) if one.on_duty(at)]
        able = [one for one in colleagues if one.speaks(ticket.language)]
        ticket.group, ticket.agent = group, None
        if able and scene.chance(_NAMED_AGENT_SHARE):
            named = scene.rng.choice(able)
            assign = AssignTicket(group=group, agent=named.id, reason="manual")
            named.has(ticket)
        else:
            reason = "misrouted" if misrouted else "escalated"
            assign = AssignTicket(group=group, reason=reason)
        command = Together(parts=(AddNote(text=note), assign))
        scene.scribe.write(at, ticket.stream, command, agent.source)
        scene.desk_looks(at, ticket)

    def _give_up(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """The customer has not answered: remind once, then call it solved."""
        if ticket.reminders == 0:
            self._pauses.remind(at, agent, ticket)
            return
        scene = self._scene
        text = scene.words.phrase(ticket, "unanswered", agent.name(ticket.language))
        parts = (reply(ticket, text), SolveTicket(resolution="no-answer"))
        command = Together(by=_NO_ANSWER, parts=parts)
        scene.scribe.write(at, ticket.stream, command, agent.source)
        self._solved(at, agent, ticket)

    def _consult(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """The agent asks the group's lead; a few such tickets are forgotten over it."""
        scene = self._scene
        text = scene.words.note(ticket, "consults", english=agent.role.english)
        lead = scene.crew.lead(agent.role.group)
        command = AddNote(text=text, mentions=(lead.id,))
        scene.scribe.write(at, ticket.stream, command, agent.source)
        if scene.chance(_FORGOTTEN_SHARE):
            ticket.spoiled = True
        else:
            later = morning(at) + scene.seconds(0, 5 * 3600)
            scene.agenda.add(later, self._take_up, ticket, ticket.epoch)

    def _take_up(self, at: int, ticket: Ticket, epoch: int) -> None:
        if ticket.epoch == epoch:
            self._scene.desk_looks(at, ticket)

    def _solve(self, at: int, agent: Agent, ticket: Ticket) -> None:
        scene = self._scene
        resolution = scene.rng.choice(ticket.matter.resolutions)
        note = None
        if scene.chance(_SOLVE_NOTE_SHARE):
            note = scene.words.note(ticket, "notes", english=agent.role.english)
        called = ticket.channel is PHONE and (ticket.missed_call or scene.chance(_CALLED_SHARE))
        contact = (
            call_back(scene, at, ticket, agent, answered=True)
            if called
            else reply(ticket, scene.words.solution(ticket, agent.name(ticket.language)))
        )
        solve = SolveTicket(resolution=resolution, note=note)
        scene.scribe.write(at, ticket.stream, Together(parts=(contact, solve)), agent.source)
        ticket.missed_call = False
        self._solved(at, agent, ticket)

    def _solved(self, at: int, agent: Agent, ticket: Ticket) -> None:
        ticket.become("solved")
        ticket.silent, ticket.reminders, ticket.asked = False, 0, 0
        self._reactions.expect_end(at, ticket)
        self._mishaps.after_solve(at, agent, ticket)


def _together(parts: list[Part]) -> Part | Together:
    return parts[0] if len(parts) == 1 else Together(parts=tuple(parts))
