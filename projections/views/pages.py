"""Pages of a view, its exact count and the counts of its groups, all of one moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from deskledger.domain.configuration.documents import VIEW
from deskledger.domain.configuration.view import View
from deskledger.domain.configuration.view_fields import CUSTOM
from deskledger.projections.question import Connection, Question
from deskledger.projections.views.conditions import condition_of
from deskledger.projections.views.order import (
    Key,
    Place,
    behind,
    keys_of,
    keys_of_field,
    read_place,
    told_place,
)
from deskledger.projections.views.parts import Parameters, part, stored_column
from deskledger.projections.views.reader import Reader

SUBJECT = "subject"
CUSTOM_FIELDS = "fields"


class TicketEntry(NamedTuple):
    """What a view shows of a ticket, as `ticket_entry` describes it; the subject is personal.

    What the view has no column for is None, whatever the ticket has.
    """

    number: int
    queue: str | None = None
    group: str | None = None
    agent: str | None = None
    customer: str | None = None
    kind: str | None = None
    direction: str | None = None
    status: str | None = None
    status_since: datetime | None = None
    status_reason: str | None = None
    workable: bool | None = None
    waits_until: datetime | None = None
    band: int | None = None
    next_due_at: datetime | None = None
    waiting_since: datetime | None = None
    unanswered_since: datetime | None = None
    opened_at: datetime | None = None
    latest_at: datetime | None = None
    first_assigned_at: datetime | None = None
    first_answered_at: datetime | None = None
    settled_at: datetime | None = None
    closed_at: datetime | None = None
    channel: str | None = None
    inbox: str | None = None
    language: str | None = None
    type: str | None = None
    category: list[str] | None = None
    stage: str | None = None
    tier: str | None = None
    priority: str | None = None
    impact: str | None = None
    urgency: str | None = None
    tags: list[str] | None = None
    escalation_level: int | None = None
    reopenings: int | None = None
    customer_contacts: int | None = None
    agent_contacts: int | None = None
    resolution: str | None = None
    solver: str | None = None
    fields: dict[str, Any] | None = None
    subject: str | None = None


class GroupCount(NamedTuple):
    """How many tickets of a view have one value of the field by which it is grouped."""

    value: str | int | bool | None
    tickets: int


class ViewPage(NamedTuple):
    """A page of a view.

    Attributes:
        entries: in the order of the view.
        total: how many tickets there are on all pages.
        groups: of a view that is grouped, in their order; on all pages together.
        following: the place at which the next page begins; null where this is the last one.
    """

    entries: list[TicketEntry]
    total: int
    groups: list[GroupCount] | None
    following: str | None


@Question
def view_page(
    connection: Connection,
    document: dict[str, Any],
    reader: Reader,
    *,
    after: str | None = None,
    size: int = 50,
) -> ViewPage:
    """The tickets of a view behind a place, at most `size`, and how many there are in all.

    Raises:
        InvalidInput: the place is none of this view.
    """
    view = _view(document)
    parameters = Parameters()
    keys = keys_of(view, parameters)
    place = None if after is None else read_place(view, keys, after)
    if place is not None:
        reader = Reader(reader.agent, place.now, reader.zone, reader.scope)
    condition = condition_of(view, reader, parameters)
    if place is not None:
        condition = f"{condition}\n  AND {behind(keys, place, parameters)}"
    # One more than is asked for tells whether there is another page.
    found = _keys(connection, keys, condition, parameters, size + 1)
    shown = found[:size]
    following = None
    if len(found) > size:
        following = told_place(view, Place(reader.now, shown[-1]))
    numbers = [int(row[-1]) for row in shown]
    entries = _entries(connection, numbers, view.columns)
    groups = None if view.group_by is None else _groups(connection, view, reader)
    return ViewPage(entries, _count(connection, view, reader), groups, following)


@Question
def view_counts(
    connection: Connection, documents: list[dict[str, Any]], reader: Reader
) -> list[int]:
    """How many tickets there are in each of some views."""
    return [_count(connection, _view(document), reader) for document in documents]


def _view(document: dict[str, Any]) -> View:
    view = VIEW.checked(document)
    assert isinstance(view, View)
    return view


def _keys(
    connection: Connection, keys: Sequence[Key], condition: str, parameters: Parameters, size: int
) -> list[tuple[Any, ...]]:
    asked = part(
        "keys",
        keys=",\n  ".join(key.expression for key in keys),
        condition=condition,
        order=",\n  ".join(key.ordered for key in keys),
    )
    return connection.execute(asked, {**parameters, "size": size}).fetchall()


def _entries(
    connection: Connection, numbers: list[int], columns: Sequence[str]
) -> list[TicketEntry]:
    """The rows of some tickets in their order: found first, so that few are read whole."""
    if not numbers:
        return []
    asked = {"numbers": numbers}
    fields = dict.fromkeys(("number", *(_column(name) for name in columns if name != SUBJECT)))
    told = part("rows", columns=",\n  ".join(map(stored_column, fields)))
    rows = connection.execute(told, asked).fetchall()
    about: dict[int, str] = {}
    if SUBJECT in columns:
        about = dict(connection.execute(part("subjects"), asked).fetchall())
    found = {row[0]: dict(zip(fields, row, strict=True)) for row in rows}
    return [_entry(found[number], about.get(number)) for number in numbers]


def _column(name: str) -> str:
    return CUSTOM_FIELDS if name.startswith(CUSTOM) else name


def _entry(row: dict[str, Any], subject: str | None) -> TicketEntry:
    if CUSTOM_FIELDS in row:
        row[CUSTOM_FIELDS] = orjson.loads(row[CUSTOM_FIELDS])
    return TicketEntry(**row, subject=subject)


def _count(connection: Connection, view: View, reader: Reader) -> int:
    parameters = Parameters()
    asked = part("count", condition=condition_of(view, reader, parameters))
    ((total,),) = connection.execute(asked, dict(parameters)).fetchall()
    return int(total)


def _groups(connection: Connection, view: View, reader: Reader) -> list[GroupCount]:
    assert view.group_by is not None
    parameters = Parameters()
    keys = keys_of_field(view.group_by, parameters)
    asked = part(
        "groups",
        keys=",\n  ".join(key.expression for key in keys),
        condition=condition_of(view, reader, parameters),
        order=",\n  ".join(key.ordered for key in keys),
    )
    rows = connection.execute(asked, dict(parameters)).fetchall()
    return [GroupCount(_value(row[:-1]), int(row[-1])) for row in rows]


def _value(values: Sequence[Any]) -> Any:
    return next((value for value in values if value is not None), None)
