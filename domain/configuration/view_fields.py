"""What a view may ask of a ticket: the fields, what they hold, and how they are compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from deskledger.domain.ticket.status import Status

Holds = Literal["text", "integer", "boolean", "instant", "texts", "people", "custom"]

ME, MY_GROUPS, INTAKE = "@me", "@my_groups", "@intake"
CUSTOM = "fields."
PARTICIPANTS = "participants"


class ViewField(NamedTuple):
    """A field of a ticket as views name it.

    Attributes:
        choices: all values that there are, of a closed set.
        stands_for: values that are told by who looks.
    """

    holds: Holds
    choices: frozenset[str] | None = None
    stands_for: frozenset[str] = frozenset()


def _closed(*values: str) -> ViewField:
    return ViewField("text", frozenset(values))


_TEXT = ViewField("text")
_INSTANT = ViewField("instant")
_INTEGER = ViewField("integer")
_TEXTS = ViewField("texts")
_AGENT = ViewField("text", stands_for=frozenset({ME}))

VIEW_FIELDS: Mapping[str, ViewField] = MappingProxyType(
    {
        "number": _INTEGER,
        "queue": ViewField("text", frozenset({"agent", "group", "intake"}), frozenset({INTAKE})),
        "group": ViewField("text", stands_for=frozenset({MY_GROUPS, INTAKE})),
        "agent": _AGENT,
        "customer": _TEXT,
        "kind": _closed("request", "feedback", "task"),
        "direction": _closed("in", "out", "internal"),
        "status": _closed(*(one.value for one in Status)),
        "status_since": _INSTANT,
        "status_reason": _TEXT,
        "workable": ViewField("boolean"),
        "waits_until": _INSTANT,
        "band": _INTEGER,
        "next_due_at": _INSTANT,
        "waiting_since": _INSTANT,
        "unanswered_since": _INSTANT,
        "opened_at": _INSTANT,
        "latest_at": _INSTANT,
        "first_assigned_at": _INSTANT,
        "first_answered_at": _INSTANT,
        "settled_at": _INSTANT,
        "closed_at": _INSTANT,
        "channel": _TEXT,
        "inbox": _TEXT,
        "language": _TEXT,
        "type": _TEXT,
        "category": _TEXTS,
        "stage": _TEXT,
        "tier": _TEXT,
        "priority": _TEXT,
        "impact": _TEXT,
        "urgency": _TEXT,
        "tags": _TEXTS,
        "escalation_level": _INTEGER,
        "reopenings": _INTEGER,
        "customer_contacts": _INTEGER,
        "agent_contacts": _INTEGER,
        "resolution": _TEXT,
        "solver": _AGENT,
        PARTICIPANTS: ViewField("people", stands_for=frozenset({ME})),
    }
)
"""Every field but the custom ones, which are named ``fields.<name>``."""

COLUMNS = frozenset({*VIEW_FIELDS, "subject"}) - {PARTICIPANTS}
"""What a view may show beside custom fields: the subject is personal, so it orders nothing."""

ORDERING = frozenset({"text", "integer", "boolean", "instant", "custom"})
"""What fields hold that may order tickets."""

OPERATORS: Mapping[str, frozenset[Holds]] = MappingProxyType(
    {
        "is": frozenset({"text", "integer", "boolean", "custom"}),
        "is_not": frozenset({"text", "integer", "boolean", "custom"}),
        "has": frozenset({"texts", "people", "custom"}),
        "has_not": frozenset({"texts", "people", "custom"}),
        "before": frozenset({"instant", "custom"}),
        "after": frozenset({"instant", "custom"}),
        "empty": frozenset({"text", "integer", "boolean", "instant", "texts", "people", "custom"}),
    }
)
"""What each operator can be asked of."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_CUSTOM = ViewField("custom")


def view_field(name: str) -> ViewField | None:
    """The field of a name; None where there is none."""
    if name.startswith(CUSTOM):
        return _CUSTOM if _SLUG.fullmatch(name.removeprefix(CUSTOM)) else None
    return VIEW_FIELDS.get(name)
