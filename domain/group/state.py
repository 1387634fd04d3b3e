"""What the decisions about a group, and about its tickets, need to know of its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from deskledger.domain.fields import PersonalTimelines, PlainTimelines
from deskledger.domain.group.events import Member
from deskledger.domain.timeline import Timeline


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group as its events have made it.

    Attributes:
        membership: every agent who was ever in it, by id; None while they are not.
        closed: whether the group is no more.
        successor: the group that took its queue.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    membership: Mapping[str, Timeline[Member | None]]
    fields: PlainTimelines
    personal_fields: PersonalTimelines
    closed: bool = False
    successor: str | None = None

    @property
    def members(self) -> frozenset[str]:
        """Ids of the agents who are in it at present."""
        return frozenset(
            agent for agent, held in self.membership.items() if held.present is not None
        )

    def has(self, agent: str) -> bool:
        """Whether an agent is in it at present."""
        held = self.membership.get(agent)
        return held is not None and held.present is not None
