"""Business time: what is added can be measured, and a slow counter agrees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.sla.calendar import TimeNotFound
from deskledger.domain.sla.durations import DAY, HOUR, MINUTE, Duration
from deskledger.domain.sla.hours import WEEK
from deskledger.domain.sla.instants import micros_of
from tests.sla.build import calendars, compiled, days

LONG = 400 * HOUR


@st.composite
def places(draw: st.DrawFn) -> tuple[dict[str, Any], int]:
    """A calendar, and an instant near its special days."""
    day = draw(days())
    document = draw(calendars(day))
    midnight = micros_of(datetime.combine(day, datetime.min.time(), UTC))
    return document, midnight + draw(st.integers(-2 * DAY, 3 * DAY))


def works(document: dict[str, Any], local: datetime) -> bool:
    """Whether a local clock time is working time, by the rules as they are written."""
    day = local.date().isoformat()
    if day in document["workdays"]:
        hours = document["workdays"][day]
    elif day in document["holidays"]:
        hours = []
    else:
        hours = document["weekly"].get(WEEK[local.weekday()], [])
    time = f"{local:%H:%M}"
    return any(start <= time < end for start, end in (one.split("-") for one in hours))


def counted(document: dict[str, Any], start: datetime, minutes: int) -> int:
    """Working minutes by looking at the local clock in each minute."""
    zone = ZoneInfo(document["zone"])
    clock = ((start + timedelta(minutes=n)).astimezone(zone) for n in range(minutes))
    return sum(works(document, local) for local in clock)


@given(places(), st.integers(1, LONG))
def test_adding_then_measuring_gives_back_the_duration(
    place: tuple[dict[str, Any], int], length: int
) -> None:
    calendar, start = compiled(place[0]), place[1]
    end = calendar.after(start, length)
    assert calendar.worked(start, end) == length
    assert calendar.worked(start, end - 1) == length - 1


@given(places(), st.integers(1, LONG))
def test_going_back_then_measuring_gives_back_the_duration(
    place: tuple[dict[str, Any], int], length: int
) -> None:
    calendar, end = compiled(place[0]), place[1]
    start = calendar.back(end, length)
    assert calendar.worked(start, end) == length
    assert calendar.worked(start + 1, end) == length - 1


@given(places(), st.lists(st.integers(0, 3_000 * DAY), min_size=1, max_size=5))
def test_measuring_is_additive_over_any_split(
    place: tuple[dict[str, Any], int], lengths: list[int]
) -> None:
    calendar, start = compiled(place[0]), place[1]
    bounds = sorted({start, *(start + length for length in lengths)})
    assert sum(calendar.worked(a, b) for a, b in pairwise(bounds)) == calendar.worked(
        start, bounds[-1]
    )


@given(places(), st.integers(1, 5 * 24 * 60))
def test_a_counter_of_minutes_on_the_local_clock_agrees(
    place: tuple[dict[str, Any], int], minutes: int
) -> None:
    document, at = place
    start = datetime.fromtimestamp(at // MINUTE * 60, UTC)
    begin = micros_of(start)
    measured = compiled(document).worked(begin, begin + minutes * MINUTE)
    assert measured == counted(document, start, minutes) * MINUTE


@given(places(), st.integers(1, 8), st.sampled_from((1, -1)))
def test_working_days_are_those_on_which_the_counter_finds_working_time(
    place: tuple[dict[str, Any], int], count: int, way: int
) -> None:
    document, start = place
    zone = ZoneInfo(document["zone"])
    local = datetime.fromtimestamp(start // 1_000_000, UTC).astimezone(zone)
    end = compiled(document).shifted(start, Duration(0, way * count))
    day, left = local.date(), count
    while left:
        day += timedelta(way)
        left -= has_working_minutes(document, day)
    reached = datetime.fromtimestamp(end // 1_000_000, UTC).astimezone(zone)
    skipped = reached.time() != local.time()
    assert reached.date() == day or (skipped and reached.date() == day + timedelta(1))
    if not skipped:
        assert reached.fold == 0


def has_working_minutes(document: dict[str, Any], day: date) -> bool:
    """Whether any minute whose local date is `day` is working time."""
    zone = ZoneInfo(document["zone"])
    start = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=15)
    clock = ((start + timedelta(minutes=n)).astimezone(zone) for n in range(54 * 60))
    return any(local.date() == day and works(document, local) for local in clock)


@given(places())
def test_nothing_added_is_the_start_itself(place: tuple[dict[str, Any], int]) -> None:
    calendar, start = compiled(place[0]), place[1]
    assert calendar.after(start, 0) == calendar.back(start, 0) == start
    assert calendar.shifted(start, Duration(0, 0)) == start
    assert calendar.worked(start, start) == 0
    assert calendar.worked(start, start - DAY) == 0


def test_a_time_that_is_not_found_within_a_hundred_years_is_refused() -> None:
    once = {"zone": "UTC", "workdays": {"2026-06-08": ["09:00-10:00"]}}
    calendar = compiled(once)
    start = micros_of(datetime(2026, 6, 1, tzinfo=UTC))
    assert calendar.after(start, HOUR) == micros_of(datetime(2026, 6, 8, 10, tzinfo=UTC))
    for by in (Duration(HOUR + 1), Duration(-1), Duration(0, 2), Duration(0, -1)):
        with pytest.raises(TimeNotFound):
            calendar.shifted(start, by)
