"""A whole desk made again from its exported lanes: the same bytes, hashes, numbers and verdicts.

It is made aside and renamed in the end, so that a directory holds a whole desk or none, however the
process ends.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from deskledger.eventlog.errors import ForeignFile, LedgerDamaged
from deskledger.eventlog.store.loading import LoadedLane, load_ledger
from deskledger.eventlog.vault.desk_key import make_desk_key
from deskledger.eventlog.vault.exported_keys import make_vault
from deskledger.eventlog.vault.key_file import Lock, read_keys
from deskledger.eventlog.vault.vault import Vault
from deskledger.replay.aside import made_aside
from deskledger.replay.export.forms import header_of
from deskledger.replay.export.lane_files import KIND
from deskledger.replay.export.manifest import ListedFile, Manifest, read_manifest
from deskledger.replay.exported_lane import ExportedLane
from deskledger.replay.proving import RECORDS_ALONE_MAX
from deskledger.replay.restore.judged_lanes import ListedLane, restore_lanes

PROCESSES = 2


class Restored(NamedTuple):
    """What was made again; `keys` of values are None where the desk was to have none."""

    desk: str
    lanes: int
    records: int
    events: int
    keys: int | None


class KeySource(NamedTuple):
    """A file of exported keys, and what it is sealed under."""

    path: Path
    lock: Lock


class Export(NamedTuple):
    """A whole export of a desk's lanes, found but not yet judged."""

    desk: str
    lanes: Sequence[ListedLane]

    @property
    def records(self) -> int:
        """How many records the lanes say they hold."""
        return sum(lane.exported.header.records for lane in self.lanes)


def find_export(source: Path) -> Export:
    """The lanes of an export, each as its manifest lists it.

    Raises:
        InvalidInput: there is no finished export.
        ForeignFile, NewerVersion: a file is no lane of it, or of newer software.
        LedgerDamaged: a file is missing, or another than the one listed.
    """
    manifest = read_manifest(source, KIND)
    lanes = [_listed(source, manifest, file) for file in manifest.files]
    count = manifest.facts.get("lanes")
    if not lanes or [lane.exported.lane for lane in lanes] != list(range(len(lanes))):
        raise LedgerDamaged(f"{source}: the manifest does not list every lane once, in order.")
    if {lane.exported.header.lanes for lane in lanes} != {len(lanes)} or count != len(lanes):
        raise LedgerDamaged(f"{source}: lanes are missing, the desk has more than are listed.")
    return Export(manifest.desk, lanes)


def restore_desk(  # noqa: PLR0913 - named by its callers
    export: Export,
    directory: Path,
    *,
    desk_key: bytes | None = None,
    keys: KeySource | None = None,
    tell: Callable[[int], None] = lambda _: None,
    processes: int = PROCESSES,
) -> Restored:
    """Makes a desk again: the same bytes, hashes, positions, numbers and verdicts.

    Without its keys it can be read, not written, and personal values read as erased.

    Args:
        export: what to make it from; every record is judged anew.
        directory: where it is to lie; empty, or not there.
        desk_key: 32 bytes kept elsewhere, which are to wrap the keys; None writes new ones to
            `desk.key`.
        keys: those of the desk, if it is to be worked on.
        tell: given by how many records the work has come further, again and again.
        processes: how many child processes share the lanes of a large desk.

    Raises:
        InvalidInput: something lies in the directory.
        LedgerDamaged, ForeignFile, NewerVersion: a file is not what was exported.
        WrongDeskKey: the file of keys is sealed under something else.
        Unavailable: the disk is full, or another process is restoring there.
    """
    lanes = len(export.lanes)
    if export.records <= RECORDS_ALONE_MAX:
        processes = 1
    events = sum(lane.exported.header.sequence for lane in export.lanes)
    with made_aside(directory) as aside:
        # First, because whether the keys open is soon known.
        own_key = desk_key or make_desk_key(aside)
        found = None if keys is None else _restore_keys(aside, export.desk, keys, own_key)
        if found is None:
            Vault.create(aside, export.desk, own_key)
        with load_ledger(aside, export.desk, lanes, with_keys=found is not None) as loading:

            def take(loaded: LoadedLane) -> None:
                loading.add(loaded)
                tell(len(loaded.arrivals))

            restore_lanes(export.lanes, processes, take)
    return Restored(export.desk, lanes, export.records, events, found)


def _restore_keys(aside: Path, desk: str, source: KeySource, desk_key: bytes) -> int:
    with source.path.open("rb") as file:
        keys = read_keys(source.path, file, source.lock)
        if keys.desk != desk:
            told = f"{source.path} holds the keys of another desk."
            raise ForeignFile(told, file=str(source.path), desk=keys.desk)
        return make_vault(aside, keys, desk_key)


def _listed(source: Path, manifest: Manifest, file: ListedFile) -> ListedLane:
    path = source / file.name
    try:
        header = header_of(path)
    except FileNotFoundError as error:
        told = f"{path} is missing; the manifest lists it."
        raise LedgerDamaged(told, file=str(path)) from error
    if header.desk != manifest.desk:
        told = f"{path} is a lane of another desk."
        raise ForeignFile(told, file=str(path), desk=header.desk)
    stated = {name: file.facts.get(name) for name in ("lane", "records", "sequence", "hash")}
    found = {"lane": header.lane, "records": header.records, "sequence": header.sequence}
    if stated != {**found, "hash": header.hash.hex()}:
        told = f"{path} is another lane, or ends elsewhere, than the one that the manifest lists."
        raise LedgerDamaged(told, file=str(path), lane=header.lane)
    return ListedLane(ExportedLane(path, header), file.written.sha256)
