"""What became of the commands of one writer, counted by the names of outcomes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import Conflict, OutcomeUnknown, Unavailable

OUTCOMES = ("done", "refused", "nothing", "conflict", "unavailable", "unknown")


class Outcomes:
    """Counts since the writer was made; commands that were bad input are not among them."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, outcome: str) -> None:
        """Counts one more."""
        with self._lock:
            self._counts[outcome] += 1

    def add_failure(self, error: DeskError) -> None:
        """Counts a command that has no answer."""
        match error:
            case OutcomeUnknown():
                self.add("unknown")
            case Unavailable():
                self.add("unavailable")
            case Conflict():
                self.add("conflict")
            case _:
                return

    @contextmanager
    def counting_failures(self) -> Iterator[None]:
        """Counts the failure that the block raises, and lets it rise."""
        try:
            yield
        except DeskError as error:
            self.add_failure(error)
            raise

    def counts(self) -> dict[str, int]:
        """How many of each, those that never happened included."""
        with self._lock:
            return {name: self._counts[name] for name in OUTCOMES}
