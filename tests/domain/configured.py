"""A desk with codes and a type of ticket with fields in force."""

from __future__ import annotations

from typing import Any

from deskledger.domain.configuration.commands import Publish, Withdraw
from deskledger.domain.fields import SetFields
from deskledger.domain.shapes import Of
from deskledger.domain.ticket.commands import (
    OpenTicket,
    SolveTicket,
)
from tests.domain.stories import Story, desk, group

UTC = {"format": 2, "zone": "UTC"}
# What `init` wrote before there were codes: it must be read for ever.
FIRST = {"format": 1, "zone": "UTC", "country": "CN", "locales": ["en"], "demo": {"seed": 7}}
CODES = {
    "format": 2,
    "zone": "UTC",
    "channels": [{"code": "email"}, {"code": "web"}],
    "inboxes": [{"code": "support", "channel": "email"}],
    "types": [{"code": "refund"}, {"code": "question"}],
    "priorities": [{"code": "low"}, {"code": "normal"}, {"code": "urgent"}],
    "impacts": [{"code": "one"}, {"code": "many"}],
    "urgencies": [{"code": "today"}, {"code": "later"}],
    "tiers": [{"code": "vip", "front": True}, {"code": "basic"}],
    "stages": [{"code": "pre-sale"}],
    "tags": [{"code": "heard"}, {"code": "legal"}],
    "resolutions": [{"code": "fixed"}, {"code": "refunded"}],
    "reasons": {
        "assign": [{"code": "skill"}],
        "pend": [{"code": "asked"}],
        "hold": [{"code": "part"}],
        "resume": [{"code": "part-came"}],
        "reopen": [{"code": "again"}],
        "close": [{"code": "archived"}],
        "prioritise": [{"code": "complaint"}],
        "due": [{"code": "agreed"}],
        "redact": [{"code": "card-number"}],
        "escalate": [{"code": "angry"}],
    },
}
REFUND = {
    "format": 1,
    "group": "first-line",
    "fields": [
        {"code": "order", "type": "text", "at_most": 12, "required": ["open", "solve"]},
        {"code": "account", "type": "text", "personal": True, "required": ["solve"]},
        {"code": "count", "type": "integer", "at_least": 1, "at_most": 9},
        {"code": "amount", "type": "decimal"},
        {"code": "paid", "type": "boolean"},
        {"code": "bought", "type": "date"},
        {"code": "way", "type": "choice", "choices": [{"code": "card"}, {"code": "cash"}]},
        {"code": "parts", "type": "choices", "choices": [{"code": "lid"}, {"code": "box"}]},
        {"code": "serials", "type": "texts", "at_most": 2},
    ],
}
OPEN = OpenTicket(channel="email", type_code="refund", fields={"order": "A-17"})


def published(stream: str, *documents: dict[str, Any]) -> Story:
    """A configuration in which these documents were published, one after the other."""
    story = Story(stream=stream).configuring().beside(first=group("first-line"))
    return story.when(*(Publish(document=document) for document in documents))


def configured(**types: Story) -> Story:
    """A ticket's story, not begun, in a desk with codes and a type of ticket with fields."""
    refund = published("ticket-type/refund", REFUND)
    return desk().beside(**{"desk": published("desk", CODES), "refund": refund, **types})


def ticket() -> Story:
    """A ticket of that type, opened with what it needs."""
    return configured().when(OPEN)


def withdrawn() -> Story:
    """A desk whose first version of the type was withdrawn."""
    story = published("ticket-type/refund", REFUND, {**REFUND, "group": None})
    return configured(refund=story.when(Withdraw(version=1)))


def of(version: int) -> Of:
    """A version of that type, as an opening may state it."""
    return Of(kind="ticket-type", id="refund", version=version)


def solved() -> Story:
    """A ticket that was solved with all that it needs."""
    there = ticket().when(SetFields(personal_fields={"account": "DE00"}))
    return there.when(SolveTicket(resolution="fixed"))


def refund(**members: Any) -> dict[str, Any]:
    """A plain document of a type of ticket."""
    return {"format": 1, "names": {"en": "Refund"}, **members}
