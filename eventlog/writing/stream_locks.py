"""Locks of streams within one process, so that its threads do not race into void commits."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import RLock
from zlib import crc32

_LOCKS = 1_024


class StreamLocks:
    """A lock for each stream; a few streams share one."""

    def __init__(self) -> None:
        self._locks = [RLock() for _ in range(_LOCKS)]

    @contextmanager
    def held(self, streams: Iterable[str]) -> Iterator[None]:
        """Holds the locks of all streams, taken in one order by every thread."""
        indexes = sorted({_index(stream) for stream in streams})
        for index in indexes:
            self._locks[index].acquire()
        try:
            yield
        finally:
            self._release(indexes)

    @contextmanager
    def held_if_free(self, streams: Iterable[str]) -> Iterator[set[str]]:
        """Holds the locks of those streams that no other thread holds, and says which they are."""
        taken: dict[int, bool] = {}
        try:
            free = set()
            for stream in streams:
                index = _index(stream)
                if index not in taken:
                    taken[index] = self._locks[index].acquire(blocking=False)
                if taken[index]:
                    free.add(stream)
            yield free
        finally:
            self._release(index for index, held in taken.items() if held)

    def _release(self, indexes: Iterable[int]) -> None:
        for index in indexes:
            self._locks[index].release()


def _index(stream: str) -> int:
    return crc32(stream.encode()) % _LOCKS
