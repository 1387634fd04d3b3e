"""What ties a ticket to others and to people: merges, links, splits, copies, redactions."""

from random import Random

from deskledger.app.demo.beginnings import begin, opening
from deskledger.app.demo.channels import CLOSER, LINKER
from deskledger.app.demo.crew import Agent
from deskledger.app.demo.plan import DAY, SECOND
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.scribe import Source
from deskledger.app.demo.ticket import Ticket
from deskledger.app.demo.words import Words
from deskledger.domain.identifiers import interaction_id
from deskledger.domain.ticket.commands import CloseTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.participants import AddParticipant
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.domain.ticket.relation_commands import LinkTicket, MergeTicket, MirrorLinks
from deskledger.domain.ticket.relations import Relation
from deskledger.domain.ticket.together import Together

_MERGED_SHARE = 0.6
_INCIDENT_SHARE = 0.4
_COPIED_SHARE = 0.03
_REDACTED_SHARE = 0.012
_SPLIT_SHARE = 0.012
_CLOSED_AFTER = 4 * DAY


class Ties:
    """Draws by lots of its own, and writes in a thread of its own: the rest stays as it is told."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._rng = Random(f"{scene.plan.seed}/ties")  # noqa: S311 - keeps nothing secret
        self._words = Words(self._rng, scene.script)
        self._problem: Ticket | None = None
        self._taken: set[str] = set()

    def after_take(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """An agent has just taken a ticket; only the first who does so ties it to anything."""
        if ticket.discard is not None or ticket.customer is None or ticket.stream in self._taken:
            return
        self._taken.add(ticket.stream)
        if ticket.matter.burst:
            self._link(at, agent, ticket)
        for share, happens in (
            (_COPIED_SHARE, self._copy),
            (_REDACTED_SHARE, self._redact),
            (_SPLIT_SHARE, self._split),
        ):
            if self._rng.random() < share:
                self._scene.agenda.add(at + self._seconds(20, 50), happens, agent, ticket)

    def merge(self, at: int, agent: Agent, ticket: Ticket) -> bool:
        """Make a ticket that came twice a part of the first one; false where it is discarded."""
        first = ticket.repeats
        if first is None or first.discard is not None or self._rng.random() >= _MERGED_SHARE:
            return False
        merge = MergeTicket(ticket=_part(first))
        self._scene.scribe.write(at, ticket.stream, merge, _apart(agent.source))
        self._mirror(at, first, ticket, "absorbed")
        return True

    def _link(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """Tickets about the faulty batch are incidents of the problem that was seen first."""
        if self._problem is None:
            self._problem = ticket
        elif ticket is not self._problem and self._rng.random() < _INCIDENT_SHARE:
            link = LinkTicket(ticket=_part(self._problem), relation="problem")
            self._scene.scribe.write(at, ticket.stream, link, _apart(agent.source))
            self._mirror(at, self._problem, ticket, "incident")

    def _copy(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """The customer wants a colleague to get copies, of whom only an address is known."""
        if ticket.status == "open":
            address = f"office{self._rng.randrange(1_000)}@example.org"
            command = AddParticipant(role="cc", address=address)
            self._scene.scribe.write(at, ticket.stream, command, _apart(agent.source))

    def _redact(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """The customer writes what should not have been written, and the agent takes it out."""
        if ticket.status != "open":
            return
        scene = self._scene
        message = ReceiveMessage(text=self._words.answer(ticket), channel="email")
        scene.scribe.write(at, ticket.stream, message, _apart(ticket.source))
        interaction = interaction_id(scene.scribe.latest_id, 0)
        scene.agenda.add(at + 20 * SECOND, self._take_out, agent, ticket, interaction)

    def _take_out(self, at: int, agent: Agent, ticket: Ticket, interaction: str) -> None:
        command = RedactInteraction(interaction=interaction, reason="personal-data")
        self._scene.scribe.write(at, ticket.stream, command, _apart(agent.source))

    def _split(self, at: int, agent: Agent, ticket: Ticket) -> None:
        """What the customer also asked for gets a ticket of its own, and is done at once."""
        if ticket.status != "open" or ticket.customer is None:
            return
        scene = self._scene
        other = Ticket(
            *("", ticket.matter, ticket.customer, ticket.language, ticket.channel),
            *(dict(ticket.facts), at, at),
            group=ticket.group,
        )
        origin = Origin(relation="split_from", ticket=_part(ticket), interaction=None)
        solve = SolveTicket(resolution=ticket.matter.resolutions[0])
        command = Together(parts=(opening(other, origin=origin, agent=agent.id), solve))
        begin(scene, at, other, command, _apart(agent.source))
        other.become("open")
        other.become("solved")
        self._mirror(at, ticket, other, "split_into")
        scene.agenda.add(at + _CLOSED_AFTER, self._close, other)

    def _close(self, at: int, ticket: Ticket) -> None:
        command = CloseTicket(reason="settled")
        self._scene.scribe.write(at, ticket.stream, command, _apart(CLOSER))
        ticket.become("closed")

    def _mirror(self, at: int, ticket: Ticket, other: Ticket, relation: Relation) -> None:
        """A moment later the linker tells a ticket what another one says of the two."""
        command = MirrorLinks(ticket=_part(other), relations=(relation,))
        self._scene.agenda.add(at + SECOND, self._tell, ticket, command)

    def _tell(self, at: int, ticket: Ticket, command: MirrorLinks) -> None:
        self._scene.scribe.write(at, ticket.stream, command, LINKER)

    def _seconds(self, shortest: int, longest: int) -> int:
        return self._rng.randrange(shortest, longest) * SECOND


def _part(ticket: Ticket) -> str:
    return ticket.stream.partition("/")[2]


def _apart(source: Source) -> Source:
    return source._replace(thread="ties-")
