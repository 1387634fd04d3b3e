"""The usual events of tickets that are no contacts."""

from typing import Any, Literal

import msgspec
import orjson

from deskledger.projections.facts import Facts
from deskledger.projections.personal import Place, Sealed
from deskledger.projections.usual.shapes import Exact, SealedValue, UsualEvent

_Status = Literal["new", "open", "pending", "on_hold", "solved", "closed"]


class _Party(Exact):
    group: msgspec.Raw
    agent: msgspec.Raw


class _PartyChange(Exact):
    before: _Party
    after: _Party
    since: str


class _StatusChange(Exact):
    before: _Status
    after: _Status
    since: str | None


class TicketOpened(UsualEvent):
    """A ticket began."""

    kind: msgspec.Raw
    customer: msgspec.Raw
    channel: msgspec.Raw
    inbox: msgspec.Raw
    direction: msgspec.Raw
    subject: SealedValue | None
    language: msgspec.Raw
    type_code: msgspec.Raw
    category: msgspec.Raw
    impact: msgspec.Raw
    urgency: msgspec.Raw
    priority: msgspec.Raw
    tier: msgspec.Raw
    stage: msgspec.Raw
    status: msgspec.Raw
    party: _Party
    tags: msgspec.Raw
    fields: dict[str, msgspec.Raw]
    personal_fields: SealedValue | None
    references: msgspec.Raw
    ticket_type: msgspec.Raw
    workflow: msgspec.Raw
    step: msgspec.Raw
    variant: msgspec.Raw
    form: msgspec.Raw
    origin: msgspec.Raw

    def facts(self) -> Facts:
        """As `facts.opened`."""
        values: list[tuple[Place, str, Sealed]] = []
        if self.subject is not None:
            values.append((("subject",), "/subject", {"$p": self.subject.parts}))
        if self.personal_fields is not None:
            sealed = {"$p": self.personal_fields.parts}
            values.append((("personal_fields",), "/personal_fields", sealed))
        return None, None, _compact(self._after()), None, None, values

    def _after(self) -> bytes:
        return _AFTER % (
            self.kind,
            self.customer,
            self.channel,
            self.inbox,
            self.direction,
            self.language,
            self.type_code,
            self.category,
            self.impact,
            self.urgency,
            self.priority,
            self.tier,
            self.stage,
            self.status,
            self.tags,
            msgspec.json.encode(dict(sorted(self.fields.items()))),
            self.references,
            self.origin,
            self.party.group,
            self.party.agent,
            self.ticket_type,
            self.workflow,
            self.form,
            self.step,
            self.variant,
        )


# What is personal is null in it.
_AFTER = (
    b'{"kind":%b,"customer":%b,"channel":%b,"inbox":%b,"direction":%b,"subject":null,'
    b'"language":%b,"type_code":%b,"category":%b,"impact":%b,"urgency":%b,"priority":%b,'
    b'"tier":%b,"stage":%b,"status":%b,"tags":%b,"fields":%b,"personal_fields":null,'
    b'"references":%b,"origin":%b,"group":%b,"agent":%b,"configuration":{"ticket_type":%b,'
    b'"workflow":%b,"form":%b,"step":%b,"variant":%b}}'
)


class TicketAssigned(UsualEvent):
    """A change of the party by anything but a router."""

    party: _PartyChange
    reason: str
    considered: None

    def facts(self) -> Facts:
        """As `facts.party_changed`."""
        change = self.party
        since = f'{{"group":"{change.since}","agent":"{change.since}"}}'
        return self.reason, _party(change.before), _party(change.after), since, None, None


class TicketActivated(UsualEvent):
    """A change of the status with a reason."""

    status: _StatusChange
    reason: str

    def facts(self) -> Facts:
        """As `facts.activated`."""
        return self.reason, *_status(self.status), None, None


class TicketClosed(TicketActivated, tag=True):
    """The end."""


class TicketPaused(UsualEvent):
    """A pause."""

    status: _StatusChange
    reason: str
    until: str | None

    def facts(self) -> Facts:
        """As `facts.paused`."""
        detail = None if self.until is None else _json({"until": self.until})
        return self.reason, *_status(self.status), detail, None


class TicketSolved(UsualEvent):
    """A solution without a note."""

    status: _StatusChange
    resolution: str
    note: None
    solver: str | None

    def facts(self) -> Facts:
        """As `facts.solved`."""
        detail = _json({"resolution": self.resolution, "solver": self.solver})
        return None, *_status(self.status), detail, None


class TicketReopened(UsualEvent):
    """A settled ticket needs work again."""

    status: _StatusChange
    reason: str
    solver: str | None

    def facts(self) -> Facts:
        """As `facts.reopened`."""
        return self.reason, *_status(self.status), _json({"solver": self.solver}), None


def _status(change: _StatusChange) -> tuple[str, str, str | None]:
    since = change.since
    told = None if since is None else f'{{"status":"{since}"}}'
    return f'{{"status":"{change.before}"}}', f'{{"status":"{change.after}"}}', told


def _party(party: _Party) -> str:
    return _compact(b'{"group":%b,"agent":%b}' % (party.group, party.agent))


def _compact(text: bytes) -> str:
    """JSON as this software spells it: nothing else than spaces and escapes can differ."""
    if b" " in text or b"\\" in text:
        text = orjson.dumps(orjson.loads(text))
    return text.decode()


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
