"""How tickets begin: somebody writes, calls, or sends what nobody wants."""

from deskledger.app.demo.beginnings import LOCALES, begin, opening
from deskledger.app.demo.calls import Calls
from deskledger.app.demo.channels import (
    EMAIL,
    FORM,
    PHONE,
    RECEIPTS,
    ROUTER,
    Channel,
    draw_channel,
)
from deskledger.app.demo.facts import draw_facts
from deskledger.app.demo.hours import Arrival, is_open
from deskledger.app.demo.plan import SECOND
from deskledger.app.demo.reactions import Reactions
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.script import Language, Matter
from deskledger.app.demo.ticket import URGENT_BAND, Ticket
from deskledger.domain.ticket.commands import AssignTicket, OpenTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage, SendReply
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.writing.requests import Cause

_SPAM_SHARE = 0.025
_ENGLISH_SHARE = 0.27
_URGENT_BURST_SHARE = 0.12
_REPEAT_SHARE = 0.016
_MISROUTED_SHARE = 0.04
_INTAKE_SHARE = 0.35
_ROUTED_SHARE = 0.5


class Openings:
    """Begins tickets and hands them to the crew; `reactions` knows what customers do next."""

    def __init__(self, scene: Scene, reactions: Reactions, calls: Calls) -> None:
        self._scene = scene
        self._reactions = reactions
        self._calls = calls
        self._matters = [matter for matter in scene.script.matters if matter.weight]
        self._weights = [matter.weight for matter in self._matters]
        self._burst = next(matter for matter in scene.script.matters if matter.burst)
        reactions.follow_up = self._follow_up

    def arrive(self, at: int, arrival: Arrival) -> None:
        """Somebody turns to the desk."""
        scene = self._scene
        if not arrival.burst and scene.chance(_SPAM_SHARE):
            self._spam(at)
            return
        language: Language = "en" if scene.chance(_ENGLISH_SHARE) else "zh"
        matter = self._burst if arrival.burst else self._matter()
        channel = draw_channel(scene.rng, language, at, business=matter.business)
        ticket = self._ticket(at, matter, language, channel)
        if channel is PHONE:
            self._calls.ring(at, ticket)
        else:
            self._write(at, ticket, scene.words.request(ticket))
            if scene.chance(_REPEAT_SHARE):
                scene.agenda.add(at + scene.minutes(4, 30), self._repeat, ticket)

    def _follow_up(self, at: int, closed: Ticket) -> None:
        """A customer writes about a closed ticket, so another one goes on from there."""
        ticket = self._next(at, closed)
        part = closed.stream.partition("/")[2]
        origin = Origin(relation="follow_up_of", ticket=part, interaction=None)
        text = self._scene.words.customer(ticket, "returns_later")
        self._write(at, ticket, text, origin=origin)

    def _repeat(self, at: int, first: Ticket) -> None:
        """The same customer tells the same story again."""
        ticket = self._next(at, first)
        ticket.discard, ticket.repeats = "duplicate", first
        self._write(at, ticket, self._scene.words.request(ticket))

    def _next(self, at: int, before: Ticket) -> Ticket:
        """Another ticket of the same customer about the same thing."""
        channel = before.channel
        if before.customer is not None and channel is PHONE:
            channel = EMAIL
            self._scene.clientele.write_from(at, before.customer, channel)
        ticket = Ticket(
            "", before.matter, before.customer, before.language, channel, dict(before.facts), at, at
        )
        ticket.band, ticket.priority = before.band, before.priority
        return ticket

    def _matter(self) -> Matter:
        return self._scene.rng.choices(self._matters, self._weights)[0]

    def _ticket(self, at: int, matter: Matter, language: Language, channel: Channel) -> Ticket:
        scene = self._scene
        customer = scene.clientele.draw(at, language, channel, business=matter.business)
        facts = draw_facts(scene.rng, scene.script, matter, customer, scene.today(at))
        ticket = Ticket("", matter, customer, language, channel, facts, at, at)
        ticket.priority = matter.priority
        if customer.tier == "vip" and ticket.priority == "normal":
            ticket.priority = "high"
        if matter.burst and scene.chance(_URGENT_BURST_SHARE):
            ticket.priority = "urgent"
        if customer.tier == "vip" or ticket.priority == "urgent":
            ticket.band = URGENT_BAND
        ticket.online = channel.chatty and is_open(at)
        return ticket

    def _write(self, at: int, ticket: Ticket, text: str, *, origin: Origin | None = None) -> None:
        """A ticket begins with a message."""
        scene = self._scene
        ticket.group = self._first_group(ticket)
        stated = {"origin": origin} if origin else {}
        message = self._reactions.message(ticket, text)
        begin(scene, at, ticket, Together(parts=(opening(ticket, **stated), message)))
        if not is_open(at) and ticket.channel in (EMAIL, FORM):
            scene.agenda.add(at + scene.seconds(3, 12), self._confirm_receipt, ticket)
        if ticket.group is None and scene.chance(_ROUTED_SHARE):
            scene.agenda.add(at + 2 * SECOND, self._route, ticket)
        else:
            scene.crew.queue(at, ticket)
        if ticket.discard is None:
            self._reactions.begin(at, ticket)

    def _first_group(self, ticket: Ticket) -> str | None:
        """Forms know their matter, and organisations have a group of their own."""
        scene, matter = self._scene, ticket.matter
        if scene.chance(_MISROUTED_SHARE):
            return scene.rng.choice(("repair", "logistics", "billing"))
        if ticket.channel is FORM or matter.business:
            return matter.group
        if ticket.channel is EMAIL and scene.chance(_INTAKE_SHARE):
            return None
        return "first-line"

    def _confirm_receipt(self, at: int, ticket: Ticket) -> None:
        """Outside working hours a bot says that the message has arrived."""
        if ticket.customer is None or ticket.settled:
            return
        reply = SendReply(
            text=self._scene.words.phrase(ticket, "receipts"),
            to=(ticket.customer.addresses[ticket.channel.kind],),
            language=LOCALES[ticket.language],
        )
        source = RECEIPTS._replace(cause=Cause(ticket.stream, 1))
        self._scene.scribe.write(at, ticket.stream, reply, source)

    def _route(self, at: int, ticket: Ticket) -> None:
        """A rule reads the intake's mail and knows the matter from its words."""
        scene = self._scene
        if ticket.group is None and ticket.agent is None and ticket.status == "new":
            ticket.group = ticket.matter.group
            command = AssignTicket(
                group=ticket.group, reason="routed", considered=len(scene.script.people.groups)
            )
            source = ROUTER._replace(cause=Cause(ticket.stream, 1))
            scene.scribe.write(at, ticket.stream, command, source)
        scene.crew.queue(at, ticket)

    def _spam(self, at: int) -> None:
        """A message of a sender whom the desk does not know and does not want to."""
        scene = self._scene
        spam = scene.rng.choice(scene.script.spam)
        matter = self._matter()
        customer = scene.clientele.stranger(spam.language)
        facts = draw_facts(scene.rng, scene.script, matter, customer, scene.today(at))
        facts["subject"] = spam.subject.format_map(facts)
        ticket = Ticket("", matter, None, spam.language, EMAIL, facts, at, at)
        ticket.discard, ticket.priority = "spam", "low"
        sender = f"news{scene.rng.randrange(1_000)}@promo.example.net"
        message = ReceiveMessage(text=spam.text.format_map(facts), sender=sender)
        command = OpenTicket(
            channel="email",
            inbox=EMAIL.inboxes[spam.language],
            subject=facts["subject"],
            language=LOCALES[spam.language],
            priority="low",
        )
        begin(scene, at, ticket, Together(parts=(command, message)))
        scene.crew.queue(at, ticket)
