"""Calendars, policies and histories for tests, drawn or written short."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.calendar_document import CalendarDocument
from deskledger.domain.sla.hours import WEEK
from deskledger.domain.sla.instants import micros_of

# Zones whose clocks do odd things: half an hour, at midnight, two hours, a day left out, Ramadan.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Antarctica/Troll",
    "Africa/Cairo",
    "UTC",
)
# Days on which some of these zones change their clocks.
CHANGES = tuple(
    date(*day)
    for day in (
        (2026, 3, 29),
        (2026, 4, 5),
        (2026, 10, 4),
        (2026, 10, 25),
        (2024, 3, 10),
        (2024, 4, 14),
        (2023, 10, 27),
        (2019, 2, 17),
        (2011, 12, 30),
        (2006, 10, 29),
        (1986, 10, 26),
    )
)
OFFICE = {
    "zone": "Europe/Berlin",
    "weekly": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}


def compiled(document: dict[str, Any]) -> Calendar:
    """The calendar that a document without public holidays means."""
    return Calendar(CalendarDocument.model_validate(document).hours(None))


def instant(local: str, zone: str = "Europe/Berlin") -> int:
    """Microseconds of a local time such as `2026-06-08T10:00`."""
    return micros_of(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))


def days() -> st.SearchStrategy[date]:
    near = st.builds(
        lambda day, n: day + timedelta(n), st.sampled_from(CHANGES), st.integers(-2, 2)
    )
    return st.one_of(near, st.dates(date(1975, 1, 1), date(2036, 12, 31)))


@st.composite
def intervals(draw: st.DrawFn) -> list[str]:
    """Hours of one day, in any order; some touch each other."""
    minutes = st.integers(0, 24 * 60)
    bounds = sorted(draw(st.sets(minutes, min_size=2, max_size=6)))
    pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
    if draw(st.booleans()):
        pairs = list(pairwise(bounds))
    written = [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in pairs]
    return draw(st.permutations(written))


@st.composite
def calendars(draw: st.DrawFn, around: date) -> dict[str, Any]:
    """A calendar with working time, and special days around a date."""
    weekly = draw(st.dictionaries(st.sampled_from(WEEK), intervals(), min_size=1))
    near = st.integers(-4, 6).map(lambda n: (around + timedelta(n)).isoformat())
    return {
        "zone": draw(st.sampled_from(ZONES)),
        "weekly": weekly,
        "holidays": draw(st.lists(near, max_size=3)),
        "workdays": draw(st.dictionaries(near, st.one_of(intervals(), st.just([])), max_size=3)),
    }
