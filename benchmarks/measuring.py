"""What some work takes: on the clock, of processors, and memory in a process of its own."""

import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

ALL = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

Row = tuple[str, float, float, float]
"""Name, seconds on the clock, seconds of processors, and the peak of memory in MiB."""


def measured(name: str, work: Callable[[], object]) -> Row:
    """Does some work in a process of its own, for its peak of memory; it may have children."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_timed, name, work).result()


def spent(work: Callable[[], object]) -> float:
    """Seconds of this process's processor time."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def processor_seconds(*kinds: int) -> float:
    """What this process, its children that have ended, or both have used by now."""
    usages = map(resource.getrusage, kinds or ALL)
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _timed(name: str, work: Callable[[], object]) -> Row:
    before, began = processor_seconds(), time.perf_counter()
    work()
    seconds, used = time.perf_counter() - began, processor_seconds() - before
    # Of the children it is the largest, as many times as there are at once.
    own, child = (resource.getrusage(kind).ru_maxrss / 1024 for kind in ALL)
    return name, seconds, used, own + 2 * child
