"""A counted stretch, date by date: which hours each had, and why."""

from __future__ import annotations

from collections.abc import Iterator

from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.explanation.lines import DayKind, Days
from deskledger.domain.sla.hours import Hours


def days_of(calendar: Calendar, begin: int, end: int) -> tuple[Days, ...]:
    """The local dates of [begin, end) that counted, or were closed by a holiday.

    Dates that are closed in every week are left out. What the others add is the working time of
    the stretch.
    """
    found: list[Days] = []
    for one in _each(calendar, begin, end):
        before = found[-1] if found else None
        if before is not None and _alike(before, one):
            joined = before.used + one.used
            found[-1] = before._replace(last=one.last, dates=before.dates + 1, used=joined)
        else:
            found.append(one)
    return tuple(found)


def _each(calendar: Calendar, begin: int, end: int) -> Iterator[Days]:
    if begin >= end:
        return
    hours = calendar.hours
    # An instant lies on one local date, but where a clock is put back at midnight dates interlace.
    for day in range(calendar.local_day(begin) - 1, calendar.local_day(end) + 2):
        cut = ((max(start, begin), min(stop, end)) for start, stop in calendar.spans(day))
        used = sum(stop - start for start, stop in cut if start < stop)
        kind = _kind(hours, day)
        if used or (_is_inside(calendar, day, begin, end) and _is_closed_by(hours, day, kind)):
            yield Days(day, day, 1, kind, hours.on(day), used)


def _alike(before: Days, one: Days) -> bool:
    same = before.kind == one.kind and before.hours == one.hours
    return same and before.used == one.used * before.dates


def _kind(hours: Hours, day: int) -> DayKind:
    """What decides the hours of a date; the same order as in `Hours.on`."""
    if day in hours.workdays:
        return "workday"
    if day in hours.holidays:
        return "holiday"
    if hours.public is not None and day in hours.public.make_up:
        return "make_up"
    if hours.public is not None and day in hours.public.holidays:
        return "public_holiday"
    return "weekly"


def _is_closed_by(hours: Hours, day: int, kind: DayKind) -> bool:
    """Whether a date is closed that would be open by the week alone."""
    return kind != "weekly" and not hours.on(day) and bool(hours.by_week(day))


def _is_inside(calendar: Calendar, day: int, begin: int, end: int) -> bool:
    return calendar.local_day(begin) <= day <= calendar.local_day(end)
