"""What the decisions about an agent's availability in a month need to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from deskledger.domain.availability.events import Availability
from deskledger.domain.timeline import Timeline

NEVER = datetime.min.replace(tzinfo=UTC)
"""Since when holds what nobody ever said: that an agent is offline."""


@dataclass(frozen=True, slots=True)
class AvailabilityState:
    """A month of an agent.

    Attributes:
        began_at: the first instant of the month.
        availability: begins with what was carried over from the months before.
        channels: null where the agent takes work through every channel; begins with null, as what
            was carried over of channels stands in the months before only.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    availability: Timeline[Availability]
    channels: Timeline[tuple[str, ...] | None]

    def speaks_of(self, at: datetime) -> bool:
        """Whether anything was said of the month up to an instant."""
        said = self.channels.entries[1:]
        return bool(said) and said[0][0] <= at
