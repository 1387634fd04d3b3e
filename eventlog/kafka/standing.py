"""How each partition of a desk's log stands, as this node knows it: read to its end, or not."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from kafka import TopicPartition

from deskledger.domain.errors import DeskError


@dataclass(slots=True)
class Standing:
    """One partition.

    Attributes:
        next_offset: where reading goes on; None before the first contact.
        end: when the log's end was last asked for (on `time.monotonic()`), and what it was then.
        fresh_at: the latest moment at which all that the log had was read; None if never.
        epoch: the leader's, which grows with every election.
        hindrance: why the brokers take no records at the moment; empty where they do.
        stopped: why reading has ended for good.
    """

    next_offset: int | None = None
    end: tuple[float, int] | None = None
    fresh_at: float | None = None
    epoch: int = -1
    hindrance: str = ""
    stopped: DeskError | None = None

    @property
    def is_behind(self) -> bool:
        """Whether the log is known to go on behind what was read, and is still read."""
        if self.stopped is not None or self.end is None or self.next_offset is None:
            return False
        return self.next_offset < self.end[1]

    def look(self) -> bool:
        """Notes whether the end has been reached; True if that is news."""
        if self.end is None or self.next_offset is None or self.next_offset < self.end[1]:
            return False
        if self.fresh_at is not None and self.fresh_at >= self.end[0]:
            return False
        self.fresh_at = self.end[0]
        return True


class Standings:
    """All partitions that a node reads; written by the tail and the watch, read by anybody.

    Those two take turns: compared with an end that changes meanwhile, what was read would seem to
    be all that the log had at a moment when it was not.
    """

    def __init__(self, partitions: Iterable[TopicPartition]) -> None:
        self._all = {partition: Standing() for partition in partitions}
        self._changed = threading.Condition()

    def __getitem__(self, partition: TopicPartition) -> Standing:
        return self._all[partition]

    @property
    def all(self) -> Mapping[TopicPartition, Standing]:
        """Every partition's."""
        return self._all

    def read(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Notes how far the tail has read."""
        with self._changed:
            news = False
            for partition, offset in offsets.items():
                standing = self._all[partition]
                standing.next_offset = offset
                news |= standing.look()
            if news:
                self._changed.notify_all()

    def ended(self, asked_at: float, ends: Mapping[TopicPartition, int]) -> None:
        """Notes where the log ended at a moment that is past."""
        with self._changed:
            news = False
            for partition, end in ends.items():
                standing = self._all[partition]
                standing.end = (asked_at, end)
                news |= standing.look()
            if news:
                self._changed.notify_all()

    def stop(self, partitions: Iterable[TopicPartition], reason: DeskError) -> None:
        """Notes that these partitions are not read any further."""
        with self._changed:
            for partition in partitions:
                self._all[partition].stopped = self._all[partition].stopped or reason
            self._changed.notify_all()

    def age_seconds(self) -> float | None:
        """How long ago all of the log had been read, as far as it is read; None if it never was."""
        ages = [one.fresh_at for one in self._all.values() if one.stopped is None]
        known = [fresh_at for fresh_at in ages if fresh_at is not None]
        if len(known) < len(ages):
            return None
        return time.monotonic() - min(known, default=time.monotonic())

    def wait_fresh(
        self,
        since: float,
        seconds: float,
        among: Collection[TopicPartition] | None = None,
        watch: Callable[[], object] = lambda: None,
    ) -> bool:
        """Waits until all that the log had at the moment `since` has been read.

        Args:
            since: on `time.monotonic()`.
            seconds: how long reading may make no headway.
            among: which partitions, all by default; those that are stopped do not count.
            watch: called now and then while waiting.

        Returns:
            Whether it has been read.
        """
        chosen = [self._all[one] for one in (self._all if among is None else among)]
        seen, until = _headway(chosen), time.monotonic() + seconds
        while True:
            with self._changed:
                if all(_is_fresh(standing, since) for standing in chosen):
                    return True
                if (now := _headway(chosen)) != seen:
                    seen, until = now, time.monotonic() + seconds
                remaining = until - time.monotonic()
                if remaining <= 0:
                    return False
                self._changed.wait(min(remaining, 0.1))
            watch()


def _is_fresh(standing: Standing, since: float) -> bool:
    if standing.stopped is not None:
        return True
    return standing.fresh_at is not None and standing.fresh_at >= since


def _headway(standings: Iterable[Standing]) -> int:
    return sum(standing.next_offset or 0 for standing in standings)
