"""Pages of a view, its exact count and the counts of its groups, all of one moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from deskledger.domain.configuration.documents import VIEW
from deskledger.domain.configuration.view import View
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
from deskledger.projections.views.parts import Parameters, part
from deskledger.projections.views.reader import Reader

SUBJECT = "subject"


class TicketEntry(NamedTuple):
    """A row of `ticket_entry`, where its columns are described; the subject is personal."""

    number: int
    queue: str
    group: str | None
    agent: str | None
    customer: str | None
    kind: str
    direction: str
    status: str
    status_since: datetime
    status_reason: str | None
    workable: bool
    waits_until: datetime | None
    band: int
    next_due_at: datetime | None
    waiting_since: datetime
    unanswered_since: datetime | None
    opened_at: datetime
    latest_at: datetime
    first_assigned_at: datetime | None
    first_answered_at: datetime | None
    settled_at: datetime | None
    closed_at: datetime | None
    channel: str
    inbox: str | None
    language: str | None
    type: str | None
    category: list[str]
    stage: str | None
    tier: str | None
    priority: str | None
    impact: str | None
    urgency: str | None
    tags: list[str]
    reopenings: int
    customer_contacts: int
    agent_contacts: int
    resolution: str | None
    solver: str | None
    fields: dict[str, Any]
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
    entries = _entries(connection, numbers, subjects=SUBJECT in view.columns)
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


def _entries(connection: Connection, numbers: list[int], *, subjects: bool) -> list[TicketEntry]:
    if not numbers:
        return []
    asked = {"numbers": numbers}
    found = {row[0]: row for row in connection.execute(part("rows"), asked).fetchall()}
    about: dict[int, str] = {}
    if subjects:
        about = dict(connection.execute(part("subjects"), asked).fetchall())
    return [
        TicketEntry._make((*found[number][:-1], orjson.loads(found[number][-1]), about.get(number)))
        for number in numbers
    ]


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
