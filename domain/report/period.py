"""Names of days, ISO weeks and months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from deskledger.domain.errors import InvalidInput


class Days(NamedTuple):
    """Local days of the desk, both included."""

    first: date
    last: date


def days_of(name: str) -> Days:
    """Give the days of a named period: ``2026-03-02``, ``2026-W10`` or ``2026-03``.

    Raises:
        InvalidInput: it names none.
    """
    try:
        if len(name) == len("2026-W10") and "W" in name:
            monday = date.fromisoformat(f"{name}-1")
            return Days(monday, monday + timedelta(days=6))
        if len(name) == len("2026-03"):
            first = date.fromisoformat(f"{name}-01")
            return Days(first, next_month(first) - timedelta(days=1))
        if len(name) == len("2026-03-02"):
            return Days(date.fromisoformat(name), date.fromisoformat(name))
    except (ValueError, OverflowError):
        pass
    told = f"{name!r} is no period; write a day (2026-03-02), week (2026-W10) or month (2026-03)."
    raise InvalidInput(told, period=name)


def next_month(day: date) -> date:
    """Give the first day of the month after a day's."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
