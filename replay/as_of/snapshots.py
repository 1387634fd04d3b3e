"""Sealed snapshots: the tables as they were at a point, from which later points are soon reached.

A snapshot is a file of tables that nobody writes any more, and beside it a seal: whose it is, how
far each lane had come, and the SHA-256 of the file. Both are compared before it is used. No key is
used for it, so personal values are in none: what is erased need not be looked for here.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.files.whole_file import whole_file
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.instants import format_instant
from deskledger.eventlog.progress import Checkpoint, Progress, read_checkpoint, write_checkpoint
from deskledger.projections.file import fingerprint
from deskledger.replay.as_of.past import Past

DIRECTORY = "snapshots"
FORMAT = 1
SEAL = ".json"
_COPIED_AT_ONCE = 1 << 22
_READ_ONLY = 0o444


class Snapshot(NamedTuple):
    """A sealed snapshot.

    Attributes:
        path: of the file of tables.
        at: the time that it was made as of, as stored.
        checkpoint: how far each lane had come.
        fingerprint: of the software's tables and reading of events.
        bytes: how long the file is.
        sha256: of the file, in hex.
    """

    path: Path
    at: str
    checkpoint: Checkpoint
    fingerprint: str
    bytes: int
    sha256: str

    @property
    def records(self) -> int:
        """How many records it knows."""
        return sum(lane.records for lane in self.checkpoint.lanes)


def snapshots(directory: Path) -> list[Snapshot]:
    """The snapshots of a desk, in the order of their names, which is that of time.

    Raises:
        LedgerDamaged: a seal cannot be read.
    """
    return [_read_seal(path) for path in sorted((directory / DIRECTORY).glob(f"*{SEAL}"))]


def nearest(directory: Path, ledger: FollowedLedger, past: Past) -> Snapshot | None:
    """The snapshot that lacks least of a point in the past and holds nothing beyond it.

    One whose lanes are not beginnings of the ledger's was made of another history, and is left
    out; so is one of another version of the software.
    """
    found = [
        one
        for one in snapshots(directory)
        if one.fingerprint == fingerprint()
        and one.checkpoint.desk == ledger.desk
        and _is_before(one.checkpoint.lanes, past.progress)
    ]
    found.sort(key=lambda one: one.records, reverse=True)
    return next((one for one in found if _is_of(one, ledger)), None)


def seal(aside: Path, directory: Path, desk: str, past: Past) -> Snapshot:
    """Seals a file of tables that was made aside and closed, and gives it its place.

    Raises:
        Unavailable: the disk is full, or the directory cannot be written.
    """
    checkpoint = Checkpoint(desk, past.progress)
    at = format_instant(past.at)
    name = f"{at.replace(':', '-')}-{hashlib.sha256(write_checkpoint(checkpoint)).hexdigest()[:8]}"
    path = directory / DIRECTORY / f"{name}.duckdb"
    try:
        path.parent.mkdir(exist_ok=True)
        made = Snapshot(path, at, checkpoint, fingerprint(), *_measured(aside))
        aside.chmod(_READ_ONLY)
        aside.replace(path)
        with whole_file(path.with_suffix(SEAL), _READ_ONLY) as output:
            output.write(orjson.dumps(_told(made), option=orjson.OPT_INDENT_2))
    except OSError as error:
        told = f"{path} cannot be written: {error.strerror or error}."
        raise Unavailable(told, file=str(path)) from error
    return made


def unsealed_copy(snapshot: Snapshot, target: Path) -> None:
    """Copies a snapshot to a file that may be written, and compares it with its seal.

    Raises:
        LedgerDamaged: it is not what was sealed; the copy is gone.
        Unavailable: the disk is full, or the file cannot be read.
    """
    try:
        with whole_file(target) as output:
            for some in _blocks(snapshot.path):
                output.write(some)
    except OSError as error:
        told = f"{snapshot.path} cannot be copied: {error.strerror or error}."
        raise Unavailable(told, file=str(snapshot.path)) from error
    if output.written() != (snapshot.bytes, snapshot.sha256):
        target.unlink()
        told = f"{snapshot.path} is not what was sealed; remove it, and its seal beside it."
        raise LedgerDamaged(told, file=str(snapshot.path))


def _is_before(begun: Sequence[Progress], wanted: Sequence[Progress]) -> bool:
    ends = {lane.lane: lane.records for lane in wanted}
    return all(lane.records <= ends.get(lane.lane, 0) for lane in begun)


def _is_of(snapshot: Snapshot, ledger: FollowedLedger) -> bool:
    return all(
        ledger.progress_at(lane.lane, lane.records) == lane
        for lane in snapshot.checkpoint.lanes
        if lane.records
    )


def _measured(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for some in _blocks(path):
        digest.update(some)
        size += len(some)
    return size, digest.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file that no process has open for writing."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
        while some := file.read(_COPIED_AT_ONCE):
            yield some


def _told(snapshot: Snapshot) -> dict[str, object]:
    return {
        "format": FORMAT,
        "snapshot": snapshot.path.name,
        "at": snapshot.at,
        "fingerprint": snapshot.fingerprint,
        "bytes": snapshot.bytes,
        "sha256": snapshot.sha256,
        "checkpoint": orjson.Fragment(write_checkpoint(snapshot.checkpoint)),
    }


def _read_seal(path: Path) -> Snapshot:
    try:
        body = orjson.loads(path.read_bytes())
        checkpoint = read_checkpoint(orjson.dumps(body["checkpoint"]))
        stated = [body[name] for name in ("at", "fingerprint", "bytes", "sha256")]
    except (ValueError, KeyError, TypeError, OSError) as error:
        told = f"{path} is no seal of a snapshot; remove it, and the file beside it."
        raise LedgerDamaged(told, file=str(path)) from error
    return Snapshot(path.with_suffix(".duckdb"), stated[0], checkpoint, *stated[1:])
