"""What keeps the memory of a process small that runs for long and has many threads."""

import ctypes
import sys
import threading
from collections.abc import Callable

import _duckdb
import pyarrow as pa

ARENAS_MAX = 2
STREAMS_MAX = 500
"""States of streams that a node keeps, some ten kilobytes each.

Its processes look at the whole ledger when they begin, and afterwards at what happens now; whoever
brings in history by the hundred thousand keeps more.
"""
TRIM_SECONDS = 1.0

# glibc's number for the parameter (malloc.h).
_M_ARENA_MAX = -8
# DuckDB's allocator is jemalloc, with names of its own.
_DUCKDB_CONTROL = "duckdb_je_mallctl"
_NOTHING = ctypes.c_size_t(0)


def keep_memory_small() -> None:
    """To be called before the threads of a long-running process begin.

    glibc gives each thread an arena of its own, up to eight for each processor, and what is free
    in one serves no other thread; as most of the threads wait for each other anyway, two are
    enough. Arrow's own allocator keeps what a large batch has used; the system's gives it back.
    DuckDB's gives back at once what is not in use: a tenth more work while a node catches up, and
    a tenth less memory at the highest point.
    """
    mallopt = _of_library(None, "mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, ARENAS_MAX)
    pa.set_memory_pool(pa.system_memory_pool())
    _let_duckdb_keep_nothing()


def give_back_memory(stop: threading.Event) -> None:
    """Gives what is free back to the system, again and again until `stop` is set.

    glibc does so by itself only at the end of an arena. Where records, columns and pages of many
    sizes came and went, half of what a process holds was seen to be free and still resident. A
    look takes two or three milliseconds, without Python's lock.
    """
    trim = _of_library(None, "malloc_trim")
    while not stop.wait(TRIM_SECONDS):
        if trim is not None:
            trim(_NOTHING)


def _let_duckdb_keep_nothing() -> None:
    """Lets no arena of its allocator keep pages, neither those there are nor those to come."""
    control = _of_library(_duckdb.__file__, _DUCKDB_CONTROL)
    if control is None:
        return
    none, size = ctypes.c_ssize_t(0), ctypes.c_size_t(ctypes.sizeof(ctypes.c_ssize_t))
    arenas, width = ctypes.c_uint(0), ctypes.c_size_t(ctypes.sizeof(ctypes.c_uint))
    control(b"arenas.narenas", ctypes.byref(arenas), ctypes.byref(width), None, _NOTHING)
    for place in ("arenas", *(f"arena.{number}" for number in range(arenas.value))):
        for kind in ("dirty", "muzzy"):
            name = f"{place}.{kind}_decay_ms".encode()
            control(name, None, None, ctypes.byref(none), size)


def _of_library(path: str | None, name: str) -> Callable[..., int] | None:
    """A function of a loaded library, or of the process; None where the build has none of it.

    glibc has arenas to look after, other C libraries have not; and DuckDB is built with an
    allocator of its own for some systems only.
    """
    if sys.platform != "linux":
        return None
    function: Callable[..., int] | None = getattr(ctypes.CDLL(path), name, None)
    return function
