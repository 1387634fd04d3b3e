"""View documents: every fault with its path and the nearest valid name, and what times mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.configuration.documents import VIEW
from deskledger.domain.configuration.view_fields import OPERATORS, VIEW_FIELDS, view_field
from deskledger.domain.configuration.view_times import instant_of, is_instant
from deskledger.domain.ticket.status import Status

NOW = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def view(**members: Any) -> dict[str, Any]:
    return {"format": 1, **members}


def asks(field: str, **operator: Any) -> dict[str, Any]:
    """A view of all tickets with one condition; a trailing underscore is not part of a name."""
    stated = {name.removesuffix("_"): value for name, value in operator.items()}
    return view(settled=True, all=[{"field": field, **stated}])


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    (asks("statu", is_=["new"]), "$.all[0].field", "the nearest that is: status"),
    (asks("fields.A B", is_=["x"]), "$.all[0].field", "not defined"),
    (asks("fields.", is_=["x"]), "$.all[0].field", "not defined"),
    (asks("subject", is_=["x"]), "$.all[0].field", "not defined"),
    (asks("status", is_=["opn"]), "$.all[0].is[0]", "the nearest is open"),
    (asks("status", is_not=["new", 7]), "$.all[0].is_not[1]", "type text"),
    (asks("band", is_=["0"]), "$.all[0].is[0]", "type integer"),
    (asks("band", is_=[True]), "$.all[0].is[0]", "type integer"),
    (asks("workable", is_=[1]), "$.all[0].is[0]", "type boolean"),
    (asks("band", is_=[1.5]), "$.all[0].is[0]", "a value is a short text"),
    (asks("band", is_=[]), "$.all[0].is", "at least 1"),
    (asks("agent", is_=["@mee"]), "$.all[0].is[0]", "the nearest is @me"),
    (asks("participants", has=["@mee"]), "$.all[0].has[0]", "the nearest is @me"),
    (view(columns=["participants"]), "$.columns[0]", "not defined"),
    (asks("customer", is_=["@me"]), "$.all[0].is[0]", "none of"),
    (asks("tags", is_=["a"]), "$.all[0].is", "asked with has, has_not, empty"),
    (asks("status", has=["a"]), "$.all[0].has", "asked with is, is_not, empty"),
    (asks("opened_at", is_=["2026"]), "$.all[0].is", "asked with before, after, empty"),
    (asks("opened_at", before="yesterday"), "$.all[0].before", "-P1D"),
    (asks("opened_at", after="2026-03-28T22:30:00"), "$.all[0].after", "an instant"),
    (asks("status", iss=["new"]), "$.all[0].iss", "the nearest valid name is is"),
    (asks("status"), "$.all[0]", "state one of is, is_not"),
    (asks("status", is_=["new"], is_not=["open"]), "$.all[0]", "state one operator"),
    (view(all=[{"field": "status", "is": ["solved"]}]), "$.all[0].is[0]", "settled: true"),
    (view(any=[{"field": "status", "is": ["closed"]}]), "$.any[0].is[0]", "settled: true"),
    (view(sort=[["bnd", "asc"]]), "$.sort[0][0]", "the nearest that is: band"),
    (view(sort=[["band", "up"]]), "$.sort[0][1]", "up is none of asc, desc"),
    (view(sort=[["tags", "asc"]]), "$.sort[0][0]", "orders nothing"),
    (view(sort=[["subject", "asc"]]), "$.sort[0][0]", "not defined"),
    (view(sort=[["band", "asc"]] * 6), "$.sort", "at most 5"),
    (view(columns=["subjct"]), "$.columns[0]", "the nearest that is: subject"),
    (view(columns=[]), "$.columns", "at least 1"),
    (view(group_by="chanel"), "$.group_by", "the nearest that is: channel"),
    (view(group_by="opened_at"), "$.group_by", "same instant"),
    (view(group_by="tags"), "$.group_by", "orders nothing"),
    (view(share={"kind": "group"}), "$.share.id", "required"),
    (view(share={"kind": "desk", "id": "x"}), "$.share.id", "no id"),
    (view(share={"kind": "team"}), "$.share.kind", "none of desk, group, agent"),
    (view(setled=True), "$.setled", "the nearest valid name is settled"),
    (view(all=[7]), "$.all[0]", "dictionary"),
    (view(all={"field": "status"}), "$.all", "tuple"),
]


@pytest.mark.parametrize(("document", "path", "part"), FAULTS)
def test_a_view_with_a_fault_says_where_and_what_would_be_valid(
    document: dict[str, Any], path: str, part: str
) -> None:
    told = {one.path: one.sentence() for one in VIEW.faults(document)}
    assert list(told) == [path]
    assert part in told[path]


def test_all_faults_of_a_view_are_told_at_once() -> None:
    everything = view(
        all=[{"field": "statu", "is": ["new"]}, {"field": "status", "is": ["opn"]}],
        any=[{"field": "opened_at", "before": "soon"}],
        sort=[["bnd", "asc"]],
        columns=["subjct"],
        colums=[],
    )
    assert sorted(one.path for one in VIEW.faults(everything)) == [
        "$.all[0].field",
        "$.all[1].is[0]",
        "$.any[0].before",
        "$.columns[0]",
        "$.colums",
        "$.sort[0][0]",
    ]


def test_a_published_view_is_stored_with_every_key_and_read_as_it_was() -> None:
    document = asks("status", is_=["new"])
    stored = VIEW.checked(document).written()
    assert stored["all"] == [{"field": "status", "is": ["new"]}]
    assert stored["sort"] == [["band", "asc"], ["next_due_at", "asc"], ["waiting_since", "asc"]]
    assert VIEW.checked(stored) == VIEW.checked(document)


@given(
    document=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "all",
                        "any",
                        "sort",
                        "columns",
                        "field",
                        "is",
                        "has",
                        "before",
                        "share",
                        "group_by",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_handed_in_has_faults_or_can_be_read(document: Any) -> None:
    stated = {"format": 1, **document} if isinstance(document, dict) else document
    faults = VIEW.faults(stated)
    for one in faults:
        assert one.path.startswith("$")
        assert one.sentence()
        assert one.sentence("zh")
    if not faults:
        assert VIEW.checked(stated)


def test_every_status_can_be_asked_for_and_every_field_with_some_operator() -> None:
    assert VIEW_FIELDS["status"].choices == frozenset(one.value for one in Status)
    for name, field in VIEW_FIELDS.items():
        assert view_field(name) == field
        assert any(field.holds in holds for holds in OPERATORS.values())


TIMES: list[tuple[str, datetime]] = [
    ("2026-03-28T23:30:00+01:00", NOW),
    ("2026-03-28T22:30:00.5Z", NOW + timedelta(seconds=0.5)),
    ("PT4H", NOW + timedelta(hours=4)),
    ("-PT1H30M", NOW - timedelta(hours=1, minutes=30)),
    ("PT90S", NOW + timedelta(seconds=90)),
    # The clocks of Berlin go forward in the night: the next local day has 23 hours.
    ("P1D", NOW + timedelta(hours=23)),
    ("-P1D", NOW - timedelta(hours=24)),
    ("@today", datetime(2026, 3, 27, 23, tzinfo=UTC)),
    ("@tomorrow", datetime(2026, 3, 28, 23, tzinfo=UTC)),
]


@pytest.mark.parametrize(("stated", "expected"), TIMES)
def test_a_time_means_an_instant_for_who_looks_from_where(stated: str, expected: datetime) -> None:
    assert instant_of(stated, NOW, BERLIN) == expected
    assert is_instant(stated)


@pytest.mark.parametrize(
    "stated",
    [
        *("", "P", "PT", "P1Y", "P1M", "P1W", "P1DT2H", "P0.5D", "PT1.5H", "+PT1H", "p1d", "P٣D"),
        *("PT999999H", "P999999D", "2026-03-28", "2026-03-28T22:30:00", "2026-02-30T00:00:00Z"),
        *("2026-03-28T22:30:00Z ", "@now", "tomorrow", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_what_means_no_instant_is_none(stated: str) -> None:
    assert instant_of(stated, NOW, BERLIN) is None


@given(
    now=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 - made aware below
    zone=st.sampled_from(("UTC", "Europe/Berlin", "Asia/Shanghai", "America/St_Johns")),
    days=st.integers(-3_650, 3_650),
)
def test_days_are_those_of_the_calendar_and_today_holds_now(
    now: datetime, zone: str, days: int
) -> None:
    here, aware = ZoneInfo(zone), now.replace(tzinfo=UTC)
    told = instant_of(f"-P{-days}D" if days < 0 else f"P{days}D", aware, here)
    assert told is not None
    local = told.astimezone(here).date() - aware.astimezone(here).date()
    assert local.days == days
    today, tomorrow = (instant_of(mark, aware, here) for mark in ("@today", "@tomorrow"))
    assert today is not None
    assert tomorrow is not None
    assert today <= aware < tomorrow
    assert timedelta(hours=22) < tomorrow - today < timedelta(hours=26)
