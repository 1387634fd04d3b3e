"""What the desk and a customer had to do with each other, whichever entry it stands under."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from deskledger.projections.question import Connection, Question
from deskledger.projections.sql import section


class TimelineEntry(NamedTuple):
    """A row of `customer_timeline`; its columns are described there."""

    customer_id: str
    occurred_at: datetime
    about: str
    number: int
    version: int
    type: str
    actor_kind: str
    actor_id: str | None
    interaction_id: str | None
    channel: str | None
    direction: str | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    detail: dict[str, Any] | None


class TimelinePlace(NamedTuple):
    """A place in a timeline, behind which a later page goes on; the values of an entry."""

    occurred_at: datetime
    about: str
    number: int
    version: int


class TimelinePage(NamedTuple):
    """Some entries in the order in which they happened, and how many there are on all pages."""

    entries: list[TimelineEntry]
    total: int


@Question
def customer_timeline(
    connection: Connection,
    customer_id: str,
    *,
    after: TimelinePlace | None = None,
    size: int = 50,
    contacts: bool = False,
) -> TimelinePage:
    """The entries behind `after` of a customer and of all who were merged with them.

    It is the same whichever of these customers is named; empty where there is none.

    Args:
        connection: where to look.
        customer_id: the customer.
        after: where the page before ended.
        size: how many entries at most.
        contacts: with those of the persons who belong to this organisation.
    """
    customers = entries_of(connection, customer_id) or []
    asked = {
        "entries": customers + (_contacts(connection, customers) if contacts else []),
        "after_at": after and after.occurred_at,
        "after_about": after and after.about,
        "after_number": after and after.number,
        "after_version": after and after.version,
        "size": size,
    }
    rows = connection.execute(section("customer_timeline", "page"), asked).fetchall()
    entries = [_entry(row) for _, *row in rows if row[0] is not None]
    return TimelinePage(entries, rows[0][0])


def entries_of(connection: Connection, customer_id: str | None) -> list[str] | None:
    """The ids under which the desk knows a customer: the survivor's and those merged into it."""
    if customer_id is None:
        return None
    asked = {"customer_id": customer_id}
    rows = connection.execute(section("customer_timeline", "entries"), asked).fetchall()
    return [entry for (entry,) in rows]


def _contacts(connection: Connection, organisations: list[str]) -> list[str]:
    asked = {"organisations": organisations}
    rows = connection.execute(section("customer_timeline", "contacts"), asked).fetchall()
    return [entry for (entry,) in rows]


def _entry(row: Sequence[Any]) -> TimelineEntry:
    return TimelineEntry(
        *row[:12], *(None if one is None else orjson.loads(one) for one in row[12:])
    )
