"""What the decisions about an agent need to know of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskledger.domain.fields import PersonalTimelines, PlainTimelines
from deskledger.domain.timeline import Timeline


@dataclass(frozen=True, slots=True)
class AgentState:
    """An agent as the events have made it.

    Attributes:
        profile: ``roles``, ``skills``, ``languages`` and ``limits``.
        left: whether the agent has left the desk.
        successor: the agent or group that went on with the work.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    profile: Mapping[str, Timeline[Any]]
    fields: PlainTimelines
    personal_fields: PersonalTimelines
    left: bool = False
    successor: str | None = None
