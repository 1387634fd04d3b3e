"""What is going to happen, in order of time."""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any


class Agenda:
    """A heap of actions, each with its time in microseconds since the story's beginning."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = count()

    def add(self, at: float, action: Callable[..., None], *facts: Any) -> None:
        """Call `action(at, *facts)` when `at` has come; of equal times, the first added first."""
        heappush(self._heap, (int(at), next(self._count), action, facts))

    def run(self, until: int) -> Iterator[int]:
        """Let everything happen up to a time, giving the time after each action."""
        while self._heap and self._heap[0][0] <= until:
            at, _, action, facts = heappop(self._heap)
            action(at, *facts)
            yield at
