"""Durations as policies state them: exact working time, or whole working days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from deskledger.domain.sla.faults import wrong

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
DAYS_MAX = 3_650
TIME_MAX = 87_600 * HOUR
LENGTH_MAX = 64

_FORM = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d+)D|T(?=\d)(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)",
    re.ASCII,
)
# What people write instead, and why it is refused: the first that is found tells the reason.
_REFUSED = (
    (re.compile(r"-?P[\dDHMSTWY.,]*[.,]"), "duration_fraction"),
    (re.compile(r"-?P\d+W|-?P[\dY]*Y|-?P[\dY]*\d+M"), "duration_unit"),
    (re.compile(r"-?P\d+DT"), "duration_mixed"),
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A stretch of working time, or of working days that keeps the clock time.

    Attributes:
        micros: working time in microseconds, below zero for backwards; zero for one of days.
        days: number of working days, below zero for backwards; None for one of time.
    """

    micros: int
    days: int | None = None

    def __neg__(self) -> Duration:
        return Duration(-self.micros, None if self.days is None else -self.days)


def parse_duration(text: object, *, bounded: bool = True) -> Duration:
    """The duration that an ISO 8601 text means: `PT4H`, `PT1H30M`, `P2D`, `-PT15M`.

    Args:
        text: what was stated.
        bounded: refuse what is longer than 3,650 days or 87,600 hours.

    Raises:
        PydanticCustomError: it is no duration, or one that means nothing in working time.
    """
    if not isinstance(text, str) or len(text) > LENGTH_MAX:
        raise wrong("duration")
    found = _FORM.fullmatch(text)
    if found is None:
        raise wrong(next((code for form, code in _REFUSED if form.match(text)), "duration"))
    sign = -1 if found["sign"] else 1
    if found["days"] is not None:
        duration = Duration(0, sign * int(found["days"]))
    else:
        hours, minutes, seconds = (int(found[part] or 0) for part in "hms")
        duration = Duration(sign * (hours * HOUR + minutes * MINUTE + seconds * SECOND))
    if bounded and (abs(duration.days or 0) > DAYS_MAX or abs(duration.micros) > TIME_MAX):
        raise wrong("duration_limit", days=DAYS_MAX, hours=TIME_MAX // HOUR)
    return duration


def duration_text(micros: int) -> str:
    """A stretch of time as it is written: `PT4H`, `PT1H30M`, `-PT15M`, `PT0S`, `PT0.25S`."""
    hours, rest = divmod(abs(micros), HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, fraction = divmod(rest, SECOND)
    told = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    if fraction:
        told += f"{seconds}.{fraction:06}".rstrip("0") + "S"
    elif seconds or not told:
        told += f"{seconds}S"
    return f"{'-' * (micros < 0)}PT{told}"


def _stated(text: Any) -> Duration:
    return text if isinstance(text, Duration) else parse_duration(text)


def _measured(text: Any) -> Duration:
    measured = text if isinstance(text, Duration) else parse_duration(text, bounded=False)
    if measured.days is not None:
        raise wrong("duration_measured")
    return measured


def stated_text(duration: Duration) -> str:
    """A duration as a policy states it: as time, or as days."""
    if duration.days is None:
        return duration_text(duration.micros)
    return f"{'-' * (duration.days < 0)}P{abs(duration.days)}D"


_WRITTEN = PlainSerializer(stated_text, return_type=str, when_used="json")

Stated = Annotated[Duration, BeforeValidator(_stated), _WRITTEN]
"""A duration in a policy."""

Measured = Annotated[Duration, BeforeValidator(_measured), _WRITTEN]
"""A duration that was measured: time, never days, and of any length."""
