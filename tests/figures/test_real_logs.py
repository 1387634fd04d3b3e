"""The figures of both real logs, beside a walk through every event of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.domain.configuration.events import Published
from deskledger.domain.report.period import Days
from deskledger.projections.figure_names import Dimension
from deskledger.projections.figures import FiguresAsked, figures
from deskledger.projections.periods import Length
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.figures.business import DeskTime
from tests.figures.lives import Ticket
from tests.figures.naive import tickets_of
from tests.figures.naive_summary import naive_figures
from tests.history.real_logs import HELPDESK, SERVICENOW, shared_import
from tests.projections.records import Book

LOGS = {"helpdesk": HELPDESK, "servicenow": SERVICENOW}
KNOWN_AT = datetime(2026, 3, 2, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
OFFICE = {
    "zone": "Europe/Berlin",
    "weekly": {day: ["08:00-12:00", "13:00-17:30"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": ["2016-05-05"],
    "workdays": {"2016-05-07": ["09:00-15:00"]},
}


class Log(NamedTuple):
    """A real log's tables, its tickets as a walk through them gives them, and its busiest year."""

    store: ProjectionStore
    tickets: list[Ticket]
    year: int
    desk_time: DeskTime


def named_calendar() -> Book:
    """Records that give the desk a calendar."""
    book = Book()
    levels = {"format": 1, "calendars": {"office": OFFICE}, "policies": []}
    desk = {"format": 2, "zone": "UTC", "calendar": "office"}
    for stream, version, document in (("service-policy/default", 1, levels), ("desk", 2, desk)):
        told = {"version": version, "document": document, "scope": None, "note": None}
        book.commit(stream, [Published(occurred_at=KNOWN_AT, by=None, **told)])
    return book


@pytest.fixture(scope="module", params=sorted(LOGS))
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    mapping: str = request.param
    imported = shared_import(tmp_path_factory, LOGS[mapping], mapping)
    path: Path = tmp_path_factory.mktemp("figures") / "projections.duckdb"
    with (
        Desk.open(imported.directory) as desk,
        ProjectionStore.open(path, desk.ledger.desk) as store,
    ):
        Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
        records = [record for lane in range(12) for record in desk.ledger.read(lane, 0, 1_000_000)]
        tickets = tickets_of(records)
        years = [ticket.opened_at.year for ticket in tickets]
        book = named_calendar()
        store.apply(book.records, Stager(book.keys.data_keys))
        desk_time = DeskTime(book.records, UTC_ZONE)
        yield Log(store, tickets, max(set(years), key=years.count), desk_time)


def checked(log: Log, asked: FiguresAsked) -> int:
    found = {one[:3]: one for one in figures(log.store, asked).value}
    expected = naive_figures(log.tickets, asked, UTC_ZONE, log.desk_time)
    assert found == expected
    assert any(figure == "business_resolution_time" for _, _, figure in found)
    return len(found)


@pytest.mark.parametrize("dimension", [None, "type", "group", "agent", "priority", "workflow"])
def test_the_months_of_a_real_log_are_what_its_events_say(
    log: Log, dimension: Dimension | None
) -> None:
    year = Days(date(log.year, 1, 1), date(log.year, 12, 31))
    asked = FiguresAsked(year, "month", KNOWN_AT, dimension=dimension)
    assert checked(log, asked) > 100


def test_the_days_and_weeks_of_a_real_log_are_what_its_events_say(log: Log) -> None:
    days = Days(date(log.year, 4, 27), date(log.year, 5, 10))
    lengths: tuple[Length, ...] = ("day", "week", "whole")
    for length in lengths:
        asked = FiguresAsked(days, length, KNOWN_AT, dimension="channel")
        assert checked(log, asked) > 10
