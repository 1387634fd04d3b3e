"""The values that one attribute has had, in the order in which they held in the world.

A fact that is recorded late is filed where it belongs and does not change the present, so any order
of recording gives the same timeline.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection
from datetime import datetime
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

Entry = tuple[datetime, int, T]
"""When the value began to hold, the version of the event that said so, and the value."""

_ORDER = itemgetter(0, 1)


class Timeline(NamedTuple, Generic[T]):
    """An attribute's values; never empty.

    Attributes:
        entries: in order of (``occurred_at``, version).
    """

    entries: tuple[Entry[T], ...]

    @classmethod
    def begun(cls, at: datetime, version: int, value: T) -> Timeline[T]:
        """A timeline with its first value."""
        return cls(((at, version, value),))

    @property
    def present(self) -> T:
        """The value of the latest (``occurred_at``, version)."""
        return self.entries[-1][2]

    def held(self, at: datetime) -> tuple[T, datetime]:
        """The value as of an instant, and since when it had held without a break.

        Before the first entry, the first value is given.
        """
        index = len(self.entries) - 1
        if not index:
            # Most attributes never change, and each command asks for many of them.
            return self.entries[0][2], self.entries[0][0]
        while index and self.entries[index][0] > at:
            index -= 1
        value = self.entries[index][2]
        while index and self.entries[index - 1][2] == value:
            index -= 1
        return value, self.entries[index][0]

    def holds(self, at: datetime, value: T) -> bool:
        """Whether this was the value as of an instant; true and 1 are two values."""
        began_at, _version, held = self.entries[-1]
        if began_at > at:
            held = self.held(at)[0]
        return held == value and type(held) is type(value)

    def held_among(self, at: datetime, values: Collection[T]) -> datetime:
        """Since when, as of an instant, the value has been one of these without a break."""
        index = len(self.entries) - 1
        while index and self.entries[index][0] > at:
            index -= 1
        while index and self.entries[index - 1][2] in values:
            index -= 1
        return self.entries[index][0]

    def filed(self, at: datetime, version: int, value: T) -> Timeline[T]:
        """The timeline with one more value, where it belongs."""
        entry = (at, version, value)
        if (at, version) > self.entries[-1][:2]:
            return Timeline((*self.entries, entry))
        entries = list(self.entries)
        insort(entries, entry, key=_ORDER)
        return Timeline(tuple(entries))
