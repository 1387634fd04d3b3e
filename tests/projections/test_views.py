"""Views agree with a naive evaluation, page by page, whatever they ask and whoever looks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.configuration.documents import VIEW
from deskledger.domain.configuration.shipped_views import SHIPPED_VIEWS
from deskledger.domain.configuration.view import View
from deskledger.domain.errors import InvalidInput
from deskledger.projections.views.pages import TicketEntry, view_counts, view_page
from deskledger.projections.views.reader import Reader
from tests.projections.drawn_views import (
    MEMBER,
    READERS,
    page,
    tables,
    tickets,
    view_of,
    views,
)
from tests.projections.made_tables import (
    ANN,
    NOW,
)
from tests.projections.naive_views import seen

EVERYTHING = view_of(sort=[["number", "asc"]])


@given(seed=st.integers(0, 4), view=views(), reader=READERS)
@settings(max_examples=120, deadline=None)
def test_what_is_compiled_agrees_with_a_naive_evaluation(
    seed: int, view: View, reader: Reader
) -> None:
    expected = seen(view, reader, tickets(seed))
    found = page(seed, view, reader, size=1_000)
    assert [one.number for one in found.entries] == [one.number for one in expected]
    assert found.total == len(expected)
    assert found.following is None
    assert view_counts.read(tables(seed), [view.written()], reader) == [len(expected)]
    if view.group_by is None:
        assert found.groups is None
    else:
        assert found.groups is not None
        assert sum(group.tickets for group in found.groups) == len(expected)


@given(seed=st.integers(0, 4), view=views(), reader=READERS, size=st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_pages_put_together_are_the_whole_without_a_double_or_a_gap(
    seed: int, view: View, reader: Reader, size: int
) -> None:
    whole = page(seed, view, reader, size=1_000)
    paged: list[TicketEntry] = []
    after = None
    while True:
        found = page(seed, view, reader, after=after, size=size)
        assert found.total == whole.total
        assert found.groups == whole.groups
        paged += found.entries
        after = found.following
        if after is None:
            break
        assert len(found.entries) == size
    assert paged == whole.entries


def test_every_ticket_is_looked_at_by_these_laws() -> None:
    assert [len(tickets(seed)) for seed in range(5)] == [90] * 5


@pytest.mark.parametrize(
    "attempt",
    [
        "'; DROP TABLE ticket; --",
        "x') OR 1=1 --",
        "$reader",
        "{field}",
        '"number"',
        "\\'; SELECT 1",
        "x' UNION SELECT * FROM ticket_personal --",
    ],
)
def test_what_tries_to_be_sql_stays_a_value(attempt: str) -> None:
    before = len(tickets(0))
    for condition in (
        {"field": "type", "is": [attempt]},
        {"field": "fields.a", "is": [attempt]},
        {"field": "tags", "has": [attempt]},
        {"field": "fields.list", "has": [attempt]},
    ):
        view = view_of(all=[condition])
        expected = seen(view, MEMBER, tickets(0))
        found = page(0, view, MEMBER, size=1_000)
        assert {one.number for one in found.entries} == {one.number for one in expected}
    assert len(page(0, EVERYTHING, MEMBER, size=1_000).entries) <= before
    places: list[dict[str, Any]] = [
        {"all": [{"field": attempt, "is": ["x"]}]},
        {"all": [{"field": f"fields.{attempt}", "is": ["x"]}]},
        {"sort": [[attempt, "asc"]]},
        {"sort": [["number", attempt]]},
        {"columns": [attempt]},
        {"group_by": attempt},
    ]
    for wrong in places:
        with pytest.raises(InvalidInput):
            view_page.read(tables(0), {"format": 1, **wrong}, MEMBER)


@pytest.mark.parametrize("after", ["", "x", "bm8", "!!", "W10", "WyJ4IiwieSIsWzFdXQ"])
def test_what_is_no_place_is_bad_input(after: str) -> None:
    with pytest.raises(InvalidInput, match="first page"):
        page(0, EVERYTHING, MEMBER, after=after)


def test_a_place_of_another_view_is_bad_input() -> None:
    other = view_of(sort=[["opened_at", "desc"]])
    place = page(0, other, MEMBER, size=3).following
    with pytest.raises(InvalidInput, match="first page"):
        page(0, EVERYTHING, MEMBER, after=place)
    assert page(0, other, MEMBER, after=place, size=3).entries


@pytest.mark.parametrize("name", sorted(SHIPPED_VIEWS))
def test_every_shipped_view_shows_what_its_document_says(name: str) -> None:
    view = SHIPPED_VIEWS[name]
    for seed in range(5):
        for reader in (MEMBER, Reader(ANN, NOW, "Asia/Shanghai")):
            expected = seen(view, reader, tickets(seed))
            found = page(seed, view, reader, size=1_000)
            assert [one.number for one in found.entries] == [one.number for one in expected]
    assert json.loads(json.dumps(view.written())) == view.written()
    assert VIEW.checked(view.written()) == view


def test_the_counts_of_groups_are_those_of_all_pages_in_their_order() -> None:
    view = view_of(group_by="status", sort=[])
    found = page(0, view, MEMBER, size=2)
    expected = seen(view, MEMBER, tickets(0))
    assert found.groups is not None
    assert [group.value for group in found.groups] == sorted({str(one.status) for one in expected})
    counted = {group.value: group.tickets for group in found.groups}
    assert counted == {s: sum(one.status == s for one in expected) for s in counted}
