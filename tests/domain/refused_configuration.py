"""Refusals that follow from the configuration in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deskledger.domain.configuration.commands import Publish, Withdraw
from deskledger.domain.fields import SetFields
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.commands import (
    AssignTicket,
    ClassifyTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    PendTicket,
    PrioritiseTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
)
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.escalation import EscalateTicket
from deskledger.domain.ticket.together import Together
from tests.domain.configured import (
    CODES,
    OPEN,
    REFUND,
    configured,
    of,
    published,
    solved,
    ticket,
    withdrawn,
)
from tests.domain.stories import AS_SERVICE, NOON, Story, desk, minutes

# One working hour in all of time, which is over: no due time can be found.
SPENT = {
    "format": 1,
    "calendars": {"once": {"zone": "UTC", "workdays": {"2026-01-05": ["09:00-10:00"]}}},
    "policies": [
        {
            "name": "p",
            "calendar": "once",
            "targets": [{"metric": "resolution", "within": "PT1H"}],
        }
    ],
}


def counting_by_once() -> Story:
    """Service levels with the calendar that the desk names."""
    levels = published("service-policy/default", SPENT)
    named = {"format": 2, "zone": "UTC", "calendar": "once"}
    desk_by_it = Story(stream="desk").configuring().beside(levels=levels)
    return levels.beside(desk=desk_by_it.when(Publish(document=named)))


def unknown(value: str, what: str, nearest: str) -> dict[str, Any]:
    """The facts of a code that the desk does not have."""
    return {"value": value, "what": what, "nearest": nearest}


Reached = Callable[[], tuple[Story, Any]]
Row = tuple[str, Reached, dict[str, Any]]

_CODES: list[tuple[Callable[[], Story], Any, dict[str, Any]]] = [
    (configured, OpenTicket(channel="emial"), unknown("emial", "channel", "email")),
    (configured, OpenTicket(channel="web", inbox="suport"), unknown("suport", "inbox", "support")),
    (
        configured,
        OpenTicket(channel="web", type_code="refunds"),
        unknown("refunds", "type_code", "refund"),
    ),
    (configured, OpenTicket(channel="web", tags=("herd",)), unknown("herd", "tag", "heard")),
    (ticket, SendReply(text="Hi", channel="wbe"), unknown("wbe", "channel", "web")),
    (ticket, ClassifyTicket(tier="vpi"), unknown("vpi", "tier", "vip")),
    (ticket, ClassifyTicket(stage="presale"), unknown("presale", "stage", "pre-sale")),
    (ticket, PrioritiseTicket(priority="urgnt"), unknown("urgnt", "priority", "urgent")),
    (ticket, PrioritiseTicket(impact="mny"), unknown("mny", "impact", "many")),
    (ticket, PrioritiseTicket(urgency="lter"), unknown("lter", "urgency", "later")),
    (
        ticket,
        PrioritiseTicket(priority="low", reason="complain"),
        unknown("complain", "reason", "complaint"),
    ),
    (ticket, AssignTicket(group="second-line", reason="skil"), unknown("skil", "reason", "skill")),
    (ticket, PendTicket(reason="aksed"), unknown("aksed", "reason", "asked")),
    (ticket, HoldTicket(reason="prt"), unknown("prt", "reason", "part")),
    (ticket, ResumeTicket(reason="partcame"), unknown("partcame", "reason", "part-came")),
    (ticket, SetDue(due_at=NOON + minutes(60), reason="agred"), {"nearest": "agreed"}),
    (ticket, EscalateTicket(reason="agry"), unknown("agry", "reason", "angry")),
    (ticket, EscalateTicket(priority="urgnt"), unknown("urgnt", "priority", "urgent")),
    (ticket, EscalateTicket(tags=("leagl",)), unknown("leagl", "tag", "legal")),
    (ticket, SolveTicket(resolution="fxed"), unknown("fxed", "resolution", "fixed")),
    (solved, ReopenTicket(reason="agin"), unknown("agin", "reason", "again")),
    (solved, CloseTicket(reason="achived"), unknown("achived", "reason", "archived")),
    (ticket, TagTicket(add=("legl",)), unknown("legl", "tag", "legal")),
]
_INVALID: list[tuple[SetFields, str, str]] = [
    (SetFields(fields={"order": 7}), "order", "text"),
    (SetFields(fields={"order": "x" * 13}), "order", "at most 12"),
    (SetFields(fields={"count": True}), "count", "integer"),
    (SetFields(fields={"count": 0}), "count", "at least 1"),
    (SetFields(fields={"count": 10}), "count", "at most 9"),
    (SetFields(fields={"amount": "1,5"}), "amount", "decimal"),
    (SetFields(fields={"paid": 1}), "paid", "boolean"),
    (SetFields(fields={"bought": "2026-02-30"}), "bought", "date"),
    (SetFields(fields={"bought": "20260228"}), "bought", "date"),
    (SetFields(fields={"way": "cheque"}), "way", "one of card, cash"),
    (SetFields(fields={"parts": ("lid", "bag")}), "parts", "one of box, lid"),
    (SetFields(fields={"parts": "lid"}), "parts", "choices"),
    (SetFields(fields={"serials": ("1", "2", "3")}), "serials", "at most 2"),
    (SetFields(fields={"account": "DE00"}), "account", "a personal field"),
    (SetFields(personal_fields={"order": "A-1"}), "order", "a plain field"),
]


def _row(code: str, story: Callable[[], Story], command: Any, facts: dict[str, Any]) -> Row:
    return (code, lambda: (story(), command), facts)


REFUSED_CONFIGURATION: list[Row] = [
    *(_row("code_unknown", *row) for row in _CODES),
    *(
        _row("field_invalid", ticket, command, {"field": field, "expected": needs})
        for command, field, needs in _INVALID
    ),
    _row(
        "field_unknown",
        ticket,
        SetFields(fields={"ordr": "A-1"}),
        {"field": "ordr", "nearest": "order"},
    ),
    _row(
        "field_unknown",
        configured,
        OpenTicket(channel="web", type_code="refund", fields={"order": "1", "cuont": 2}),
        {"field": "cuont", "nearest": "count"},
    ),
    _row(
        "field_missing",
        configured,
        OpenTicket(channel="web", type_code="refund"),
        {"fields": ["order"], "moment": "open"},
    ),
    _row(
        "field_missing",
        lambda: ticket().when(ClassifyTicket(type_code="question")),
        Together(
            parts=(ClassifyTicket(type_code="refund"), SolveTicket(resolution="fixed")),
        ),
        {"fields": ["account"], "moment": "solve", "index": 1},
    ),
    _row("field_missing", ticket, SetFields(fields={"order": None}), {"fields": ["order"]}),
    _row(
        "version_withdrawn",
        withdrawn,
        OPEN.model_copy(update={"ticket_type": of(1)}),
        {"kind": "ticket-type", "id": "refund", "version": 1},
    ),
    _row("version_unknown", withdrawn, OPEN.model_copy(update={"ticket_type": of(3)}), {}),
    _row("resolution_required", ticket, SolveTicket(), {}),
    _row("reason_required", ticket, PendTicket(), {"status": "pending"}),
    _row("reason_required", lambda: solved().by(AS_SERVICE), ReopenTicket(), {"status": "open"}),
    _row(
        "version_changed",
        lambda: published("desk", CODES, {**CODES, "zone": "Asia/Shanghai"}),
        Publish(document=CODES, replaces=1),
        {"replaces": 1, "published": 2},
    ),
    _row("last_version", lambda: published("desk", CODES), Withdraw(version=1), {"version": 1}),
    _row("version_unknown", lambda: published("desk", CODES), Withdraw(version=2), {}),
    _row(
        "calendar_missing",
        counting_by_once,
        Withdraw(version=1),
        {"calendar": "once", "version": 1},
    ),
    _row(
        "code_unknown",
        lambda: published("ticket-type/refnd").beside(desk=published("desk", CODES)),
        Publish(document=REFUND),
        unknown("refnd", "ticket-type", "refund"),
    ),
    _row(
        "group_unknown",
        lambda: published("ticket-type/refund"),
        Publish(document={**REFUND, "group": "nowhere"}),
        {"group": "nowhere"},
    ),
    _row("not_permitted", lambda: Story(stream="desk"), Publish(document=CODES), {}),
    _row(
        "due_not_found",
        lambda: desk().beside(levels=published("service-policy/default", SPENT)),
        OpenTicket(channel="email"),
        {},
    ),
]
"""Code, the story and command that reach it, and some of the facts."""
