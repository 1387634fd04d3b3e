"""Every record of a ledger judged again, every stored column compared: `verify` of the ledger."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from deskledger.eventlog.files.database import desk_of
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.progress import Checkpoint
from deskledger.eventlog.records import LEDGER, lane_and_record, record_id
from deskledger.replay.chain_report import ChainReport, Difference, LaneReport
from deskledger.replay.lane_chain import LedgerLane
from deskledger.replay.lane_judge import Shape
from deskledger.replay.ledger_rows import desk_and_lanes, reading
from deskledger.replay.proving import PROCESSES, RECORDS_ALONE_MAX, Wanted, prove

_ORPHAN = """
SELECT name FROM stream
WHERE key NOT IN (SELECT stream FROM record WHERE stream IS NOT NULL)
ORDER BY key LIMIT 1
"""
_ELSEWHERE = "SELECT id FROM record WHERE id < 0 OR id >= ? ORDER BY id LIMIT 1"


def verify_chains(
    path: Path,
    *,
    against: Checkpoint | None = None,
    wanted: Wanted = None,
    progress: Callable[[int], None] | None = None,
    processes: int = PROCESSES,
) -> ChainReport:
    """Judges every record of a ledger file again and recomputes every stored column.

    It may run while others append: each lane is verified as it is at one moment.

    Args:
        path: `ledger.sqlite` or `replica.sqlite`, opened for reading only.
        against: a checkpoint kept elsewhere, which the ledger must contain.
        wanted: a stream, or a ticket's number, of which all is to be told.
        progress: told now and then by how much the number of verified records has grown; see
            `count_records` for all.
        processes: how many child processes share the lanes of a large ledger.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, LedgerDamaged, Unavailable: the file cannot be
            read, or has records of rules that this software does not know.
    """
    desk_of(path, REPLICA if path.name == REPLICA.name else LEDGER)
    with reading(path) as connection:
        desk, lanes = desk_and_lanes(connection)
        there = _lanes(connection, path, desk, lanes)
        if _records(connection, lanes) <= RECORDS_ALONE_MAX:
            processes = 1
        proved = prove(there, lanes, against, wanted, progress, processes)
        differences = _differences(connection, desk, lanes, against, proved.lanes)
    verdicts = sum((Counter(lane.verdicts) for lane in proved.lanes), Counter[str]())
    reached = tuple(lane.progress for lane in proved.lanes)
    return ChainReport(desk, against, reached, verdicts, differences, lanes, proved.evidence)


def count_records(path: Path) -> int:
    """How many records a ledger has, for a progress bar."""
    with reading(path) as connection:
        return _records(connection, desk_and_lanes(connection)[1])


def _lanes(connection: sqlite3.Connection, path: Path, desk: str, lanes: int) -> list[LedgerLane]:
    (last_key,) = connection.execute("SELECT coalesce(max(key), 0) FROM stream").fetchone()
    shape = Shape(desk, lanes)
    return [LedgerLane(path, shape, lane, last_key) for lane in _numbers(connection, lanes)]


def _numbers(connection: sqlite3.Connection, lanes: int) -> range:
    """The lanes to look at: one without a record is a fault, whatever number the file claims."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM record").fetchone()
    return range(min(lanes, lane_and_record(last)[0] + 2))


def _records(connection: sqlite3.Connection, lanes: int) -> int:
    last = "SELECT coalesce(max(id), ?1) - ?1 FROM record WHERE id >= ?1 AND id < ?2"
    return sum(
        connection.execute(last, (record_id(lane, 0), record_id(lane + 1, 0))).fetchone()[0]
        for lane in _numbers(connection, lanes)
    )


def _differences(
    connection: sqlite3.Connection,
    desk: str,
    lanes: int,
    against: Checkpoint | None,
    found: Sequence[LaneReport],
) -> tuple[Difference, ...]:
    differences = [*_of_desk(desk, lanes, against), *_elsewhere(connection, lanes)]
    differences += [lane.difference for lane in found if lane.difference is not None]
    return tuple(differences or _orphans(connection, found) or _of_file(connection))


def _of_desk(desk: str, lanes: int, against: Checkpoint | None) -> list[Difference]:
    if against is None:
        return []
    if against.desk != desk:
        return [Difference(None, None, None, "desk", against.desk, desk)]
    beyond = [lane for lane in against.lanes if lane.lane >= lanes]
    return [Difference(lane.lane, None, None, "records", lane.records, 0) for lane in beyond]


def _elsewhere(connection: sqlite3.Connection, lanes: int) -> list[Difference]:
    """A record in a lane that the desk does not have."""
    row = connection.execute(_ELSEWHERE, (record_id(lanes, 0),)).fetchone()
    if row is None:
        return []
    return [Difference(*lane_and_record(row[0]), None, "record", None, row[0])]


def _orphans(connection: sqlite3.Connection, found: Sequence[LaneReport]) -> list[Difference]:
    """A stream that no record names; looked for only where the lanes met too few."""
    (streams,) = connection.execute("SELECT count(*) FROM stream").fetchone()
    strays = {key for lane in found for key in lane.strays}
    if sum(lane.streams for lane in found) + len(strays) == streams:
        return []
    names = connection.execute(_ORPHAN).fetchall()
    return [Difference(None, None, name, "stream", None, name) for (name,) in names]


def _of_file(connection: sqlite3.Connection) -> list[Difference]:
    """What the judge cannot see: an index that does not say what its table says."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return [] if found == "ok" else [Difference(None, None, None, "file", "ok", found)]
