"""Business time: working time measured and added, exact to the microsecond.

A calendar is compiled, window by window as it is needed, into intervals of UTC with prefix sums;
measuring and adding are then two binary searches.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from deskledger.domain.errors import DeskError
from deskledger.domain.sla.durations import DAY, Duration
from deskledger.domain.sla.hours import Hours, merged
from deskledger.domain.sla.instants import date_of, day_of, instant_of, micros_of
from deskledger.domain.sla.zones import WINDOW, stretches_between

WINDOWS_MAX = 100
"""How many windows, of about a year, are searched for a time before there is none."""

# The local clock is never further from UTC than this.
_AHEAD_MAX = DAY
_DAYS = WINDOW // DAY


class TimeNotFound(DeskError):
    """The calendar has too little working time ahead; add hours to it, or shorten the target."""


class Table(NamedTuple):
    """The working time of one window.

    Attributes:
        starts: of the intervals in UTC, in order.
        ends: of the intervals.
        before: working time from the window's start to each interval's start.
        total: working time of the window.
    """

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int


class Calendar:
    """One calendar's working time; instants and lengths are microseconds.

    Attributes:
        hours: what it was compiled from; calendars of equal hours mean the same.
    """

    def __init__(self, hours: Hours) -> None:
        self.hours = hours
        self._zone = ZoneInfo(hours.zone)
        self._tables: dict[int, Table] = {}
        self._days: dict[int, list[int]] = {}

    def has_working_time(self) -> bool:
        """Whether there is any instant at all that counts."""
        return any(self.hours.weekly) or any(any(self.spans(day)) for day in self.hours.workdays)

    def worked(self, start: int, end: int) -> int:
        """Working time in [start, end); zero where the interval is reversed."""
        if end <= start:
            return 0
        first, last = start // WINDOW, end // WINDOW
        table = self._table(first)
        if first == last:
            return _before(table, end) - _before(table, start)
        between = sum(self._table(window).total for window in range(first, last))
        return between + _before(self._table(last), end) - _before(table, start)

    def shifted(self, start: int, by: Duration) -> int:
        """An instant plus a duration, which may be one of days and may go back.

        Raises:
            TimeNotFound: there is no such time within a hundred years.
        """
        if by.days is not None:
            return self._days_on(start, by.days)
        return self.after(start, by.micros) if by.micros >= 0 else self.back(start, -by.micros)

    def after(self, start: int, length: int) -> int:
        """The earliest instant with that much working time since `start`; at once for none.

        Raises:
            TimeNotFound: there is no such time within a hundred years.
        """
        if length == 0:
            return start
        window = start // WINDOW
        table = self._table(window)
        goal = _before(table, start) + length
        for further in range(1, WINDOWS_MAX + 1):
            if goal <= table.total:
                found = bisect_left(table.before, goal) - 1
                return table.starts[found] + goal - table.before[found]
            goal -= table.total
            table = self._table(window + further)
        raise TimeNotFound

    def back(self, end: int, length: int) -> int:
        """The latest instant with that much working time until `end`; at once for none.

        Raises:
            TimeNotFound: there is no such time within a hundred years.
        """
        if length == 0:
            return end
        window = end // WINDOW
        goal = _before(self._table(window), end) - length
        for _ in range(WINDOWS_MAX):
            if goal >= 0:
                table = self._table(window)
                found = bisect_right(table.before, goal) - 1
                return table.starts[found] + goal - table.before[found]
            window -= 1
            goal += self._table(window).total
        raise TimeNotFound

    def end_of_days(self, start: int, count: int) -> int:
        """The end of the working time of the `count`-th working date after that of `start`.

        Raises:
            TimeNotFound: there are not that many within a hundred years.
        """
        day = self._working_day(self.local_day(start), count)
        return max(end for _, end in self.spans(day))

    def known(self, at: int) -> bool:
        """Whether the calendar's public holidays are settled up to an instant."""
        public = self.hours.public
        return public is None or self.local_day(at) <= public.known_until

    def spans(self, day: int) -> Iterator[tuple[int, int]]:
        """The working time of a local date in UTC: the instants whose clock shows its hours.

        So an hour that the clock shows twice counts twice, and one that it skips not at all.
        """
        intervals = self.hours.on(day)
        if not intervals:
            return
        midnight = day * DAY
        zone = self.hours.zone
        for stretch in stretches_between(zone, midnight - _AHEAD_MAX, midnight + 2 * DAY):
            local = midnight - stretch.offset
            for start, end in intervals:
                span = max(local + start, stretch.start), min(local + end, stretch.end)
                if span[0] < span[1]:
                    yield span

    def local_day(self, at: int) -> int:
        """The day number of the local date of an instant."""
        return day_of(instant_of(at).astimezone(self._zone).date())

    def _days_on(self, start: int, count: int) -> int:
        """The clock time of `start` on the `count`-th working date after it, or before it."""
        if count == 0:
            return start
        local = instant_of(start).astimezone(self._zone)
        day = self._working_day(day_of(local.date()), count)
        # A clock time that occurs twice means the first; one that is skipped moves on by the gap.
        clock = local.time().replace(fold=0)
        return micros_of(datetime.combine(date_of(day), clock, self._zone).astimezone(UTC))

    def _working_day(self, day: int, count: int) -> int:
        window, step = day // _DAYS, 1 if count > 0 else -1
        left = abs(count)
        for _ in range(WINDOWS_MAX):
            days = self._working_days(window)
            onward = days[bisect_right(days, day) :] if step > 0 else days[: bisect_left(days, day)]
            if left <= len(onward):
                return onward[left - 1] if step > 0 else onward[-left]
            left -= len(onward)
            window += step
        raise TimeNotFound

    def _working_days(self, window: int) -> list[int]:
        """The local dates with working time among the window's dates."""
        days = self._days.get(window)
        if days is None:
            every = range(window * _DAYS, (window + 1) * _DAYS)
            days = self._days[window] = [day for day in every if any(self.spans(day))]
        return days

    def _table(self, window: int) -> Table:
        table = self._tables.get(window)
        if table is None:
            table = self._tables[window] = self._compiled(window)
        return table

    def _compiled(self, window: int) -> Table:
        begin, end = window * WINDOW, (window + 1) * WINDOW
        # Local dates of a window reach a day beyond it on both sides.
        days = range(begin // DAY - 1, end // DAY + 1)
        spans = (span for day in days for span in self.spans(day))
        cut = ((max(start, begin), min(stop, end)) for start, stop in spans)
        starts, ends, before, total = [], [], [], 0
        for start, stop in merged(span for span in cut if span[0] < span[1]):
            starts.append(start)
            ends.append(stop)
            before.append(total)
            total += stop - start
        return Table(starts, ends, before, total)


def _before(table: Table, at: int) -> int:
    """Working time from a window's start to an instant in it."""
    starts, ends, before, _ = table
    found = bisect_right(starts, at) - 1
    if found < 0:
        return 0
    return before[found] + min(at, ends[found]) - starts[found]
