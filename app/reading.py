"""A desk opened once more, by a process that reads for another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskledger.app.desk import Desk
from deskledger.eventlog.follower import FollowedLedger
from deskledger.projections.personal import DataKeys


@contextmanager
def open_reading(
    directory: Path, desk_key: bytes | None = None
) -> Iterator[tuple[FollowedLedger, DataKeys]]:
    """The ledger of a desk and the keys of its sealed values.

    Args:
        directory: where the desk lies.
        desk_key: 32 bytes; None reads them from `desk.key`.

    Raises:
        InvalidInput, ForeignFile, NewerVersion, WrongDeskKey, LedgerDamaged, Unavailable: a file
            cannot be used.
    """
    with Desk.open(directory, desk_key=desk_key) as desk:
        yield desk.ledger, desk.vault.data_keys
