"""A calendar as people write it, and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints

from deskledger.domain.shapes import Frozen
from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.durations import DAY, HOUR, MINUTE
from deskledger.domain.sla.faults import Fault, at_most, path_of, unknown, wrong
from deskledger.domain.sla.hours import WEEK, Hours, Interval, Intervals, PublicDays, merged
from deskledger.domain.sla.instants import Day

ALWAYS = "always"
DATES_MAX = 10_000
INTERVALS_MAX = 100
_INTERVAL = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_ZONE = re.compile(r"(?!posix/|right/)[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", re.ASCII)


def _interval(text: Any) -> Interval:
    """A stretch of a day such as `09:00-17:30`; only its end may be `24:00`."""
    found = _INTERVAL.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise wrong("interval")
    hour, minute, end_hour, end_minute = map(int, found.groups())
    start, end = hour * HOUR + minute * MINUTE, end_hour * HOUR + end_minute * MINUTE
    if end > DAY:
        raise wrong("interval")
    if end <= start:
        raise wrong("interval_order")
    return start, end


def _interval_text(interval: Interval) -> str:
    return "-".join(f"{at // HOUR:02}:{at % HOUR // MINUTE:02}" for at in interval)


def _apart(intervals: Intervals) -> Intervals:
    ordered = sorted(intervals)
    if any(before[1] > after[0] for before, after in pairwise(ordered)):
        raise wrong("intervals_overlap")
    return merged(ordered)


def _existing(zone: Any) -> str:
    if not isinstance(zone, str):
        raise wrong("not_text")
    try:
        if _ZONE.fullmatch(zone):
            return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise wrong("zone_unknown", name=zone, among=zones)


@cache
def zones() -> frozenset[str]:
    """The names of all time zones; to list them means to read a directory."""
    return frozenset(available_timezones())


Spans = Annotated[
    tuple[
        Annotated[
            Interval,
            BeforeValidator(_interval),
            PlainSerializer(_interval_text, return_type=str, when_used="json"),
        ],
        ...,
    ],
    at_most(INTERVALS_MAX),
    AfterValidator(_apart),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Zone = Annotated[str, BeforeValidator(_existing)]


class Weekly(Frozen):
    """The hours of each weekday; a missing one is closed."""

    mon: Spans = ()
    tue: Spans = ()
    wed: Spans = ()
    thu: Spans = ()
    fri: Spans = ()
    sat: Spans = ()
    sun: Spans = ()


class CalendarDocument(Frozen):
    """A calendar as it is published.

    Attributes:
        zone: whose local dates and clock times are meant.
        weekly: hours by weekday.
        holidays: local dates that are closed all day.
        workdays: hours of single dates, which win over everything.
        public_holidays: ISO code of the country whose holidays and make-up days apply.
    """

    zone: Zone
    weekly: Weekly = Weekly()
    holidays: Annotated[tuple[Day, ...], at_most(DATES_MAX)] = ()
    workdays: Annotated[dict[Day, Spans], at_most(DATES_MAX)] = Field(default_factory=dict)
    public_holidays: Annotated[str, StringConstraints(min_length=1, max_length=10)] | None = None

    def hours(self, public: PublicDays | None) -> Hours:
        """What it means, with the dates of its country's holidays."""
        weekly = tuple(getattr(self.weekly, day) for day in WEEK)
        days = frozenset(self.holidays)
        return Hours(self.zone, weekly, days, self.workdays, public)


EVERY_DAY = Calendar(Hours("UTC", (((0, DAY),),) * 7))
"""The calendar named `always`: every second counts, by dates of UTC."""


class Countries(NamedTuple):
    """Where the dates of public holidays come from.

    Attributes:
        codes: the countries that there are.
        days: gives the public days of one of them.
    """

    codes: frozenset[str]
    days: Callable[[str], PublicDays]


def compile_calendars(
    documents: Mapping[str, CalendarDocument], countries: Countries, *place: str | int
) -> tuple[dict[str, Calendar], list[Fault]]:
    """The calendars by name, with `always`, and what is wrong with them.

    Args:
        documents: calendars as they are published.
        countries: where the dates of public holidays come from.
        place: where the documents stand, for the paths of faults.
    """
    calendars, faults = {ALWAYS: EVERY_DAY}, []
    for name, document in documents.items():
        compiled = _compiled(name, document, countries, *place, name)
        if isinstance(compiled, Fault):
            faults.append(compiled)
        else:
            calendars[name] = compiled
    return calendars, faults


def _compiled(
    name: str, document: CalendarDocument, countries: Countries, *place: str | int
) -> Calendar | Fault:
    if name == ALWAYS:
        return Fault(path_of(*place), "always_redefined", {})
    country = document.public_holidays
    if country is not None and country not in countries.codes:
        path = path_of(*place, "public_holidays")
        return unknown(path, "country_unknown", country, countries.codes)
    public = None if country is None else countries.days(country)
    calendar = Calendar(document.hours(public))
    if not calendar.has_working_time():
        return Fault(path_of(*place), "no_working_time", {})
    return calendar
