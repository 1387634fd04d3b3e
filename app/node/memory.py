"""What keeps the memory of a process small that runs for long and has many threads."""

import ctypes
import sys
import threading
from collections.abc import Callable

import pyarrow as pa

ARENAS_MAX = 2
STREAMS_MAX = 2_000
"""States of streams that a node keeps, some ten kilobytes each.

Its processes look at the whole ledger when they begin, and afterwards at what happens now; whoever
brings in history by the hundred thousand keeps more.
"""
TRIM_SECONDS = 1.0

# glibc's number for the parameter (malloc.h).
_M_ARENA_MAX = -8


def keep_memory_small() -> None:
    """To be called before the threads of a long-running process begin.

    glibc gives each thread an arena of its own, up to eight for each processor, and what is free
    in one serves no other thread; as most of the threads wait for each other anyway, two are
    enough. Arrow's own allocator keeps what a large batch has used; the system's gives it back.
    """
    mallopt = _of_libc("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, ARENAS_MAX)
    pa.set_memory_pool(pa.system_memory_pool())


def give_back_memory(stop: threading.Event) -> None:
    """Gives what is free back to the system, again and again until `stop` is set.

    glibc does so by itself only at the end of an arena. Where records, columns and pages of many
    sizes came and went, half of what a process holds was seen to be free and still resident. A
    look takes two or three milliseconds, without Python's lock.
    """
    trim = _of_libc("malloc_trim")
    while not stop.wait(TRIM_SECONDS):
        if trim is not None:
            trim(0)


def _of_libc(name: str) -> Callable[..., int] | None:
    """A function of glibc; None where there is another C library, which has no such arenas."""
    if sys.platform != "linux":
        return None
    function: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return function
