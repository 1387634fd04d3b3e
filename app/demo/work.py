"""What agents do: look for the next ticket, take it, sort it out, and come to an outcome."""

from deskledger.app.demo.crew import Agent
from deskledger.app.demo.mishaps import Mishaps
from deskledger.app.demo.outcomes import Outcomes
from deskledger.app.demo.references import references_of
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.ticket import Ticket
from deskledger.app.demo.ties import Ties
from deskledger.domain.fields import SetFields
from deskledger.domain.references import LinkReference
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.commands import (
    AssignTicket,
    ClassifyTicket,
    PrioritiseTicket,
    TakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.together import Part, Together

# Minutes that a visit to a ticket usually takes.
_VISIT_MINUTES = {
    "first-line": 14.0,
    "repair": 18.5,
    "logistics": 15.0,
    "billing": 18.0,
    "vip-care": 17.0,
}
_CHAT_MINUTES = 5.0
_DISCARD_MINUTES = 1.5

_SORTED_OUT_SHARE = 0.85
_NOTE_SHARE = 0.16
_SPECIALIST_NOTE_SHARE = 0.4
_PRIORITY_SHARE = 0.06
_DISCOVERY_SHARE = 0.03


class Work:
    """Lets agents work; every visit to a ticket ends in one of the outcomes."""

    def __init__(self, scene: Scene, outcomes: Outcomes, mishaps: Mishaps, ties: Ties) -> None:
        self._scene = scene
        self._ties = ties
        self._outcomes = outcomes
        self._mishaps = mishaps

    def look(self, at: int, agent: Agent) -> None:
        """A free agent looks for work."""
        ticket = self._scene.crew.next_for(agent) if agent.on_duty(at) else None
        if ticket is None:
            agent.busy = False
        elif ticket.group is None:
            self._scene.agenda.add(at + self._scene.minutes(0.5, 1.2), self._read, agent, ticket)
        else:
            self._visit(at, agent, ticket)

    def go_on(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """An agent who had the customer on the telephone finishes the ticket."""
        scene = self._scene
        scene.agenda.add(at + scene.seconds(5, 30), self._sort_out, agent, ticket)
        scene.agenda.add(at + scene.seconds(60, 180), self._finish, agent, ticket)

    def _read(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """Mail in the intake goes to the group that it is for; spam goes nowhere."""
        if ticket.agent is None and ticket.group is None and ticket.status == "new":
            if ticket.discard is None:
                ticket.group = ticket.matter.group
                command = AssignTicket(group=ticket.group, reason="routed")
                self._scene.scribe.write(at, ticket.stream, command, agent.source)
                self._scene.crew.queue(at, ticket)
            else:
                self._outcomes.finish(at, agent, ticket)
        self._leave(at, agent)

    def _visit(self, at: int, agent: Agent, ticket: Ticket) -> None:
        scene = self._scene
        if ticket.agent is None:
            agent.has(ticket)
            scene.scribe.write(at, ticket.stream, TakeTicket(), agent.source)
            if ticket.status == "new":
                ticket.become("open")
            self._mishaps.after_take(at, agent, ticket)
            self._ties.after_take(at, agent, ticket)
        length = self._length(ticket)
        if not ticket.sorted_out and ticket.discard is None:
            scene.agenda.add(at + length // 4, self._sort_out, agent, ticket)
        specialist = agent.role.group != "first-line"
        if scene.chance(_SPECIALIST_NOTE_SHARE if specialist else _NOTE_SHARE):
            scene.agenda.add(at + length // 2, self._note, agent, ticket)
        scene.agenda.add(at + length, self._finish, agent, ticket)

    def _length(self, ticket: Ticket) -> int:
        scene = self._scene
        if ticket.discard is not None:
            return scene.minutes(0.6, _DISCARD_MINUTES)
        usual = _CHAT_MINUTES if ticket.online else _VISIT_MINUTES[ticket.group or "first-line"]
        return scene.minutes(1.5, usual * scene.pace)

    def _sort_out(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """Put the ticket into its class, and note down serial number, order and so on."""
        scene, matter = self._scene, ticket.matter
        if ticket.sorted_out or ticket.settled or not scene.chance(_SORTED_OUT_SHARE):
            return
        ticket.sorted_out = True
        category = (*matter.category, ticket.facts["family"])
        parts: list[Part] = [ClassifyTicket(type_code=matter.type_code, category=category)]
        if "serial" in matter.needs:
            parts.append(_device(ticket))
        references = references_of(ticket)
        if references:
            parts.append(LinkReference(references=references))
        ticket.tags = [*matter.tags, *(["vip"] if ticket.band == 0 else [])]
        parts.append(TagTicket(add=tuple(ticket.tags)))
        if scene.chance(_PRIORITY_SHARE) and ticket.priority != "urgent":
            ticket.priority = "high" if ticket.priority != "high" else "normal"
            parts.append(PrioritiseTicket(priority=ticket.priority, reason="triage"))
        scene.scribe.write(at, ticket.stream, Together(parts=tuple(parts)), agent.source)
        if ticket.customer is not None and scene.chance(_DISCOVERY_SHARE):
            scene.clientele.get_to_know(at, ticket.customer, agent.source)

    def _note(self, at: int, agent: Agent, ticket: Ticket) -> None:
        if ticket.settled:
            return
        text = self._scene.words.note(ticket, "notes", english=agent.role.english)
        self._scene.scribe.write(at, ticket.stream, AddNote(text=text), agent.source)

    def _finish(self, at: int, agent: Agent, ticket: Ticket) -> None:
        scene = self._scene
        if ticket.agent is agent and ticket.status == "open":
            goes_on = self._outcomes.finish(at, agent, ticket)
            if goes_on:
                scene.agenda.add(at + scene.seconds(210, 420), self._finish, agent, ticket)
                return
        self._leave(at, agent)

    def _leave(self, at: int, agent: Agent) -> None:
        """A breath, then the next one."""
        self._scene.agenda.add(at + self._scene.seconds(15, 90), self.look, agent)


def _device(ticket: Ticket) -> SetFields:
    """What the desk notes down about a device; where it stands is personal."""
    facts = ticket.facts
    personal = {"pickup_contact": facts["sender"]} if ticket.matter.waits else {}
    return SetFields(
        fields={
            "serial_number": facts["serial"],
            "product": facts["model"],
            "firmware": facts["firmware"],
            "purchased_on": facts["bought"],
            "in_warranty": facts["bought"] > "2025-11",
            "parts": (facts["part_slug"],),
        },
        personal_fields=personal,
    )
