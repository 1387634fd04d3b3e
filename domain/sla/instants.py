"""Instants as whole microseconds since 1970 in UTC: what all of business time is counted in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from deskledger.domain.sla.faults import wrong

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
YEAR_MIN, YEAR_MAX = 1900, 2200
_MICROSECOND = timedelta(microseconds=1)
_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def micros_of(instant: datetime) -> int:
    """An aware instant in microseconds since 1970."""
    return (instant - EPOCH) // _MICROSECOND


def instant_of(micros: int) -> datetime:
    """The aware UTC instant of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def instant_text(micros: int) -> str:
    """An instant in UTC with `Z`, with a fraction only where there is one."""
    return instant_of(micros).isoformat().replace("+00:00", "Z")


def parse_instant(text: object) -> int:
    """The instant that an RFC 3339 text with an offset means.

    Raises:
        PydanticCustomError: it is none, or lies outside the years 1900 to 2200.
    """
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise wrong("instant")
    day, time, fraction, offset = found.groups()
    written = f"{day}T{time}.{(fraction or '0').ljust(6, '0')}{offset.upper()}"
    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise wrong("instant") from None
    if not YEAR_MIN <= instant.year <= YEAR_MAX:
        raise wrong("instant_year", first=YEAR_MIN, last=YEAR_MAX)
    return micros_of(instant)


def parse_day(text: object) -> int:
    """The day number, since 1970-01-01, of a local date written `YYYY-MM-DD`.

    Raises:
        PydanticCustomError: it is no date, or lies outside the years 1900 to 2200.
    """
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise wrong("date")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong("date") from None
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        raise wrong("instant_year", first=YEAR_MIN, last=YEAR_MAX)
    return day_of(day)


def day_of(day: date) -> int:
    """The number of a date: days since 1970-01-01."""
    return day.toordinal() - EPOCH_ORDINAL


def date_of(day: int) -> date:
    """The date of a day number."""
    return date.fromordinal(day + EPOCH_ORDINAL)


def _instant(value: Any) -> int:
    return parse_instant(value)


Moment = Annotated[int, BeforeValidator(_instant)]
"""A stated instant, read into microseconds since 1970."""


def day_text(day: int) -> str:
    """A day number as a date: `YYYY-MM-DD`."""
    return date_of(day).isoformat()


Day = Annotated[
    int,
    BeforeValidator(parse_day),
    PlainSerializer(day_text, return_type=str, when_used="json"),
]
"""A stated local date, read into days since 1970-01-01."""
