"""Remembers what a pure function gave for an argument, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ENTRIES_MAX = 4_096


class Memo(dict[K, V]):
    """A dictionary that computes what it lacks: ``memo[argument]``.

    A log repeats its values: each distinct one is parsed and validated once. When it is full it
    begins anew. An exception of the function rises and is not remembered.
    """

    def __init__(self, compute: Callable[[K], V]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, argument: K) -> V:
        if len(self) >= ENTRIES_MAX:
            self.clear()
        value = self[argument] = self._compute(argument)
        return value
