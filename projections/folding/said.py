"""What a batch says of the events of tickets, one by one."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

SETTLED = frozenset({"solved", "closed"})
CLASSES = frozenset({"TicketClassified", "TicketPrioritised"})
DISCARDING = frozenset({"spam", "duplicate", "test"})

_STATES = frozenset(
    {
        "TicketOpened",
        "TicketActivated",
        "TicketPaused",
        "TicketSolved",
        "TicketReopened",
        "TicketClosed",
        "Merged",
    }
)
_COLUMNS = (
    *("stream", "number", "version", "type", "occurred_at", "contact", "reason"),
    *("before", "after", "detail", "decided_by"),
    *("actor_kind", "actor_id", "on_behalf_of_kind", "on_behalf_of_id"),
)
_NOTHING: dict[str, Any] = {}


class Said(NamedTuple):
    """One event of a ticket, with what `ticket_feed.add` makes of its row.

    `status` is None where the event says nothing about it; `group_before` and `agent_before` are
    those that a change of the party replaced.
    """

    stream: str
    ticket: int
    version: int
    type: str
    at: datetime
    contact: str | None
    reason: str | None
    after: dict[str, Any]
    detail: dict[str, Any]
    acting_agent: str | None
    decider: str
    status: str | None
    status_before: str | None
    group_before: str | None
    agent_before: str | None

    @property
    def is_fact(self) -> bool:
        """Whether it happened to the ticket: neither an answer, nor what its clocks show."""
        return self.type not in {"CommandAnswered", "MarkReached"} and not self.type.startswith(
            "Clock"
        )

    @property
    def opens(self) -> bool:
        """Whether the ticket began by it."""
        return self.type == "TicketOpened"

    @property
    def sets_party(self) -> bool:
        """Whether it says who is responsible from then on."""
        return self.type in {"TicketOpened", "TicketAssigned"}

    @property
    def answers(self) -> bool:
        """Whether it is a counted agent contact."""
        return self.contact == "answered"

    @property
    def settles(self) -> bool:
        """Whether the ticket went from an unsettled status to solved or closed."""
        return (
            self.status in SETTLED
            and self.status_before is not None
            and self.status_before not in SETTLED
        )

    @property
    def discards(self) -> bool:
        """Of a settle: whether it is none for the figures."""
        return self.type == "Merged" or self.reason in DISCARDING

    @property
    def begins(self) -> bool:
        """Whether an episode begins by it."""
        return self.opens or (
            self.status_before in SETTLED and self.status is not None and self.status not in SETTLED
        )

    @property
    def stands(self) -> bool:
        """Whether it says how the ticket stands: status, party, class, or a counted contact."""
        return self.status is not None or self.sets_party or self.answers or self.type in CLASSES


def said_in(batch: pa.Table) -> Iterator[Said]:
    """The events of the relation `batch`, in its order.

    Raises:
        ValueError, LookupError, TypeError: something in it is not as this software writes it.
    """
    for row in batch.select(_COLUMNS).to_pylist():
        yield _said(row)


def text(value: Any) -> str | None:
    """A value that must be a text or nothing.

    Raises:
        TypeError: it is something else.
    """
    if value is None or isinstance(value, str):
        return value
    raise TypeError(value)


def instant(value: Any) -> datetime | None:
    """A value that must be an instant, as text, or nothing.

    Raises:
        TypeError, ValueError: it is something else.
    """
    return None if value is None else datetime.fromisoformat(value)


def _said(row: Mapping[str, Any]) -> Said:
    replaced, holds = _object(row["before"]), _object(row["after"])
    kind, is_party = row["type"], row["type"] == "TicketAssigned"
    return Said(
        row["stream"],
        row["number"],
        row["version"],
        kind,
        row["occurred_at"],
        row["contact"],
        row["reason"],
        holds,
        _object(row["detail"]),
        _acting_agent(row),
        _decider(row),
        text(holds.get("status")) if kind in _STATES else None,
        text(replaced.get("status")),
        text(replaced.get("group")) if is_party else None,
        text(replaced.get("agent")) if is_party else None,
    )


def _acting_agent(row: Mapping[str, Any]) -> str | None:
    """The agent who acted, or on whose behalf somebody did."""
    if row["on_behalf_of_kind"] == "agent":
        agent: str | None = row["on_behalf_of_id"]
        return agent
    return row["actor_id"] if row["actor_kind"] == "agent" else None


def _decider(row: Mapping[str, Any]) -> str:
    """The kind of what decided; a macro decides nothing, but who runs it."""
    kind: str = row["on_behalf_of_kind"] or row["actor_kind"]
    if row["decided_by"] is None or row["decided_by"]["kind"] in (None, "macro"):
        return kind
    return str(row["decided_by"]["kind"])


def _object(told: str | None) -> dict[str, Any]:
    if told is None:
        return _NOTHING
    found = orjson.loads(told)
    if not isinstance(found, dict):
        raise TypeError(found)
    return found
