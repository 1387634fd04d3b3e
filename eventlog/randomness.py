"""Random bytes, drawn from the system many at a time."""

import os
from collections.abc import Callable
from threading import Lock

_DRAWN_BYTES = 4_096


class RandomBytes:
    """Gives random bytes like `os.urandom`, for any thread, but asks it only now and then.

    Python gives up the GIL for each `os.urandom`; among busy threads that costs a hundred times
    what the bytes do. A forked child begins with fresh bytes, so no two processes share any.
    """

    def __init__(self, source: Callable[[int], bytes] = os.urandom) -> None:
        self._source = source
        self._lock = Lock()
        self._drawn = b""
        self._used = 0
        os.register_at_fork(after_in_child=self._begin_anew)

    def __call__(self, count: int) -> bytes:
        """`count` random bytes, which are never given out again."""
        with self._lock:
            end = self._used + count
            if end > len(self._drawn):
                self._drawn = self._source(max(count, _DRAWN_BYTES))
                self._used, end = 0, count
            given = self._drawn[self._used : end]
            self._used = end
            return given

    def _begin_anew(self) -> None:
        self._lock = Lock()
        self._drawn, self._used = b"", 0


random_bytes = RandomBytes()
