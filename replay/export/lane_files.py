"""The lanes of a ledger written as files, each whole or not at all, and a manifest of all."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import NamedTuple

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.files.whole_file import Written, whole_file
from deskledger.eventlog.records import lane_and_record
from deskledger.eventlog.software import SOFTWARE
from deskledger.replay.export.forms import Form, form_of, header_of, write_lane
from deskledger.replay.export.lane_lines import LaneHeader, LaneLine
from deskledger.replay.export.manifest import (
    ListedFile,
    Manifest,
    take_manifest_away,
    write_manifest,
)
from deskledger.replay.lane_processes import share_out
from deskledger.replay.ledger_rows import Row, desk_and_lanes, lane_end, lane_rows, reading

KIND = "lanes"
# The last microsecond of the year 9999.
LANE_TIME_MAX = 253_402_300_799_999_999
_LANE_HASH_AT_NONE = bytes(32)
_BYTES = (bytes, NoneType)


class LaneFile(NamedTuple):
    """A file that holds one lane, what it says of itself, and what was written."""

    path: Path
    header: LaneHeader
    written: Written


@dataclass(frozen=True)
class LaneTask:
    """One lane to be written; it may be sent to another process."""

    path: Path
    directory: Path
    lane: int
    form: Form

    def __call__(self, tell: Callable[[int], None]) -> LaneFile:
        """Writes it; the errors are those of `export_lanes`."""
        return _export(self, tell)


def export_lanes(
    path: Path,
    directory: Path,
    tell: Callable[[int], None],
    *,
    form: Form = Form.JSONL,
    processes: int = 1,
) -> list[LaneFile]:
    """Writes each lane of a ledger to a file of its own, as it is at one moment.

    A file appears when all of it is on disk, in the place of an earlier export of the same desk;
    the manifest goes before the first is changed and comes back when the last is there.

    Args:
        path: `ledger.sqlite` or `replica.sqlite`, opened for reading only.
        directory: made if it does not exist.
        tell: given by how many records the work has come further, again and again.
        form: how the records are laid out.
        processes: how many child processes share the lanes.

    Raises:
        InvalidInput: lanes of another desk or form lie there, or it is no directory.
        Unavailable: the disk is full, or the directory cannot be written; what was finished stays.
        LedgerDamaged: a column holds what no ledger has.
    """
    with reading(path) as connection:
        desk, lanes = desk_and_lanes(connection)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _check_free(directory, desk, form)
        take_manifest_away(directory)
        tasks = [LaneTask(path, directory, lane, form) for lane in range(lanes)]
        files = share_out(tasks, processes, tell)
        write_manifest(directory, manifest_of(desk, files))
    except FileExistsError as error:
        told = f"{directory} is no directory; name one that is, or that does not exist."
        raise InvalidInput(told, directory=str(directory)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        told = f"{directory} cannot be written: {reason}. Lanes that were finished are whole."
        raise Unavailable(told, directory=str(directory), reason=reason) from error
    return files


def manifest_of(desk: str, files: list[LaneFile]) -> Manifest:
    """What the lanes of a desk consist of."""
    form = form_of(files[0].path)
    listed = [ListedFile(file.path.name, file.written, _facts(file.header)) for file in files]
    return Manifest(KIND, desk, SOFTWARE, {"form": form, "lanes": len(files)}, listed)


def lane_files(directory: Path) -> list[Path]:
    """The files of a directory that are named like exported lanes, in their order."""
    return sorted(path for form in Form for path in directory.glob(f"lane-*.{form}"))


def lane_file(directory: Path, lane: int, lanes: int, form: Form = Form.JSONL) -> Path:
    """Where a lane is written: so named that they are listed in their order."""
    width = max(2, len(str(lanes - 1)))
    return directory / f"lane-{lane:0{width}}.{form}"


def _facts(header: LaneHeader) -> dict[str, object]:
    facts = header._asdict()
    return {name: facts[name] for name in ("lane", "records", "sequence")} | {
        "hash": header.hash.hex()
    }


def _check_free(directory: Path, desk: str, form: Form) -> None:
    for path in lane_files(directory):
        try:
            found = header_of(path).desk
        except DeskError:
            found = "?"
        if found != desk:
            told = f"{path} is no lane of this desk; name another directory."
            raise InvalidInput(told, file=str(path), desk=found)
        if form_of(path) is not form:
            told = f"{path} is an export in another form; name another directory."
            raise InvalidInput(told, file=str(path), form=form_of(path))


def _export(task: LaneTask, tell: Callable[[int], None]) -> LaneFile:
    path, lane, form = task.path, task.lane, task.form
    with reading(path) as connection:
        desk, lanes = desk_and_lanes(connection)
        header = _header(connection, desk, lane, lanes)
        file = lane_file(task.directory, lane, lanes, form)
        with whole_file(file) as output:
            write_lane(output, form, header, _steps(connection, path, lane, tell))
    return LaneFile(file, header, output.written())


def _header(connection: sqlite3.Connection, desk: str, lane: int, lanes: int) -> LaneHeader:
    records, sequence, lane_hash = lane_end(connection, lane) or (0, 0, _LANE_HASH_AT_NONE)
    if type(sequence) is not int or type(lane_hash) is not bytes:
        raise _damaged(lane, records)
    return LaneHeader(desk, lane, lanes, records, sequence, lane_hash)


def _steps(
    connection: sqlite3.Connection, path: Path, lane: int, tell: Callable[[int], None]
) -> Iterator[list[LaneLine]]:
    for rows in lane_rows(connection, path, lane):
        yield list(map(_line, rows))
        tell(len(rows))


def _line(row: Row) -> LaneLine:
    """A row as it is exported: with what a ledger may hold, whoever has changed the file."""
    lane, record = lane_and_record(row.id)
    timestamp = None if row.timestamp is None or row.timestamp < 0 else row.timestamp
    line = LaneLine(
        record, row.lane_time, row.verdict, row.lane_hash, row.key, row.value, timestamp
    )
    if tuple(map(type, line[1:4])) != (int, str, bytes) or type(line.value) not in _BYTES:
        raise _damaged(lane, record)
    if not line.verdict.isascii() or not 0 <= line.lane_time <= LANE_TIME_MAX:
        raise _damaged(lane, record)
    return line


def _damaged(lane: int, record: int) -> LedgerDamaged:
    told = f"Lane {lane}, record {record}: a column holds what no ledger has; run `verify`."
    return LedgerDamaged(told, lane=lane, record=record)
