"""The store that the owner writes, shared with those who ask; exchanged when nobody holds it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from deskledger.eventlog.errors import Unavailable
from deskledger.projections.moment import HeldMoment
from deskledger.projections.store import ProjectionStore

LOOK_SECONDS = 0.25


class SharedStore:
    """Lends moments of the store to any number of threads, and knows how far the store is."""

    def __init__(self, store: ProjectionStore) -> None:
        """Takes over the store, and closes it in the end."""
        self._changed = threading.Condition()
        self._store: ProjectionStore | None = store
        self._lent = 0
        self._records: Mapping[int, int] = {}
        self.advanced()

    @property
    def store(self) -> ProjectionStore:
        """The store, for the one thread that writes it and that exchanges it."""
        assert self._store is not None
        return self._store

    def advanced(self) -> None:
        """Tells those who wait how far the store has come; called after each batch."""
        records = {at.lane: at.records for at in self.store.progress()}
        with self._changed:
            self._records = records
            self._changed.notify_all()

    def wait_for(
        self, at_least: Mapping[int, int], seconds: float, is_gone: Callable[[], bool]
    ) -> None:
        """Waits until the store holds so many records of each lane, or as long as is said."""
        deadline_at = time.monotonic() + seconds
        with self._changed:
            while not self._holds(at_least):
                remaining = deadline_at - time.monotonic()
                if remaining <= 0 or is_gone():
                    return
                self._changed.wait(min(remaining, LOOK_SECONDS))

    @contextmanager
    def moment(self, seconds: float) -> Iterator[HeldMoment]:
        """The tables as they are now, waiting while the store is exchanged.

        Raises:
            Unavailable: that takes longer.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._store is not None, seconds):
                raise Unavailable("The tables are being exchanged; ask again.")
            store = self.store
            self._lent += 1
        try:
            with store.moment() as moment:
                yield moment
        finally:
            with self._changed:
                self._lent -= 1
                self._changed.notify_all()

    def exchange(
        self,
        reopen: Callable[[ProjectionStore], ProjectionStore],
        *,
        grace_seconds: float,
        cut_off: Callable[[], None],
    ) -> None:
        """Puts another store in the place of this one once nobody holds a moment of it.

        Args:
            reopen: closes the store that it is given and opens another.
            grace_seconds: how long those who hold a moment may finish; twice that in all.
            cut_off: ends their moments.

        Raises:
            Unavailable: a question could not be stopped; the store stays.
        """
        with self._changed:
            store, self._store = self.store, None
            if not self._changed.wait_for(lambda: not self._lent, grace_seconds):
                cut_off()
                self._changed.wait_for(lambda: not self._lent, grace_seconds)
            if self._lent:
                self._store = store
                self._changed.notify_all()
                raise Unavailable("A question could not be stopped; the tables stay as they are.")
        opened = reopen(store)
        with self._changed:
            self._store = opened
        self.advanced()

    def close(self) -> None:
        """Closes the store; nobody may hold a moment any more."""
        if self._store is not None:
            self._store.close()

    def _holds(self, at_least: Mapping[int, int]) -> bool:
        return all(self._records.get(lane, 0) >= count for lane, count in at_least.items())
