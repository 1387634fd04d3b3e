"""What the decisions about a customer need to know of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskledger.domain.customer.events import IdentityAdded
from deskledger.domain.fields import PersonalTimelines, PlainTimelines
from deskledger.domain.references import ReferenceTimelines
from deskledger.domain.tags import TagTimelines
from deskledger.domain.timeline import Timeline


@dataclass(frozen=True, slots=True)
class CustomerState:
    """A customer as the events have made it.

    Attributes:
        standing: ``tier``, ``organisation``, ``account_manager`` and ``blocked``.
        identities: every address that was ever the customer's, by identity; None where it is not.
        merged_into: the customer who took this one's place; null while it stands for itself.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    kind: str
    standing: Mapping[str, Timeline[Any]]
    identities: Mapping[str, Timeline[IdentityAdded | None]]
    fields: PlainTimelines
    personal_fields: PersonalTimelines
    tags: TagTimelines
    references: ReferenceTimelines
    merged_into: str | None = None

    @property
    def tier(self) -> str | None:
        """The customer's tier at present."""
        tier: str | None = self.standing["tier"].present
        return tier

    @property
    def blocked(self) -> bool:
        """Whether the desk refuses the customer's own tickets and messages."""
        blocked: bool = self.standing["blocked"].present
        return blocked
