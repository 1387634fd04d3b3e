"""The working hours of a calendar: which stretches of which local date are working time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Interval = tuple[int, int]
"""A half-open stretch of a local date, in microseconds since its midnight."""

Intervals = tuple[Interval, ...]

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAY = 0
# 1970-01-01, day 0, was a Thursday.
_DAY_ZERO = 3


@dataclass(frozen=True, slots=True)
class PublicDays:
    """A country's public holidays and make-up working days, as explicit dates.

    Attributes:
        country: its ISO 3166 code.
        source: library and version that the dates come from.
        known_until: the last day for which the list is settled; later ones may still change.
        holidays: day numbers of public holidays.
        make_up: day numbers of days that are worked in exchange for a holiday.
    """

    country: str
    source: str
    known_until: int
    holidays: frozenset[int]
    make_up: frozenset[int]


@dataclass(frozen=True, slots=True)
class Hours:
    """What a calendar means; equal ones are the same calendar, whatever their names.

    Attributes:
        zone: the IANA zone whose local dates and clock times the hours are.
        weekly: the hours of Monday to Sunday.
        holidays: day numbers that are closed all day.
        workdays: day numbers with hours of their own, which win over everything.
        public: public holidays and make-up days, where the calendar follows a country.
    """

    zone: str
    weekly: tuple[Intervals, ...]
    holidays: frozenset[int] = frozenset()
    workdays: Mapping[int, Intervals] = field(default_factory=dict)
    public: PublicDays | None = None

    def on(self, day: int) -> Intervals:
        """The hours of a local date; the first rule that knows the date decides."""
        special = self.workdays.get(day)
        if special is not None:
            return special
        if day in self.holidays:
            return ()
        if self.public is not None:
            if day in self.public.make_up:
                return self.weekly[MONDAY]
            if day in self.public.holidays:
                return ()
        return self.by_week(day)

    def by_week(self, day: int) -> Intervals:
        """The hours that the weekday of a local date has."""
        return self.weekly[(day + _DAY_ZERO) % 7]


def merged(intervals: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Intervals in order, those that touch or overlap made one."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return tuple(whole)
