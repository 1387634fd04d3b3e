"""What can have happened to an agent's availability."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.shapes import Change, Slug

Availability = Literal["available", "busy", "away", "offline"]
AvailabilityChange = Change[Availability]
Channels = Annotated[tuple[Slug, ...], Field(max_length=50)]


class AgentAvailabilityChanged(Event):
    """An agent came, went, or took work through other channels.

    Attributes:
        availability: ``since`` is null where nothing was known before: then they were offline.
        channels: those through which they take work; null for every channel.
        planned: whether it is what the rota says, rather than what somebody saw or did.
    """

    type: Literal["AgentAvailabilityChanged"] = "AgentAvailabilityChanged"
    v: Literal[1] = 1
    availability: AvailabilityChange
    channels: Channels | None
    planned: bool
    reason: Slug | None


AvailabilityEvent = AgentAvailabilityChanged | CommandAnswered
