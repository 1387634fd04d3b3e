"""Which month a stream of availability is about: months of UTC.

The zone of a desk may be published anew, the stream in which a fact stands may not change with it.
Days of the desk are cut from the spans when these are read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from deskledger.domain.errors import InvalidInput

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)


def availability_stream(agent: str, at: datetime) -> str:
    """The stream that holds what is said of an agent at an instant, which is aware UTC."""
    return f"availability/{agent}/{at.year:04}-{at.month:02}"


def begins_at(stream: str) -> datetime:
    """The first instant of the month that a stream is about.

    Raises:
        InvalidInput: the last part of the stream's name is no month.
    """
    month = _MONTH.fullmatch(stream.rpartition("/")[2])
    if month is None or month[1] == "0000":
        told = f"{stream!r} names no month; write availability/<agent>/<month>, as in 2026-03"
        raise InvalidInput(told, stream=stream)
    return datetime(int(month[1]), int(month[2]), 1, tzinfo=UTC)


def earlier_streams(stream: str, count: int) -> list[str]:
    """The same agent's streams of the months before, the latest first."""
    agent, begun = stream.split("/")[1], begins_at(stream)
    months = begun.year * 12 + begun.month - 1
    return [
        f"availability/{agent}/{months_before // 12:04}-{months_before % 12 + 1:02}"
        for months_before in range(months - 1, max(months - 1 - count, 11), -1)
    ]
