"""Local days, weeks and months: they tile time, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.errors import InvalidInput
from deskledger.domain.report.period import Days, days_of
from deskledger.projections.periods import Length, midnight, periods

ZONES = st.sampled_from(
    ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/Havana", "America/Sao_Paulo", "Asia/Beirut"]
).map(ZoneInfo)
DAYS = st.dates(date(2010, 1, 1), date(2030, 1, 1))
LENGTHS: st.SearchStrategy[Length] = st.sampled_from(["day", "week", "month", "whole"])


@given(zone=ZONES, day=DAYS)
def test_a_day_begins_at_its_first_instant(zone: ZoneInfo, day: date) -> None:
    begins = midnight(day, zone)
    assert begins.astimezone(zone).date() == day
    assert (begins - timedelta(microseconds=1)).astimezone(zone).date() < day


@given(zone=ZONES, first=DAYS, more=st.integers(0, 400), length=LENGTHS)
def test_periods_follow_one_another_and_hold_all_days(
    zone: ZoneInfo, first: date, more: int, length: Length
) -> None:
    days = Days(first, first + timedelta(days=more))
    found = periods(days, length, zone)
    assert found[0].began_at == midnight(days.first, zone)
    assert found[-1].ended_at == midnight(days.last + timedelta(days=1), zone)
    assert all(one.ended_at == two.began_at for one, two in pairwise(found))
    assert len({one.name for one in found}) == len(found)


@given(zone=ZONES, day=DAYS, length=LENGTHS)
def test_a_named_period_is_cut_into_itself(zone: ZoneInfo, day: date, length: Length) -> None:
    (found,) = periods(Days(day, day), length, zone)
    whole = days_of(found.name)
    assert whole.first <= day <= whole.last
    assert [one.name for one in periods(whole, length, zone)] == [found.name]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Asia/Shanghai", date(2026, 3, 29), 24),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(zone: str, day: date, hours: int) -> None:
    (found,) = periods(Days(day, day), "day", ZoneInfo(zone))
    assert found.ended_at - found.began_at == timedelta(hours=hours)
    assert found.began_at.tzinfo is UTC


@pytest.mark.parametrize("name", ["", "2026", "2026-13", "2026-W60", "2026-02-30", "20260302", "x"])
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="no period"):
        days_of(name)


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InvalidInput, match="lies after"):
        periods(Days(date(2026, 3, 2), date(2026, 3, 1)), "day", ZoneInfo("UTC"))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_an_end_of_the_calendar_is_refused(day: date) -> None:
    with pytest.raises(InvalidInput, match="end of the calendar"):
        periods(Days(day, day), "day", ZoneInfo("Asia/Shanghai"))


def test_a_week_of_two_years_has_one_name() -> None:
    days = Days(date(2026, 12, 28), date(2027, 1, 3))
    (week,) = periods(days, "week", ZoneInfo("UTC"))
    assert week.name == "2026-W53"
    assert week.began_at == datetime(2026, 12, 28, tzinfo=UTC)
