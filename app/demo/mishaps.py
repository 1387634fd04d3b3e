"""What goes a little wrong on a desk: refused commands, commands twice, facts recorded late."""

from deskledger.app.demo.channels import PHONE
from deskledger.app.demo.crew import Agent
from deskledger.app.demo.hours import morning
from deskledger.app.demo.letters import reply
from deskledger.app.demo.plan import DAY, HOUR, MINUTE
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.ticket import Ticket
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.commands import (
    AssignTicket,
    CloseTicket,
    PendTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    TakeTicket,
    UnassignTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, LogCall
from deskledger.domain.ticket.together import Together

_TAKEN_TOO_SHARE = 0.012
_RESUMED_FOR_NOTHING_SHARE = 0.006
_TAGGED_TWICE_SHARE = 0.01
_CLOSED_UNSOLVED_SHARE = 0.004
_NOT_A_MEMBER_SHARE = 0.02
_SOLVED_TWICE_SHARE = 0.008
_PENDED_SOLVED_SHARE = 0.006
_MISTAKEN_SHARE = 0.006
_REPLIED_LATE_SHARE = 0.012
_CALLED_FROM_HOME_SHARE = 0.03
_RETURNED_SHARE = 0.12
_CLOSED_AFTER = 4 * DAY + 2 * HOUR


class Mishaps:
    """Draws by lot what goes wrong; each is checked again when its time has come."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def after_take(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """An agent has just taken a ticket."""
        scene = self._scene
        if scene.chance(_TAKEN_TOO_SHARE):
            scene.agenda.add(at + scene.seconds(2, 25), self._take_too, agent, ticket)
        if scene.chance(_RESUMED_FOR_NOTHING_SHARE):
            scene.agenda.add(at + scene.seconds(20, 50), self._resume, agent, ticket)
        if scene.chance(_CLOSED_UNSOLVED_SHARE):
            scene.agenda.add(at + scene.seconds(20, 50), self._close_unsolved, agent, ticket)
        if scene.chance(_TAGGED_TWICE_SHARE):
            scene.agenda.add(at + scene.minutes(3, 5), self._tag_twice, agent, ticket)

    def after_solve(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """An agent has just solved a ticket."""
        scene, epoch = self._scene, ticket.epoch
        if scene.chance(_SOLVED_TWICE_SHARE):
            scene.agenda.add(at + scene.seconds(1, 4), self._solve_twice, agent, ticket, epoch)
        if scene.chance(_PENDED_SOLVED_SHARE):
            scene.agenda.add(at + scene.minutes(2, 20), self._pend_solved, agent, ticket, epoch)
        if scene.chance(_MISTAKEN_SHARE):
            scene.agenda.add(at + scene.minutes(1, 4), self._undo, agent, ticket, epoch)
        if scene.chance(_REPLIED_LATE_SHARE):
            later = morning(at + _CLOSED_AFTER) + scene.seconds(0, 7 * 3600)
            scene.agenda.add(later, self._reply_to_closed, agent, ticket)

    def after_pause(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """An agent has just put a ticket to sleep, and may call the customer from home."""
        scene = self._scene
        if scene.chance(_CALLED_FROM_HOME_SHARE):
            evening = at // DAY * DAY + 20 * HOUR + 20 * MINUTE
            called_at = evening + scene.seconds(0, 3600)
            later = morning(at) + scene.seconds(0, 5400)
            scene.agenda.add(later, self._log_late, agent, ticket, called_at)

    def before_transfer(self, at: int, agent: Agent, ticket: Ticket, group: str) -> None:
        """An agent wants to hand a ticket over, and names a colleague without the group."""
        if ticket.group != group and self._scene.chance(_NOT_A_MEMBER_SHARE):
            colleague = self._scene.crew.lead(group)
            command = AssignTicket(agent=colleague.id)
            self._scene.scribe.write(at, ticket.stream, command, agent.source, "refused")

    def end_shift(self, at: int, agent: Agent) -> None:
        """Some of what an agent cannot do any more today goes back to the group."""
        scene = self._scene
        for ticket in scene.crew.waiting(agent):
            if not scene.chance(_RETURNED_SHARE):
                continue
            note = scene.words.note(ticket, "handovers", english=agent.role.english)
            parts = (AddNote(text=note), UnassignTicket())
            scene.scribe.write(at, ticket.stream, Together(parts=parts), agent.source)
            ticket.agent = None
            scene.crew.queue(at, ticket)

    def _take_too(self, at: int, agent: Agent, ticket: Ticket) -> None:
        colleague = self._scene.crew.colleague(at, agent)
        if colleague is not None and ticket.agent is agent and ticket.status == "open":
            self._scene.scribe.write(at, ticket.stream, TakeTicket(), colleague.source, "refused")

    def _resume(self, at: int, agent: Agent, ticket: Ticket) -> None:
        if ticket.status == "open":
            self._scene.scribe.write(at, ticket.stream, ResumeTicket(), agent.source, "nothing")

    def _close_unsolved(self, at: int, agent: Agent, ticket: Ticket) -> None:
        if ticket.status == "open":
            command = CloseTicket(reason="settled")
            self._scene.scribe.write(at, ticket.stream, command, agent.source, "refused")

    def _tag_twice(self, at: int, agent: Agent, ticket: Ticket) -> None:
        if ticket.tags and ticket.status != "closed":
            command = TagTicket(add=(ticket.tags[0],))
            self._scene.scribe.write(at, ticket.stream, command, agent.source, "nothing")

    def _solve_twice(self, at: int, agent: Agent, ticket: Ticket, epoch: int) -> None:
        if ticket.epoch == epoch:
            command = SolveTicket(resolution=ticket.matter.resolutions[0])
            self._scene.scribe.write(at, ticket.stream, command, agent.source, "nothing")

    def _pend_solved(self, at: int, agent: Agent, ticket: Ticket, epoch: int) -> None:
        if ticket.epoch == epoch:
            command = PendTicket(reason="customer")
            self._scene.scribe.write(at, ticket.stream, command, agent.source, "refused")

    def _undo(self, at: int, agent: Agent, ticket: Ticket, epoch: int) -> None:
        """The agent has solved the wrong one of two tickets."""
        if ticket.epoch != epoch:
            return
        scene = self._scene
        scene.scribe.write(at, ticket.stream, ReopenTicket(reason="mistake"), agent.source)
        ticket.become("open")
        ticket.waiting_since = at
        scene.crew.give(at, ticket)

    def _reply_to_closed(self, at: int, agent: Agent, ticket: Ticket) -> None:
        if ticket.status == "closed" and agent.on_duty(at):
            text = self._scene.words.solution(ticket, agent.name(ticket.language))
            self._scene.scribe.write(
                at, ticket.stream, reply(ticket, text), agent.source, "refused"
            )

    def _log_late(self, at: int, agent: Agent, ticket: Ticket, called_at: int) -> None:
        if ticket.status == "closed" or not agent.on_duty(at):
            return
        scene = self._scene
        text = scene.words.note(ticket, "late_calls", english=agent.role.english)
        started_at = scene.scribe.instant(called_at)
        command = LogCall(
            occurred_at=started_at,
            direction="out",
            channel="phone",
            inbox=PHONE.inboxes[ticket.language],
            text=text,
            started_at=started_at,
            ended_at=scene.scribe.instant(called_at + scene.minutes(2, 6)),
            answered=True,
            agent=agent.id,
        )
        scene.scribe.write(at, ticket.stream, command, agent.source)
