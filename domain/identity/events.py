"""What can have happened to an identity."""

from __future__ import annotations

from typing import Literal

from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.shapes import Change, Id


class IdentityMoved(Event):
    """The address leads to another customer, or to none; ``since`` is null on the first claim."""

    type: Literal["IdentityMoved"] = "IdentityMoved"
    v: Literal[1] = 1
    customer: Change[Id | None]


IdentityEvent = IdentityMoved | CommandAnswered
