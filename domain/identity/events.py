"""What can have happened to an identity."""

from __future__ import annotations

from typing import Literal

from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.shapes import IdChange


class IdentityMoved(Event):
    """The address leads to another customer, or to none; ``since`` is null on the first claim."""

    type: Literal["IdentityMoved"] = "IdentityMoved"
    v: Literal[1] = 1
    customer: IdChange


IdentityEvent = IdentityMoved | CommandAnswered
