"""Stretches of constant offset from UTC of a time zone, found once and remembered."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from deskledger.domain.sla.durations import DAY, HOUR, SECOND
from deskledger.domain.sla.instants import instant_of

WINDOW = 366 * DAY
"""Working time is compiled by windows of this length, counted from 1970."""

_STEP = 6 * HOUR
_MICROSECOND = timedelta(microseconds=1)


class Stretch(NamedTuple):
    """A stretch of UTC during which the local clock is ahead of it by `offset`, all in µs."""

    start: int
    end: int
    offset: int


@lru_cache(maxsize=8_192)
def stretches(zone: str, window: int) -> tuple[Stretch, ...]:
    """The stretches of one window, in order and without gaps.

    No zone has ever changed its offset twice within six hours, so looking that often finds every
    change; the second of the change is then found by halving.
    """
    info = ZoneInfo(zone)
    begin, end = window * WINDOW, (window + 1) * WINDOW
    found = []
    start, offset = begin, _offset(info, begin)
    for at in range(begin + _STEP, end + _STEP, _STEP):
        after = _offset(info, at)
        if after != offset:
            change = _change(info, at - _STEP, at)
            found.append(Stretch(start, change, offset))
            start, offset = change, after
    found.append(Stretch(start, end, offset))
    return tuple(one for one in found if one.start < end)


def stretches_between(zone: str, start: int, end: int) -> list[Stretch]:
    """The stretches that meet [start, end), not cut to it."""
    windows = range(start // WINDOW, (end - 1) // WINDOW + 1)
    return [
        one
        for window in windows
        for one in stretches(zone, window)
        if one.start < end and one.end > start
    ]


def _change(info: ZoneInfo, before: int, after: int) -> int:
    """The first second of the offset that holds at `after`, which another held `before`."""
    offset = _offset(info, after)
    while after - before > SECOND:
        middle = (before + after) // (2 * SECOND) * SECOND
        before, after = (before, middle) if _offset(info, middle) == offset else (middle, after)
    return after


def _offset(info: ZoneInfo, at: int) -> int:
    offset = instant_of(at).astimezone(info).utcoffset()
    assert offset is not None, "a zone has an offset at every instant"
    return offset // _MICROSECOND
