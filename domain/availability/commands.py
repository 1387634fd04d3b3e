"""What can be asked about an agent's availability."""

from __future__ import annotations

from typing import Literal

from deskledger.domain.availability.events import Availability, Channels
from deskledger.domain.commands import Command
from deskledger.domain.shapes import Slug


class SetAvailability(Command):
    """Say whether an agent takes work, and through which channels; no channels means all."""

    type: Literal["SetAvailability"] = "SetAvailability"
    availability: Availability
    channels: Channels | None = None
    planned: bool = False
    reason: Slug | None = None


AvailabilityCommand = SetAvailability
