"""Lanes of a ledger file verified, one by one or in child processes: Python bounds the speed."""

import multiprocessing
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import record_id
from deskledger.eventlog.sqlite_errors import desk_error
from deskledger.replay.chain_report import Difference, LaneReport
from deskledger.replay.lane_chain import LaneChain, Row

RECORDS_PER_STEP = 2_000
LOOK_SECONDS = 0.2

_COLUMNS = """
SELECT record.id, record.stream, stream.name, stream.noun, stream.number, record.value,
  record.lane_hash, record.verdict, record.command, record.version, record.sequence,
  record.lane_time,
"""
_LEDGER_ROWS = f"""
{_COLUMNS} NULL, NULL, NULL
FROM record LEFT JOIN stream ON stream.key = record.stream
WHERE record.id >= ? AND record.id < ?
ORDER BY record.id
"""
_REPLICA_ROWS = f"""
{_COLUMNS} place.key, coalesce(place.offset, -1), place.timestamp
FROM record
LEFT JOIN stream ON stream.key = record.stream
LEFT JOIN place ON place.id = record.id
WHERE record.id >= ? AND record.id < ?
ORDER BY record.id
"""
# In a child process: the count of records that all of them have done.
_shared: list["Synchronized[int]"] = []


class LaneTask(NamedTuple):
    """One lane to verify: of which file, up to which stream key new streams are counted."""

    path: Path
    desk: str
    lanes: int
    lane: int
    last_key: int
    against: Progress | None


def verify_lane(task: LaneTask, tell: Callable[[int], None]) -> LaneReport:
    """Verifies a lane as it is at one moment, up to its first difference.

    `tell` is given, again and again, by how much the number of verified records has grown.
    """
    chain = LaneChain(task.desk, task.lanes, task.lane, task.against)
    difference: Difference | None = None
    with reading(task.path) as connection:
        bounds = record_id(task.lane, 0), record_id(task.lane + 1, 0)
        columns = _REPLICA_ROWS if task.path.name == REPLICA.name else _LEDGER_ROWS
        rows = connection.execute(columns, bounds)
        while difference is None and (step := rows.fetchmany(RECORDS_PER_STEP)):
            difference = chain.take_all(map(Row._make, step))
            tell(len(step))
    if difference is None:
        difference = chain.finish()
    return chain.report(difference, task.last_key)


def verify_side_by_side(
    tasks: Sequence[LaneTask], processes: int, tell: Callable[[int], None]
) -> list[LaneReport]:
    """Verifies lanes in so many child processes.

    They are new processes and no forks: a fork would share the parent's locks on the file.

    Raises:
        Unavailable: a child was ended from outside.
    """
    context = multiprocessing.get_context("spawn")
    count: Synchronized[int] = context.Value("q", 0)
    pool = ProcessPoolExecutor(processes, context, _share, (count,))
    try:
        futures = [pool.submit(_verify_in_child, task) for task in tasks]
        _watch(futures, count, tell)
        return [future.result() for future in futures]
    except BrokenProcessPool as broken:
        raise Unavailable("A process that verifies was ended; verify again.") from broken
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads the file as it is at one moment and can never write."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        # Text that is no UTF-8 must be found, not stumbled over.
        connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise desk_error(error, path) from error


def _share(count: "Synchronized[int]") -> None:
    _shared.append(count)


def _verify_in_child(task: LaneTask) -> LaneReport:
    return verify_lane(task, _count)


def _count(records: int) -> None:
    (count,) = _shared
    with count.get_lock():
        count.value += records


def _watch(
    futures: Sequence[Future[LaneReport]], count: "Synchronized[int]", tell: Callable[[int], None]
) -> None:
    told, waiting = 0, set(futures)
    while waiting:
        _, waiting = wait(waiting, LOOK_SECONDS)
        done = count.value
        tell(done - told)
        told = done
