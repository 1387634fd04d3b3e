"""Work on lanes, one by one or in child processes: Python bounds the speed."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.sharedctypes import Synchronized
from typing import Protocol, TypeVar

from deskledger.eventlog.errors import Unavailable
from deskledger.replay.chain_report import LaneReport
from deskledger.replay.lane_notes import Asked

T = TypeVar("T")

LOOK_SECONDS = 0.2

Tell = Callable[[int], None]
"""Is given, again and again, by how much the number of verified records has grown."""

# In a child process: the count of records that all of them have done.
_shared: list["Synchronized[int]"] = []


class Lane(Protocol):
    """A lane that can be proved, wherever it stands; it may be sent to another process."""

    @property
    def lane(self) -> int:
        """Which of the desk's."""

    def prove(self, asked: Asked, tell: Tell) -> LaneReport:
        """Verifies the lane up to its first difference, and notes what is asked."""


Task = tuple[Lane, Asked]


def prove_lanes(tasks: Sequence[Task], processes: int, tell: Tell) -> list[LaneReport]:
    """Verifies lanes in so many child processes, or in this one.

    Raises:
        Unavailable: a child was ended from outside.
    """
    return share_out([partial(lane.prove, asked) for lane, asked in tasks], processes, tell)


def share_out(tasks: Sequence[Callable[[Tell], T]], processes: int, tell: Tell) -> list[T]:
    """Does tasks in so many child processes, or in this one; gives what came out of each.

    Args:
        tasks: each is told of its progress where to; they may be sent to another process.
        processes: how many there may be beside this one, which only watches.
        tell: given by how much the work of all has come further, again and again.

    Raises:
        Unavailable: a child was ended from outside.
    """
    if processes == 1 or len(tasks) == 1:
        return [task(tell) for task in tasks]
    # They are new processes and no forks: a fork would share the parent's locks on files.
    context = multiprocessing.get_context("spawn")
    count: Synchronized[int] = context.Value("q", 0)
    pool = ProcessPoolExecutor(processes, context, _share, (count,))
    try:
        futures = [pool.submit(_in_child, task) for task in tasks]
        _watch(futures, count, tell)
        return [future.result() for future in futures]
    except BrokenProcessPool as broken:
        raise Unavailable("A process that did a part was ended; try again.") from broken
    finally:
        pool.shutdown(cancel_futures=True)


def _share(count: "Synchronized[int]") -> None:
    _shared.append(count)


def _in_child(task: Callable[[Tell], T]) -> T:
    return task(_count)


def _count(records: int) -> None:
    (count,) = _shared
    with count.get_lock():
        count.value += records


def _watch(futures: Sequence[Future[T]], count: "Synchronized[int]", tell: Tell) -> None:
    told, waiting = 0, set(futures)
    while waiting:
        _, waiting = wait(waiting, LOOK_SECONDS)
        done = count.value
        tell(done - told)
        told = done
