"""What the decisions about an identity need to know of its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskledger.domain.timeline import Timeline


@dataclass(frozen=True, slots=True)
class IdentityState:
    """An address, and the customers that it led to.

    Attributes:
        customers: null while it leads to nobody.
        claims: how often it was claimed.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    customers: Timeline[str | None]
    claims: int

    @property
    def customer(self) -> str | None:
        """The customer that the address leads to at present."""
        return self.customers.present
