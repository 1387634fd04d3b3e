"""What is known of the tickets that small batches are about."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import duckdb

from deskledger.projections.folding.ticket import Row
from deskledger.projections.sql import section

KEPT_MAX = 500
"""Tickets whose rows are kept in memory, some ten kilobytes each."""


@dataclass
class Life:
    """A ticket's row, that of its latest episode, and how both are stored; a new one has none."""

    ticket: Row
    episode: Row | None = None
    stored_ticket: Row | None = None
    stored_episode: Row | None = None

    def stored(self) -> None:
        """Says that both rows are stored as they are now."""
        self.stored_ticket = self.ticket.copy()
        self.stored_episode = None if self.episode is None else self.episode.copy()


class Lives:
    """The rows of tickets, read from the tables, or kept since a batch that was committed.

    Only one process writes the tables, so what is kept is what is stored, as long as whoever writes
    these two tables in another way has it forgotten.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Begins with nothing."""
        self._connection = connection
        self._kept: OrderedDict[int, Life] = OrderedDict()

    @cached_property
    def columns(self) -> Mapping[str, Sequence[str]]:
        """The columns of both tables, in order."""
        return {table: self._columns(table) for table in ("ticket", "episode")}

    def take(self, numbers: Collection[int]) -> dict[int, Life]:
        """What is known of the tickets; it is the caller's, to be changed and kept again."""
        found = {number: self._kept.pop(number) for number in numbers if number in self._kept}
        missing = [number for number in numbers if number not in found]
        if missing:
            episodes = {row["ticket"]: row for row in self._rows("episode", missing)}
            for ticket in self._rows("ticket", missing):
                found[ticket["number"]] = Life(ticket, episodes[ticket["number"]])
        for life in found.values():
            life.stored()
        return found

    def keep(self, lives: Mapping[int, Life]) -> None:
        """Keeps what has been committed; of the others those that were used last."""
        self._kept |= lives
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """Keeps nothing: the tables were written in another way."""
        self._kept.clear()

    def _columns(self, table: str) -> list[str]:
        asked = self._connection.execute(section("folding", table), {"numbers": []})
        return [name for name, *_ in asked.description or []]

    def _rows(self, table: str, numbers: list[int]) -> Iterable[Row]:
        asked = self._connection.execute(section("folding", table), {"numbers": numbers})
        return [dict(zip(self.columns[table], row, strict=True)) for row in asked.fetchall()]
