"""Two stores that follow one book: one in large batches, one in small pieces."""

from pathlib import Path

from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.projections.records import DESK, Book


class TwoStores:
    """Two stores that follow one book, and the book."""

    def __init__(self, directory: Path) -> None:
        self.book = Book()
        self.stager = Stager(self.book.keys.data_keys)
        self.whole = ProjectionStore.open(directory / "whole.duckdb", DESK)
        # The small batches of the other are folded.
        self.whole.folded_events_max = 0
        self.split = ProjectionStore.open(directory / "split.duckdb", DESK)
