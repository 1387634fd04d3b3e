"""Events in the words of people: what happened, who did it, and what it changed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from deskledger.app.cli.ledger.story import Told
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.clock_telling import clock_line
from deskledger.app.cli.shown.code_names import CodeNames
from deskledger.app.cli.shown.names import Names
from deskledger.app.cli.shown.refusals import refusal
from deskledger.domain.contact import Author
from deskledger.domain.customer.events import IdentityAdded
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.group.events import Member
from deskledger.domain.references import Reference
from deskledger.domain.shapes import Actor, Change, Erased, Frozen, Party
from deskledger.domain.tags import Tagged, TagsChanged
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
FIELDS = ("fields", "personal_fields")
# Fields that hold the id of an agent, customer or group.
_NAMED = {
    **dict.fromkeys(("agent", "solver", "mentions", "account_manager"), "agent"),
    **dict.fromkeys(("ticket", "unblocked"), "ticket"),
    "into": "survivor",
    "receiver": "anybody",
    "customer": "customer",
    "group": "group",
}
# Models of which parts are told, by the names of these; a reference's are of another system.
_SHOWN: dict[type[Frozen], tuple[str, ...]] = {
    Reference: ("system", "kind", "id"),
    Tagged: ("tag",),
    IdentityAdded: ("channel", "address"),
}


class Teller:
    """Puts events into words of the session's language.

    Attributes:
        codes: what people read for codes.
    """

    def __init__(self, session: Session, ticket_type: str | None = None) -> None:
        """Reads names from the session's desk.

        Args:
            session: whose language it is.
            ticket_type: code of the type whose fields are told of; None for no type.
        """
        self._session = session
        self._type = ticket_type
        self._names = Names(session.desk, session.language)
        self.codes = CodeNames(session)

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
        told = (f"{label}{colon}{value}" for label, value in self._facts(event))
        return semicolon.join(told), "" if text is None else self.value("text", text)

    def value(self, name: str, value: Any) -> str:
        """A field's value as people read it; the name says what an id is of."""
        if value is None or value in ((), {}, ""):
            return NOTHING
        if isinstance(value, tuple | list):
            return self._session.say("list.part").join(self.value(name, one) for one in value)
        if isinstance(value, Mapping):
            return self._session.say("list.part").join(self._entries(name, value))
        if isinstance(value, Frozen):
            return self._model(value)
        return self._named(name, value) or self._plain(value)

    def _entries(self, name: str, values: Mapping[str, Any]) -> Iterator[str]:
        """Fields, each by its name of the desk; or what there is of each code."""
        for key, one in values.items():
            if name in FIELDS:
                yield f"{self._custom(key)}={self._choice(key, one)}"
            else:
                yield f"{self.codes.called(name, key)}={self.value('', one)}"

    def _choice(self, field: str, value: Any) -> str:
        """A custom field's value, by the name that it has among the field's choices."""
        if isinstance(value, tuple | list):
            told = (self._choice(field, one) for one in value)
            return self._session.say("list.part").join(told) or NOTHING
        if isinstance(value, str) and value:
            return self.codes.choice(self._type, field, value)
        return self.value("", value)

    def _plain(self, value: object) -> str:
        match value:
            case Erased():
                return self._session.say("erased")
            case bool():
                return self._session.say("yes" if value else "no")
            case datetime():
                return self._session.time(value)
            case _:
                return str(value)

    def _named(self, name: str, value: object) -> str | None:
        """The name of an agent, customer or group, or of a code, where the value is one."""
        if isinstance(value, Status):
            return self._session.code("status", value.value)
        if not isinstance(value, str):
            return None
        if name in _NAMED:
            called: str = getattr(self._names, _NAMED[name])(value)
            return called
        return self.codes.called(name, value)

    def _answered(self, event: CommandAnswered) -> str:
        if event.outcome == "nothing":
            return self._session.say("answered.nothing")
        return refusal(self._session, event.code or "", event.facts)

    def _facts(self, event: Event) -> Iterator[tuple[str, str]]:
        """The event's facts with their labels; a custom field has its own name for one."""
        for name in type(event).model_fields:
            value = getattr(event, name)
            if name in _QUIET or value in (None, (), {}, False):
                continue
            if name == "to" and isinstance(event, TicketEscalated):
                yield self.label("receiver"), self.value("receiver", value)
            elif isinstance(value, Mapping) and name in FIELDS:
                yield from (
                    (self._custom(key), self._change(self._choice, key, one))
                    for key, one in value.items()
                )
            elif name == "reason":
                yield self.label(name), self._reason(event, value)
            elif name == "removed" and isinstance(event, TagsChanged):
                yield self.label(name), self.value("tags", value)
            else:
                yield self.label(name), self._change(self.value, name, value)

    def _reason(self, event: Event, code: str) -> str:
        status = getattr(event, "status", None)
        return self.codes.reason(event.type, code, None if status is None else status.after)

    def _custom(self, name: str) -> str:
        return self.label(name) if name in BUILT_IN else self.codes.field(self._type, name)

    def label(self, name: str) -> str:
        """What people call a field."""
        return self._session.code("field", name)

    @staticmethod
    def _change(told: Callable[[str, Any], str], name: str, change: Any) -> str:
        """Before and after; a field that an opening states has only the latter."""
        if not isinstance(change, Change):
            return told(name, change)
        return told(name, change.before) + ARROW + told(name, change.after)

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
                is_foreign = isinstance(model, Reference)
                parts = ((name, getattr(model, name)) for name in shown)
                told = (self.value("" if is_foreign else n, v) for n, v in parts if v is not None)
                return " ".join(told)

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
