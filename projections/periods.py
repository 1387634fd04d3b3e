"""Days, weeks and months of the desk: stretches between two local midnights of its zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from deskledger.domain.errors import InvalidInput
from deskledger.domain.report.period import Days, next_month

Length = Literal["day", "week", "month", "whole"]
"""How a stretch of days is cut into periods; ``whole`` leaves it in one piece."""


class Period(NamedTuple):
    """A stretch of whole local days, [began_at, ended_at) in UTC.

    Attributes:
        name: ``2026-03-02``, ``2026-W10``, ``2026-03``, or both days of any other stretch.
    """

    name: str
    began_at: datetime
    ended_at: datetime


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day begins.

    Where the clock is put forward at midnight the day begins later than 0:00, where it is put back
    it begins at the first 0:00.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def periods(days: Days, length: Length, zone: ZoneInfo) -> list[Period]:
    """The periods into which the days fall, in order; the first and last may be parts of one.

    Raises:
        InvalidInput: the days lie the wrong way round, or at the end of the calendar.
    """
    if days.first > days.last:
        told = f"{days.first} lies after {days.last}; name the first day first."
        raise InvalidInput(told, first=days.first.isoformat(), last=days.last.isoformat())
    try:
        return [
            Period(name, midnight(first, zone), midnight(after, zone))
            for name, first, after in _cut(days, length)
        ]
    except OverflowError:
        told = "No figures can be told of days at an end of the calendar."
        raise InvalidInput(told, first=str(days.first), last=str(days.last)) from None


def period_name(day: date, length: Length) -> str:
    """The name of the day, week or month in which a day lies."""
    match length:
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case "month":
            return day.isoformat()[:7]
        case _:
            return day.isoformat()


def _cut(days: Days, length: Length) -> Iterator[tuple[str, date, date]]:
    """Name, first day and the day after the last of each period."""
    end = days.last + timedelta(days=1)
    if length == "whole":
        yield _name(days), days.first, end
        return
    first = days.first
    while first < end:
        after = min(_after(first, length), end)
        yield period_name(first, length), first, after
        first = after


def _after(day: date, length: Length) -> date:
    """The first day of the next period."""
    match length:
        case "week":
            return day + timedelta(days=7 - day.weekday())
        case "month":
            return next_month(day)
        case _:
            return day + timedelta(days=1)


def _name(days: Days) -> str:
    return str(days.first) if days.first == days.last else f"{days.first}/{days.last}"
