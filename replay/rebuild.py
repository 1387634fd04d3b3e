"""The projections made anew: a fresh file aside, the same applying, and an atomic switch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deskledger.consumers.projector import Projector
from deskledger.consumers.staging_processes import Opener
from deskledger.eventlog.follower import FollowedLedger
from deskledger.projections.errors import InUse
from deskledger.projections.owner.client import OwnedTables
from deskledger.projections.personal import DataKeys
from deskledger.projections.replacing import aside_of, held_file, put_in_place, remove_file
from deskledger.projections.store import DEADLINE_SECONDS, ProjectionStore

Report = Callable[[int], None]
FindOwner = Callable[[], OwnedTables | None]


def rebuild(  # noqa: PLR0913 - named by its callers
    path: Path,
    ledger: FollowedLedger,
    data_keys: DataKeys,
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
    report: Report = lambda _: None,
    opener: Opener | None = None,
    find_owner: FindOwner = lambda: None,
) -> int:
    """Makes the projections of a ledger anew and puts them in the place of the old ones.

    The old file serves, and stays, until the new one is complete: a crash leaves the old. A process
    that owns it goes on with the new one, without ending.

    Args:
        path: where the projections lie, or are to lie.
        ledger: what they follow from.
        data_keys: the keys of sealed values.
        deadline_seconds: how long to wait while another process has the file.
        report: takes the number of records applied since it was last called.
        opener: opens ledger and keys once more; with it, both processors are used.
        find_owner: finds the process that owns the file; by default there is none.

    Returns:
        The number of records that were applied.

    Raises:
        ForeignFile: something else lies there; it is left as it is.
        Unavailable: another process has the file, or the disk is full; the old file stays.
    """
    # The work takes long, so whether its result can be used is asked first.
    if not _owned(find_owner):
        with held_file(path, ledger.desk, deadline_seconds):
            pass
    applied = build_aside(path, ledger, data_keys, report=report, opener=opener)
    try:
        # An owner may have come or gone meanwhile.
        owner = find_owner()
        if owner is None:
            put_in_place(path, ledger.desk, deadline_seconds)
        else:
            with owner:
                owner.switch()
    except BaseException:
        with suppress(InUse):
            remove_file(aside_of(path))
        raise
    return applied


def _owned(find_owner: FindOwner) -> bool:
    owner = find_owner()
    if owner is None:
        return False
    with owner:
        return True


def build_aside(
    path: Path,
    ledger: FollowedLedger,
    data_keys: DataKeys,
    *,
    report: Report = lambda _: None,
    opener: Opener | None = None,
) -> int:
    """Makes the projections of a ledger anew beside those in use, complete but not in their place.

    Returns:
        The number of records that were applied.

    Raises:
        Unavailable: another process is making some there, or the disk is full.
    """
    with fresh_store(aside_of(path), ledger.desk) as store:
        applied = Projector(store, ledger, data_keys).catch_up(report, opener=opener)
        store.finish()
    return applied


@contextmanager
def fresh_store(aside: Path, desk: str) -> Iterator[ProjectionStore]:
    """An empty store beside the one in use; what a crash may have left there is removed.

    Raises:
        Unavailable: another process is making one there.
    """
    remove_file(aside)
    with ProjectionStore.fresh(aside, desk) as store:
        yield store
