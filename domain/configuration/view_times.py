"""Instants as views write them: fixed ones, and those that are told from who looks and when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

TODAY, TOMORROW = "@today", "@tomorrow"
DAYS_MAX = 3_650

_DAYS = re.compile(r"(-?)P(\d{1,6})D", re.ASCII)
_TIME = re.compile(r"(-?)PT(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_FARTHEST = timedelta(days=DAYS_MAX)


def instant_of(stated: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The UTC instant that a text means to somebody in a zone; None where it means none.

    Args:
        stated: an RFC 3339 instant with an offset; ``PTnHnMnS`` from now, elapsed time; ``PnD``
            from now, calendar days that keep the clock time of the zone; with ``-`` before them,
            the past; ``@today`` or ``@tomorrow``, the local midnight at which the day begins.
        now: when somebody looks.
        zone: whose days are meant.
    """
    if stated in (TODAY, TOMORROW):
        return _midnight(now, zone, 0 if stated == TODAY else 1)
    span = _TIME.fullmatch(stated)
    if span is not None:
        return _elapsed(span, now)
    days = _DAYS.fullmatch(stated)
    if days is not None:
        count = int(days[1] + days[2])
        return None if abs(count) > DAYS_MAX else _on(now, zone, count)
    return _fixed(stated)


def is_instant(stated: str) -> bool:
    """Whether a text means an instant, whoever looks and whenever."""
    return instant_of(stated, datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is not None


def _elapsed(span: re.Match[str], now: datetime) -> datetime | None:
    sign, hours, minutes, seconds = span.groups()
    length = timedelta(hours=int(hours or 0), minutes=int(minutes or 0), seconds=int(seconds or 0))
    if length > _FARTHEST:
        return None
    return (now - length if sign else now + length).astimezone(UTC)


def _on(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The same clock time some days later; where it does not exist, moved on by the gap."""
    local = now.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=zone).astimezone(UTC)


def _midnight(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    local = now.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    return (local + timedelta(days=days)).replace(tzinfo=zone).astimezone(UTC)


def _fixed(stated: str) -> datetime | None:
    if _INSTANT.fullmatch(stated) is None:
        return None
    try:
        return datetime.fromisoformat(stated).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
