"""SLA attainment: which clocks count, when, and for whom."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.report.period import Days
from deskledger.projections.figure_names import Dimension
from deskledger.projections.figures import Figure, FiguresAsked, figures
from deskledger.projections.periods import Length
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.clock_tables.told import clock, one_life
from tests.figures.naive import tickets_of
from tests.figures.naive_summary import naive_figures
from tests.figures.told import AS_ANN, Event, opened, status, tell, zoned
from tests.figures.told import given as handed
from tests.projections.records import DESK, NOON, Book, later, ticket_stream

MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))
LATER = later(100_000)
MET: dict[str, Any] = {"state": "met", "phase": "stopped", "stopped_at": 30}
BREACHED: dict[str, Any] = {"state": "breached", "due": 60, "noticed_at": 60}
Rate = tuple[int, int]


def asked(
    known_at: datetime = LATER,
    dimension: Dimension | None = None,
    length: Length = "whole",
) -> FiguresAsked:
    return FiguresAsked(MARCH, length, known_at, dimension)


def attained(
    store: ProjectionStore, question: FiguresAsked | None = None
) -> dict[str | None, Rate]:
    """Met and all, by dimension."""
    found = figures(store, question or asked()).value
    return {one.dimension: (one.sum, one.n) for one in found if one.figure == "sla_attainment"}


Told = Callable[..., ProjectionStore]


@pytest.fixture
def told(tmp_path: Path, request: pytest.FixtureRequest) -> Told:
    """Makes a store with one ticket, in a group from its opening on, and these events."""

    def make(*events: Event) -> ProjectionStore:
        party = {"group": "one", "agent": None}
        commits = [(AS_ANN, [opened(party=party)]), *((AS_ANN, [event]) for event in events)]
        store = tell(tmp_path, commits)
        request.addfinalizer(store.close)
        return store

    return make


def test_a_met_clock_counts_at_its_stop_and_a_breached_one_when_it_was_noticed(told: Told) -> None:
    day = 1_440
    store = told(
        clock("ClockStarted", 0),
        clock("ClockFulfilled", 30, **MET),
        clock("ClockStarted", 0, "resolution", due=2 * day),
        clock(
            "ClockBreached", 3 * day, "resolution", state="breached", due=day, noticed_at=2 * day
        ),
    )
    found = figures(store, asked(length="day")).value
    days = {one.period: (one.sum, one.n) for one in found if one.figure == "sla_attainment"}
    assert days == {"2026-03-02": (1, 1), "2026-03-04": (0, 1)}


def test_a_breach_counts_from_its_due_time_on_though_nobody_recorded_it(told: Told) -> None:
    store = told(clock("ClockStarted", 0))
    for known_at, rate in (
        (later(60), {}),
        (later(60) + timedelta(microseconds=1), {None: (0, 1)}),
    ):
        assert attained(store, asked(known_at)) == rate


@pytest.mark.parametrize("state", ["paused", "ended", "absent"])
def test_what_is_paused_ended_or_absent_does_not_count(told: Told, state: str) -> None:
    phase = "standing" if state == "paused" else "stopped"
    last = clock("ClockRescheduled", 10, state=state, phase=phase, due=None)
    assert attained(told(clock("ClockStarted", 0), last)) == {}


BOTH = [
    clock("ClockStarted", 0),
    clock("ClockFulfilled", 30, **MET),
    clock("ClockStarted", 0, "resolution"),
    clock("ClockBreached", 60, "resolution", **BREACHED),
]


@pytest.mark.parametrize(("reason", "rate"), [("settled", {None: (1, 2)}), ("spam", {})])
def test_a_discard_takes_out_whatever_the_clocks_of_its_episode_had_shown(
    told: Told, reason: str, rate: dict[str | None, Rate]
) -> None:
    store = told(*BOTH, status("TicketClosed", 70, "new", "closed", reason=reason))
    assert attained(store) == rate


def test_attainment_is_provisional_until_the_episode_is_over(tmp_path: Path) -> None:
    closed = status("TicketClosed", 70, "new", "closed", reason="settled")
    for events, provisional in ((BOTH, True), ([*BOTH, closed], False)):
        directory = tmp_path / str(len(events))
        directory.mkdir()
        with tell(directory, [(AS_ANN, [opened(), *events])]) as store:
            found = {one.figure: one.provisional for one in figures(store, asked()).value}
        assert found["sla_attainment"] is provisional


def test_a_clock_counts_for_the_group_that_was_responsible(told: Told) -> None:
    store = told(
        clock("ClockStarted", 0),
        clock("ClockStarted", 0, "group_ownership"),
        handed(20, ("one", None), ("two", None)),
        clock("ClockFulfilled", 20, "group_ownership", **{**MET, "stopped_at": 20}),
        clock("ClockBreached", 60, **BREACHED),
    )
    assert attained(store, asked(dimension="group")) == {"one": (1, 1), "two": (0, 1)}


def test_by_metric_and_policy_nothing_else_is_counted(told: Told) -> None:
    store = told(clock("ClockStarted", 0), clock("ClockFulfilled", 30, **MET))
    for dimension, value in (("metric", "first_response"), ("policy", "standard")):
        (found,) = figures(store, asked(dimension=dimension)).value  # type: ignore[arg-type]
        assert found[:5] == (found.period, value, "sla_attainment", 1, 1)


@st.composite
def lives(draw: st.DrawFn) -> list[list[Event]]:
    """Tickets with clocks that are settled, discarded, reopened and handed on."""
    return [[opened(0), *_changed(draw), *draw(one_life())] for _ in range(draw(st.integers(1, 3)))]


def _changed(draw: st.DrawFn) -> Sequence[Event]:
    at, now = 0, "new"
    party: tuple[str | None, str | None] = (None, None)
    told: list[Event] = []
    for _ in range(draw(st.integers(0, 5))):
        at += draw(st.sampled_from([0, 1, 30, 600]))
        if draw(st.booleans()):
            to = (draw(st.sampled_from(["one", "two"])), draw(st.sampled_from([None, "ann"])))
            told.append(handed(at, party, to))
            party = to
        elif now in {"solved", "closed"}:
            told.append(status("TicketReopened", at, now, "open"))
            now = "open"
        elif draw(st.booleans()):
            told.append(status("TicketSolved", at, now, "solved"))
            now = "solved"
        else:
            reason = draw(st.sampled_from(["spam", "settled"]))
            told.append(status("TicketClosed", at, now, "closed", reason=reason))
            now = "closed"
    return told


@given(
    tickets=lives(),
    known_at=st.integers(0, 6_000).map(later),
    dimension=st.sampled_from([None, "metric", "policy", "group", "agent"]),
    zone=st.sampled_from(["UTC", "Asia/Shanghai"]),
)
@settings(max_examples=20, deadline=None)
def test_every_attainment_is_what_a_walk_through_the_clocks_gives(
    tmp_path_factory: pytest.TempPathFactory,
    tickets: list[list[Event]],
    known_at: datetime,
    dimension: Dimension | None,
    zone: str,
) -> None:
    book = Book()
    book.commit("desk", [zoned(zone)])
    for number, events in enumerate(tickets):
        for event in events:
            book.commit(ticket_stream(number), [event], recorded_at=NOON + timedelta(days=9))
    question = asked(known_at, dimension, "day")
    path = tmp_path_factory.mktemp("attained") / "tables.duckdb"
    with ProjectionStore.open(path, DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        found: dict[tuple[str, str | None, str], Figure] = {
            one[:3]: one for one in figures(store, question).value
        }
    assert found == naive_figures(tickets_of(book.records), question, ZoneInfo(zone))
