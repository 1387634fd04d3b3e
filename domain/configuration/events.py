"""What can happen to a configuration, whatever its kind."""

from __future__ import annotations

from typing import Any, Literal

from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.shapes import Count, Decimal, Frozen, Id


class Scope(Frozen):
    """For whom a version is in force: some groups, a share of the tickets, or both."""

    groups: tuple[Id, ...] | None
    share: Decimal | None


class Published(Event):
    """A version of a configuration was put in force; it never changes.

    Attributes:
        version: 1, 2, 3 … within the configuration, not the event's place in the stream.
        document: the configuration, with its own ``format`` number.
        scope: for whom; null for everybody.
    """

    type: Literal["Published"] = "Published"
    v: Literal[1] = 1
    version: Count
    document: dict[str, Any]
    scope: Scope | None
    note: str | None


class Withdrawn(Event):
    """A version of a configuration is no longer in force."""

    type: Literal["Withdrawn"] = "Withdrawn"
    v: Literal[1] = 1
    version: Count


ConfigurationEvent = Published | Withdrawn | CommandAnswered
