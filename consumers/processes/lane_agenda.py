"""What one lane still asks of a process: how far it was read, and what waits for its time."""

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from deskledger.consumers.processes.reactions import Effect, Fact, Reaction
from deskledger.eventlog.progress import Progress


class Due(NamedTuple):
    """A reaction that is to be done; the order is that of time, then of the lane.

    None stands for asking the process which reactions there are.
    """

    due_at: datetime
    sequence: int
    place: int
    records_before: int
    fact: Fact
    reaction: Reaction | Effect | None


class LaneAgenda:
    """A lane in the hands of a process.

    Attributes:
        read: up to where it was read.
        relevant: how many events concerned the process since its progress was recorded.
        parked: of each reaction that failed for good, how many records come before its cause.
    """

    def __init__(self, read: Progress) -> None:
        """Begins after `read`."""
        self.read = read
        self.relevant = 0
        self.parked: list[int] = []
        self._due: list[Due] = []

    def add(self, due: Due) -> None:
        """Takes in what is to be done."""
        heapq.heappush(self._due, due)

    def take(self, now: datetime) -> Iterator[Due]:
        """What is due by now, in order; what is taken is no longer on the agenda."""
        while self._due and self._due[0].due_at <= now:
            yield heapq.heappop(self._due)

    def next_due_at(self) -> datetime | None:
        """When the next reaction is due, None if nothing waits."""
        return self._due[0].due_at if self._due else None

    def resume_records(self) -> int:
        """How many records a successor may leave unread: those before anything that waits."""
        waiting = [due.records_before for due in self._due]
        return min([*waiting, *self.parked], default=self.read.records)

    def __len__(self) -> int:
        """How many reactions wait for their time."""
        return len(self._due)
