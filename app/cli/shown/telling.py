"""Events in the words of people: what happened, who did it, and what it changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from deskledger.app.cli.ledger.story import Told
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.clock_telling import clock_line
from deskledger.app.cli.shown.names import Names
from deskledger.app.cli.shown.refusals import refusal
from deskledger.domain.contact import Author
from deskledger.domain.customer.events import IdentityAdded
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.group.events import Member
from deskledger.domain.references import Reference
from deskledger.domain.shapes import Actor, Change, Erased, Frozen, Party
from deskledger.domain.tags import Tagged
from deskledger.domain.ticket.clock_events import ClockEvent
from deskledger.domain.ticket.escalation import PassedOver, Recipient, TicketEscalated
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.participants import ParticipantKey
from deskledger.domain.ticket.relations import LinkKey
from deskledger.domain.ticket.status import Status

NOTHING = "–"
ARROW = " → "
# Told elsewhere, or of no use to a reader who has the rest.
_QUIET = frozenset(
    {"text", "type", "v", "occurred_at", "by", "interaction", "opening", "format", "step", "pinned"}
    | {"ticket_type", "workflow", "direction", "verified", "before", "identity", "source"}
)
BUILT_IN = ("subject", "name", "email")
# Fields that hold the id of an agent, customer or group.
_NAMED = {
    **dict.fromkeys(("agent", "solver", "mentions", "account_manager"), "agent"),
    **dict.fromkeys(("ticket", "unblocked"), "ticket"),
    "into": "survivor",
    "receiver": "anybody",
    "customer": "customer",
    "group": "group",
}
_SHOWN: dict[type[Frozen], tuple[str, ...]] = {
    Reference: ("system", "kind", "id"),
    Tagged: ("tag",),
    IdentityAdded: ("channel", "address"),
}


class Teller:
    """Puts events into words of the session's language."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names = Names(session.desk, session.language)

    def title(self, told: Told) -> str:
        """What happened, in a word or two."""
        event = told.event
        refused = isinstance(event, CommandAnswered) and event.outcome == "refused"
        return self._session.code("event", "CommandRefused" if refused else event.type)

    def who(self, told: Told) -> str:
        """Who did it, and what decided it where that was a rule, policy, model or macro."""
        who = self._names.actor(told.actor)
        by = told.event.by
        if by is None:
            return who
        if (by.kind, by.id) == (told.actor.kind, told.actor.id):
            return f"{who} {by.version}"
        return f"{who} ({by.kind} {by.id})"

    def details(self, event: Event) -> tuple[str, str]:
        """What is to be known about an event: its short facts on one line, and its text."""
        if isinstance(event, CommandAnswered):
            return self._answered(event), ""
        if isinstance(event, ClockEvent):
            return clock_line(self._session, event), ""
        text = getattr(event, "text", None)
        colon, semicolon = (self._session.say(f"list.{name}") for name in ("value", "fact"))
        told = (f"{label}{colon}{value}" for label, value in self._fields(event))
        return semicolon.join(told), "" if text is None else self.value("text", text)

    def value(self, name: str, value: Any) -> str:
        """A field's value as people read it; the name says what an id is of."""
        if value is None or value in ((), {}, ""):
            return NOTHING
        if isinstance(value, tuple | list):
            return self._session.say("list.part").join(self.value(name, one) for one in value)
        if isinstance(value, Mapping):
            return ", ".join(f"{key}={self.value('', one)}" for key, one in value.items())
        if isinstance(value, Frozen):
            return self._model(value)
        return self._party(name, value) or self._plain(value)

    def _plain(self, value: object) -> str:
        match value:
            case Erased():
                return self._session.say("erased")
            case bool():
                return self._session.say("yes" if value else "no")
            case datetime():
                return self._session.time(value)
            case Status():
                return self._session.code("status", value.value)
            case _:
                return str(value)

    def _party(self, name: str, value: object) -> str | None:
        """The name of an agent, customer or group, where the value is the id of one."""
        if not isinstance(value, str) or name not in _NAMED:
            return None
        called: str = getattr(self._names, _NAMED[name])(value)
        return called

    def _answered(self, event: CommandAnswered) -> str:
        if event.outcome == "nothing":
            return self._session.say("answered.nothing")
        return refusal(self._session, event.code or "", event.facts)

    def _fields(self, event: Event) -> Iterator[tuple[str, str]]:
        """The event's facts with their labels; a custom field has its own name for one."""
        for name in type(event).model_fields:
            value = getattr(event, name)
            if name in _QUIET or value in (None, (), {}, False):
                continue
            if name == "to" and isinstance(event, TicketEscalated):
                yield self.label("receiver"), self.value("receiver", value)
            elif isinstance(value, Mapping) and name in ("fields", "personal_fields"):
                yield from (
                    (self._custom(key), self._change("", one)) for key, one in value.items()
                )
            else:
                yield self.label(name), self._change(name, value)

    def _custom(self, name: str) -> str:
        return self.label(name) if name in BUILT_IN else name

    def label(self, name: str) -> str:
        """What people call a field."""
        return self._session.code("field", name)

    def _change(self, name: str, change: Any) -> str:
        """Before and after; a field that an opening states has only the latter."""
        if not isinstance(change, Change):
            return self.value(name, change)
        return self.value(name, change.before) + ARROW + self.value(name, change.after)

    def _model(self, model: Frozen) -> str:
        match model:
            case Party():
                return self._names.party(model, self._session.say("intake"))
            case Author():
                return self._author(model)
            case Member():
                lead = f" ({self.label('lead')})" if model.lead else ""
                return self._names.agent(model.agent) + lead
            case Recipient() | PassedOver():
                return self._asked(model)
            case ParticipantKey() | LinkKey() | Origin():
                return self._tied(model)
            case _:
                shown = _SHOWN.get(type(model), tuple(type(model).model_fields))
                values = (getattr(model, name) for name in shown)
                return " ".join(self.value("", one) for one in values if one is not None)

    def _asked(self, model: Recipient | PassedOver) -> str:
        """An agent or group, and why it did not get the ticket where it did not."""
        name = self.value(model.kind, model.id)
        if isinstance(model, Recipient):
            return name
        return f"{name} ({self._session.code('passed_over', model.reason)})"

    def _tied(self, model: ParticipantKey | LinkKey | Origin) -> str:
        """A person or another ticket, and what either is to the ticket."""
        if not isinstance(model, ParticipantKey):
            relation = self._session.code("relation", model.relation)
            return f"{relation} {self._names.ticket(model.ticket)}"
        kinds = ("customer", "agent", "address")
        named = [self.value(kind, one) for kind in kinds if (one := getattr(model, kind))]
        return " ".join((self._session.code("role", model.role), *named))

    def _author(self, author: Author) -> str:
        if author.id is None:
            return self._session.code("author", author.kind)
        return self._names.actor(Actor(kind=author.kind, id=author.id))
