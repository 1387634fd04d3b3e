"""The lanes of a ledger written as files of JSON Lines, each whole or not at all."""

import os
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.errors import ForeignFile, LedgerDamaged, NewerVersion, Unavailable
from deskledger.eventlog.records import lane_and_record
from deskledger.replay.export.lane_lines import (
    LaneHeader,
    LaneLine,
    header_line,
    read_header,
    record_line,
)
from deskledger.replay.ledger_rows import Row, desk_and_lanes, lane_end, lane_rows, reading

PATTERN = "lane-*.jsonl"
BUFFER_BYTES = 1 << 20
HEADER_BYTES_MAX = 4_096
_LANE_HASH_AT_NONE = bytes(32)


class LaneFile(NamedTuple):
    """A file that holds one lane, and what its first line says."""

    path: Path
    header: LaneHeader


def export_lanes(path: Path, directory: Path, tell: Callable[[int], None]) -> list[LaneFile]:
    """Writes each lane of a ledger to a file of its own, as it is at one moment.

    A file appears when all of it is on disk, in the place of an earlier export of the same desk.

    Args:
        path: `ledger.sqlite` or `replica.sqlite`, opened for reading only.
        directory: made if it does not exist.
        tell: given by how many records the work has come further, again and again.

    Raises:
        InvalidInput: lanes of another desk lie there, or it is no directory.
        Unavailable: the disk is full, or the directory cannot be written; what was finished stays.
        LedgerDamaged: a column holds what no ledger has.
    """
    with reading(path) as connection:
        desk, lanes = desk_and_lanes(connection)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _check_free(directory, desk)
        return [_export(path, directory, lane, tell) for lane in range(lanes)]
    except FileExistsError as error:
        told = f"{directory} is no directory; name one that is, or that does not exist."
        raise InvalidInput(told, directory=str(directory)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        told = f"{directory} cannot be written: {reason}. Lanes that were finished are whole."
        raise Unavailable(told, directory=str(directory), reason=reason) from error


def lane_file(directory: Path, lane: int, lanes: int) -> Path:
    """Where a lane is written: so named that they are listed in their order."""
    width = max(2, len(str(lanes - 1)))
    return directory / f"lane-{lane:0{width}}.jsonl"


def header_of(path: Path) -> LaneHeader:
    """What the first line of a file says.

    Raises:
        ForeignFile, NewerVersion: it is no exported lane that this software reads.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        line = file.readline(HEADER_BYTES_MAX)
    try:
        return read_header(line)
    except (ForeignFile, NewerVersion) as error:
        raise type(error)(f"{path}: {error}", **error.facts, file=str(path)) from error


def _check_free(directory: Path, desk: str) -> None:
    for path in sorted(directory.glob(PATTERN)):
        try:
            found = header_of(path).desk
        except DeskError:
            found = "?"
        if found != desk:
            told = f"{path} is no lane of this desk; name another directory."
            raise InvalidInput(told, file=str(path), desk=found)


def _export(path: Path, directory: Path, lane: int, tell: Callable[[int], None]) -> LaneFile:
    with reading(path) as connection:
        desk, lanes = desk_and_lanes(connection)
        header = _header(connection, desk, lane, lanes)
        file = lane_file(directory, lane, lanes)
        aside = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
        try:
            with aside.open("xb", buffering=BUFFER_BYTES) as output:
                _write(output, connection, path, header, tell)
                output.flush()
                os.fsync(output.fileno())
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)
    _sync(directory)
    return LaneFile(file, header)


def _header(connection: sqlite3.Connection, desk: str, lane: int, lanes: int) -> LaneHeader:
    records, sequence, lane_hash = lane_end(connection, lane) or (0, 0, _LANE_HASH_AT_NONE)
    if type(sequence) is not int or type(lane_hash) is not bytes:
        raise _damaged(lane, records)
    return LaneHeader(desk, lane, lanes, records, sequence, lane_hash)


def _write(
    output: BinaryIO,
    connection: sqlite3.Connection,
    path: Path,
    header: LaneHeader,
    tell: Callable[[int], None],
) -> None:
    output.write(header_line(header))
    for rows in lane_rows(connection, path, header.lane):
        output.writelines(map(_line, rows))
        tell(len(rows))


def _line(row: Row) -> bytes:
    lane, record = lane_and_record(row.id)
    timestamp = None if row.timestamp is None or row.timestamp < 0 else row.timestamp
    if type(row.verdict) is not str or type(row.lane_hash) is not bytes:
        raise _damaged(lane, record)
    line = LaneLine(
        record, row.lane_time, row.verdict, row.lane_hash, row.key, row.value, timestamp
    )
    try:
        return record_line(line)
    except (TypeError, ValueError, AttributeError, OverflowError) as problem:
        raise _damaged(lane, record) from problem


def _damaged(lane: int, record: int) -> LedgerDamaged:
    told = f"Lane {lane}, record {record}: a column holds what no ledger has; run `verify`."
    return LedgerDamaged(told, lane=lane, record=record)


def _sync(directory: Path) -> None:
    """Makes the new name as durable as what it names."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
