"""Whether an agent is there at an instant, as those who hand work over have to know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from deskledger.domain.availability.events import Availability
from deskledger.domain.availability.months import availability_stream, earlier_streams
from deskledger.domain.availability.state import AvailabilityState
from deskledger.domain.context import Context

CARRIED_MONTHS_MAX = 12
"""A month begins as the one before ended; an agent not heard of for longer is taken as offline."""


def speaking_month(
    months: Iterable[AvailabilityState | None], at: datetime
) -> AvailabilityState | None:
    """The month that says how an agent was at an instant; None where nothing was said by then.

    Args:
        months: the one that holds the instant first, then the ones before it, the latest first.
        at: aware UTC.
    """
    for place, month in enumerate(months):
        if month is not None and (place or month.speaks_of(at)):
            return month
    return None


def availability(agent: str, context: Context) -> Availability | None:
    """What was last said of an agent by now; None where nobody ever said anything."""
    stream = availability_stream(agent, context.now)
    months = (stream, *earlier_streams(stream, CARRIED_MONTHS_MAX))
    found = speaking_month(map(context.states.get, months), context.now)
    return None if found is None else found.availability.held(context.now)[0]


def earlier_needed(agent: str, context: Context) -> list[str]:
    """The streams of the months before, where the present one says nothing of an agent yet."""
    stream = availability_stream(agent, context.now)
    month: AvailabilityState | None = context.states.get(stream)
    if month is not None and month.speaks_of(context.now):
        return []
    return earlier_streams(stream, CARRIED_MONTHS_MAX)
