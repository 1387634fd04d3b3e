"""The tables as they were at a point in the past, made from the nearest snapshot and the rest."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deskledger.consumers.projector import Projector
from deskledger.consumers.staging_processes import Opener
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.prefix import Prefix
from deskledger.projections.errors import InUse
from deskledger.projections.personal import no_keys
from deskledger.projections.replacing import remove_file
from deskledger.projections.store import ProjectionStore
from deskledger.replay.as_of.past import Past
from deskledger.replay.as_of.snapshots import Snapshot, nearest, seal, unsealed_copy

_NAME = ".as-of-{}.duckdb"

Report = Callable[[int], None]


@contextmanager
def tables_then(
    directory: Path,
    ledger: FollowedLedger,
    past: Past,
    *,
    report: Report = lambda _: None,
    opener: Opener | None = None,
) -> Iterator[ProjectionStore]:
    """The tables as they were, in a file of this process that goes away with the block.

    Personal values read as erased in them.

    Args:
        directory: the desk's, where the file is made and snapshots lie.
        ledger: what the tables follow from.
        past: the point.
        report: takes the number of records applied since it was last called.
        opener: opens the ledger once more; with it, a long way is done with both processors.

    Raises:
        LedgerDamaged: a snapshot is not what was sealed.
        Unavailable: the file cannot be made, or the disk is full.
    """
    begin = nearest(directory, ledger, past)
    with _own_file(directory) as path, _begun(path, ledger, begin) as store:
        _bring(store, ledger, past, report, opener)
        yield store


def make_snapshot(
    directory: Path,
    ledger: FollowedLedger,
    past: Past,
    *,
    report: Report = lambda _: None,
    opener: Opener | None = None,
) -> Snapshot:
    """Makes a sealed snapshot of a point in the past, from the nearest earlier one.

    Raises:
        LedgerDamaged: that one is not what was sealed.
        Unavailable: the disk is full, or the directory cannot be written.
    """
    begin = nearest(directory, ledger, past)
    if begin is not None and begin.checkpoint.lanes == past.progress:
        return begin
    with _own_file(directory) as path:
        with _begun(path, ledger, begin) as store:
            _bring(store, ledger, past, report, opener)
            store.finish()
        return seal(path, directory, ledger.desk, past)


@contextmanager
def _own_file(directory: Path) -> Iterator[Path]:
    """Where this process makes its tables; whatever lies there goes away with the block."""
    path = directory / _NAME.format(os.getpid())
    _sweep(directory)
    remove_file(path)
    try:
        yield path
    finally:
        remove_file(path)


@contextmanager
def _begun(
    path: Path, ledger: FollowedLedger, snapshot: Snapshot | None
) -> Iterator[ProjectionStore]:
    """A store that holds what a snapshot holds, or nothing yet."""
    if snapshot is not None:
        unsealed_copy(snapshot, path)
        with ProjectionStore.open(path, ledger.desk) as store:
            yield store
        return
    with ProjectionStore.fresh(path, ledger.desk) as store:
        yield store


def _bring(
    store: ProjectionStore,
    ledger: FollowedLedger,
    past: Past,
    report: Report,
    opener: Opener | None,
) -> None:
    Projector(store, Prefix(ledger, past.progress), no_keys).catch_up(report, opener=opener)


def _sweep(directory: Path) -> None:
    """Removes what processes that were killed have left."""
    for path in directory.glob(_NAME.format("*")):
        process = path.name.removeprefix(".as-of-").partition(".")[0]
        if process.isdigit() and not _lives(int(process)):
            with suppress(InUse):
                remove_file(path)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
