"""Views as laws draw them: any conditions, order and groups."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb
from hypothesis import strategies as st

from deskledger.domain.configuration.documents import VIEW
from deskledger.domain.configuration.view import View
from deskledger.domain.configuration.view_fields import COLUMNS, ORDERING, VIEW_FIELDS
from deskledger.projections.views.pages import TicketEntry, ViewPage, view_page
from deskledger.projections.views.reader import Reader
from tests.projections.made_tables import (
    ANN,
    DATES,
    GROUPS,
    NOW,
    STATUSES,
    TEXTS,
    ZONES,
    made_tables,
)

ALL_COLUMNS = [*sorted(COLUMNS)[:28], "fields.a"]
OTHER_COLUMNS = [*sorted(COLUMNS)[28:], "fields.a"]


def view_of(**members: Any) -> View:
    """A view of all tickets, but for what is stated."""
    read = VIEW.checked({"format": 1, "settled": True, "columns": ALL_COLUMNS, **members})
    assert isinstance(read, View)
    return read


TIMES = ("@today", "@tomorrow", "-P1D", "P2D", "PT4H", "-PT90M", "2026-03-02T12:30:00Z")
VALUES: dict[str, tuple[Any, ...]] = {
    "queue": ("agent", "group", "intake", "@intake"),
    "group": (*GROUPS, "@my_groups", "@intake"),
    "agent": (ANN, "bob", "@me"),
    "solver": (ANN, "@me"),
    "kind": ("request", "task"),
    "direction": ("in", "out"),
    "status": STATUSES,
    "tier": ("vip", "basic"),
    "priority": ("low", "urgent"),
    "channel": ("email", "web"),
}
CUSTOM = ("fields.a", "fields.b", "fields.list", "fields.none")
FIELDS = (*VIEW_FIELDS, *CUSTOM)


def values(field: str) -> st.SearchStrategy[Any]:
    holds = "custom" if field in CUSTOM else VIEW_FIELDS[field].holds
    if holds == "custom":
        return st.sampled_from((*TEXTS, *DATES, 5, 12, -3, True, False))
    if holds == "integer":
        return st.integers(0, 6)
    if holds == "boolean":
        return st.booleans()
    return st.sampled_from(VALUES.get(field, TEXTS))


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    field = draw(st.sampled_from(FIELDS))
    holds = "custom" if field in CUSTOM else VIEW_FIELDS[field].holds
    operators = {
        "instant": ("before", "after", "empty"),
        "texts": ("has", "has_not", "empty"),
        "people": ("has", "has_not", "empty"),
        "custom": ("is", "is_not", "has", "has_not", "before", "after", "empty"),
    }.get(holds, ("is", "is_not", "empty"))
    operator = draw(st.sampled_from(operators))
    if operator == "empty":
        return {"field": field, operator: draw(st.booleans())}
    if operator in {"before", "after"}:
        return {"field": field, operator: draw(st.sampled_from(TIMES))}
    if operator in {"has", "has_not"}:
        known = ("@me", ANN, "zoe") if holds == "people" else ("a", "b", "x", "y", "工单")
        words = st.sampled_from(known)
        return {"field": field, operator: draw(st.lists(words, min_size=1, max_size=2))}
    return {"field": field, operator: draw(st.lists(values(field), min_size=1, max_size=3))}


SORTABLE = tuple(
    field for field in FIELDS if field in CUSTOM or VIEW_FIELDS[field].holds in ORDERING
)
GROUPABLE = tuple(
    field for field in SORTABLE if field in CUSTOM or VIEW_FIELDS[field].holds != "instant"
)
SORTS = st.lists(
    st.tuples(st.sampled_from(SORTABLE), st.sampled_from(("asc", "desc"))).map(list), max_size=3
)


@st.composite
def views(draw: st.DrawFn) -> View:
    return view_of(
        all=draw(st.lists(conditions(), max_size=2)),
        any=draw(st.lists(conditions(), max_size=2)),
        sort=draw(SORTS),
        group_by=draw(st.one_of(st.none(), st.sampled_from(GROUPABLE))),
    )


READERS = st.builds(
    Reader,
    agent=st.sampled_from((ANN, "bob", None)),
    now=st.just(NOW),
    zone=st.sampled_from(ZONES),
    scope=st.sampled_from(("own", "group", "all")),
)
MEMBER = Reader("bob", NOW)


@cache
def tables(seed: int) -> duckdb.DuckDBPyConnection:
    return made_tables(seed)


def page(seed: int, view: View, reader: Reader, **asked: Any) -> ViewPage:
    return view_page.read(tables(seed), view.written(), reader, **asked)


@cache
def tickets(seed: int) -> list[TicketEntry]:
    """Every ticket with all that it has: more columns than one view may show."""
    found: dict[int, TicketEntry] = {}
    for agent in (ANN, "bob"):
        for columns in (ALL_COLUMNS, OTHER_COLUMNS):
            view = view_of(columns=columns)
            for one in page(seed, view, Reader(agent, NOW), size=1_000).entries:
                shown = {n: v for n, v in one._asdict().items() if v is not None}
                known = found.get(one.number, TicketEntry(one.number))
                found[one.number] = known._replace(**shown)
    return list(found.values())
