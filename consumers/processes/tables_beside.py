"""The tables as a process may ask them: where somebody owns them, and they are of this ledger."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import structlog

from deskledger.domain.errors import DeskError
from deskledger.eventlog.progress import Progress
from deskledger.projections.owner.client import find_owner
from deskledger.projections.question import Moment

T = TypeVar("T")

_log = structlog.get_logger()


class Lanes(Protocol):
    """What is asked of a ledger."""

    desk: str
    lanes: int

    def progress_at(self, lane: int, records: int) -> Progress | None:
        """How far a lane had come after that many records."""


class TablesBeside:
    """The tables behind their owner; nobody else is asked.

    A node may own them itself, and no process may have DuckDB's file open twice. Whoever asks them
    reads the ledger on from the progress that they state, and reads all of it where they cannot be
    asked: it takes longer, and needs nothing else.
    """

    def __init__(self, directory: Path, ledger: Lanes, *, owner_seconds: float = 0.0) -> None:
        """An owner may be to come, or too busy to greet, for so long."""
        self._directory = directory
        self._ledger = ledger
        self._waits_until = time.monotonic() + owner_seconds

    @property
    def may_come(self) -> bool:
        """Whether it is worth asking again in a moment."""
        return time.monotonic() < self._waits_until

    def ask(
        self, process: str, question: Callable[[Moment], T]
    ) -> tuple[T, Sequence[Progress]] | None:
        """An answer of one moment and the progress of that; None where nobody can be asked.

        Args:
            process: who asks, for the log.
            question: asks the moment.
        """
        try:
            seconds = self._waits_until - time.monotonic()
            tables = find_owner(self._directory, self._ledger.desk, ask_seconds=seconds)
            if tables is None:
                return None
            with tables, tables.moment() as moment:
                if all(map(self._holds, moment.progress)):
                    return question(moment), moment.progress
                reason = "of another ledger"
        except DeskError as error:
            reason = str(error)
        _log.warning("tables_not_read", process=process, reason=reason)
        self._waits_until = time.monotonic()
        return None

    def _holds(self, at: Progress) -> bool:
        return not at.records or self._ledger.progress_at(at.lane, at.records) == at
