"""When the clocks of a desk are to be looked at again: one whole number for each of them.

A million clocks are to fit beside everything else that a node does, so nothing here is an object
of its own but whole numbers: the instant, the ticket's number, the place of the clock's name in a
list, and the version of the event that stated it, packed in this order, so that the order of the
numbers is that of time. Names of streams are looked up when something is due. The collector of
garbage passes such numbers by, which it would not do with a million tuples.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator

from deskledger.projections.clock_watch import WaitingClock

_VERSION_BITS = 32
_NAME_BITS = 24
_CLOCK_BITS = 72
_VERSION_MASK = (1 << _VERSION_BITS) - 1
_NAME_MASK = (1 << _NAME_BITS) - 1
_CLOCK_MASK = (1 << _CLOCK_BITS) - 1
_ENTRY_BITS = _CLOCK_BITS + _VERSION_BITS
# Below this many there is no need to clear away what holds no longer.
_STALE_MAX = 1_000


class DueTimes:
    """The present time of each clock, in the order of time."""

    def __init__(self) -> None:
        self._entries: dict[int, int] = {}
        # Holds every entry that is not postponed, and others that hold no longer.
        self._heap: list[int] = []
        self._postponed: list[tuple[int, int]] = []
        self._names: list[str] = []
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        """How many clocks wait for something."""
        return len(self._entries)

    def state(self, watched: WaitingClock) -> None:
        """Takes in when a clock is to be looked at, in place of what was known of it."""
        clock, entry = self._packed(watched)
        self._entries[clock] = entry
        heapq.heappush(self._heap, entry)
        if len(self._heap) > 2 * len(self._entries) + _STALE_MAX:
            self._order()

    def state_all(self, some: Iterable[WaitingClock]) -> None:
        """Takes in many at once; if `some` raises, those that it gave before."""
        try:
            self._entries.update(map(self._packed, some))
        finally:
            self._order()

    def forget(self, ticket: int, clock: str) -> None:
        """Takes in that nothing is to be recorded about a clock by itself."""
        self._entries.pop(self._clock(ticket, clock), None)

    def keep(self, holds: Callable[[int], bool]) -> None:
        """Forgets the tickets whose numbers it does not hold for."""
        entries = self._entries.items()
        self._entries = {clock: entry for clock, entry in entries if holds(clock >> _NAME_BITS)}
        self._order()

    def take(self, now: int, tickets_max: int) -> list[WaitingClock]:
        """What is due by `now`, earliest first, one clock for each ticket.

        What is taken comes again when it is stated anew, or when it was postponed until then.
        """
        self._call_back(now)
        taken: dict[int, WaitingClock] = {}
        beside: list[int] = []
        while len(taken) < tickets_max and self._prune() and _at(self._heap[0]) <= now:
            entry = heapq.heappop(self._heap)
            watched = self._read(entry)
            if watched.ticket in taken:
                beside.append(entry)
            taken.setdefault(watched.ticket, watched)
        # They are recorded along with the first of their ticket, and hold no longer then.
        for entry in beside:
            heapq.heappush(self._heap, entry)
        return list(taken.values())

    def postpone(self, watched: WaitingClock, until: int) -> None:
        """Has what was taken come again at `until`, unless its clock is stated anew before."""
        clock, entry = self._packed(watched)
        if self._entries.get(clock) == entry:
            heapq.heappush(self._postponed, (until, entry))

    def next_at(self) -> int | None:
        """When something is due next, by the clocks themselves; None if nothing is."""
        waiting = [_at(entry) for _, entry in self._postponed if self._holds(entry)]
        if self._prune():
            waiting.append(_at(self._heap[0]))
        return min(waiting, default=None)

    def wakes_at(self) -> int | None:
        """When `take` has something to give next; None if nothing waits."""
        waiting = [until for until, _ in self._postponed[:1]]
        if self._prune():
            waiting.append(_at(self._heap[0]))
        return min(waiting, default=None)

    def _call_back(self, now: int) -> None:
        while self._postponed and self._postponed[0][0] <= now:
            _, entry = heapq.heappop(self._postponed)
            if self._holds(entry):
                heapq.heappush(self._heap, entry)

    def _prune(self) -> bool:
        """Drops what holds no longer from the top; whether anything is left."""
        while self._heap and not self._holds(self._heap[0]):
            heapq.heappop(self._heap)
        return bool(self._heap)

    def _holds(self, entry: int) -> bool:
        return self._entries.get(entry >> _VERSION_BITS & _CLOCK_MASK) == entry

    def _order(self) -> None:
        aside = {entry for _, entry in self._postponed}
        self._heap = [entry for entry in self._entries.values() if entry not in aside]
        heapq.heapify(self._heap)

    def _packed(self, watched: WaitingClock) -> tuple[int, int]:
        """A clock as a number, and with its time as another one."""
        clock = self._clock(watched.ticket, watched.clock)
        return clock, (watched.at << _CLOCK_BITS | clock) << _VERSION_BITS | watched.version

    def _clock(self, ticket: int, name: str) -> int:
        place = self._places.get(name)
        if place is None:
            place = self._places[name] = len(self._names)
            assert place <= _NAME_MASK, "there are few metrics, and few instances of each"
            self._names.append(name)
        return ticket << _NAME_BITS | place

    def _read(self, entry: int) -> WaitingClock:
        clock = entry >> _VERSION_BITS & _CLOCK_MASK
        name = self._names[clock & _NAME_MASK]
        return WaitingClock(_at(entry), clock >> _NAME_BITS, name, entry & _VERSION_MASK)

    def __iter__(self) -> Iterator[WaitingClock]:
        """Every clock that waits, in no order."""
        return map(self._read, self._entries.values())


def _at(entry: int) -> int:
    return entry >> _ENTRY_BITS
