"""What keeps the memory of a process small that runs for long and has many threads."""

import ctypes
import sys

import pyarrow as pa

ARENAS_MAX = 2

# glibc's number for the parameter (malloc.h).
_M_ARENA_MAX = -8


def keep_memory_small() -> None:
    """To be called before the threads of a long-running process begin.

    glibc gives each thread an arena of its own, up to eight for each processor, and what is free
    in one serves no other thread; as most of the threads wait for each other anyway, two are
    enough. Arrow's own allocator keeps what a large batch has used; the system's gives it back.
    """
    if sys.platform == "linux":
        # Another C library does not know it, and has no such arenas.
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, ARENAS_MAX)
    pa.set_memory_pool(pa.system_memory_pool())
