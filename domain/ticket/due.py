"""By when a ticket is to be done, where somebody said so."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from deskledger.domain.commands import Command
from deskledger.domain.events import Event
from deskledger.domain.shapes import Change, Instant, Slug

DueChange = Change[Instant | None]


class TicketDueSet(Event):
    """The ticket is to be done by another time, or by none.

    Attributes:
        promised: whether the customer was told.
    """

    type: Literal["TicketDueSet"] = "TicketDueSet"
    v: Literal[1] = 1
    due: DueChange
    promised: bool
    reason: Slug


class SetDue(Command):
    """Say by when the ticket is to be done; null for no time.

    Attributes:
        promised: whether the customer was told.
    """

    type: Literal["SetDue"] = "SetDue"
    due_at: Instant | None
    promised: bool = False
    reason: Slug | None = None


class Due(NamedTuple):
    """By when the ticket is to be done, null for no time; and whether the customer was told."""

    at: datetime | None
    promised: bool
