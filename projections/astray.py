"""Whether tables follow from a ledger: what was read of it must still be there."""

from collections.abc import Iterable
from typing import Protocol

from deskledger.eventlog.progress import Progress
from deskledger.projections.errors import Astray


class Lanes(Protocol):
    """What is asked of a ledger."""

    def progress_at(self, lane: int, records: int) -> Progress | None:
        """How far a lane had come after that many records, None if it has fewer."""


def check_progress(progress: Iterable[Progress], ledger: Lanes) -> None:
    """Compares the progress of tables with the ledger that they are to follow.

    Raises:
        Astray: the ledger is shorter than what was read of it, or different.
    """
    for seen in progress:
        if ledger.progress_at(seen.lane, seen.records) != seen:
            raise Astray(lane=seen.lane, records=seen.records)
