"""From an event's position to the record that holds it."""

from typing import Protocol

from deskledger.eventlog.progress import Progress


class Lanes(Protocol):
    """What finding a position asks of a ledger."""

    def progress_at(self, lane: int, records: int) -> Progress | None:
        """How far a lane had come after that many records, None if it has fewer."""


def progress_behind(ledger: Lanes, end: Progress, sequence: int) -> Progress | None:
    """How far a lane had come before the commit that holds the event behind `sequence`.

    None where that is the lane's very beginning. The commit may begin before: whoever goes on
    from here leaves out the events up to `sequence`. `end` is how far the lane has come by now.
    """
    low, high = 0, end.records
    while low < high:
        middle = (low + high + 1) // 2
        reached = ledger.progress_at(end.lane, middle)
        if reached is not None and reached.sequence <= sequence:
            low = middle
        else:
            high = middle - 1
    return ledger.progress_at(end.lane, low) if low else None
