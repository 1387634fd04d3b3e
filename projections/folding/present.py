"""The present of the few tickets of a small batch: read, told event by event, and written.

Planning the statements by which DuckDB works out the same for any number of events takes some
70 ms, whatever the number; this takes some 30 µs an event. Both must give the same rows: that is a
law of the tests. What this cannot do is left to those statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from deskledger.projections.folding.said import Said, said_in
from deskledger.projections.folding.standing import COLUMNS, Ended, begun, end_spans, stood
from deskledger.projections.folding.ticket import Row, finished, opened, told
from deskledger.projections.sql import section

# What reading an event may raise that is not as this software writes it.
_MISSHAPEN = (AttributeError, LookupError, TypeError, ValueError)


class _Late(Exception):
    """Something happened before what was known already: the ticket must be read whole."""


@dataclass
class Folded:
    """What a batch makes of its tickets.

    `tickets` are their rows, `episodes` those that began or changed, `replaced` the tickets whose
    latest episode is among these and was known before.
    """

    tickets: dict[int, Row] = field(default_factory=dict)
    episodes: list[Row] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    ended: Ended = field(default_factory=Ended)


class Folding:
    """Works out the tickets of small batches through one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Takes the connection, which is the store's own."""
        self._connection = connection

    def folded(self, batch: pa.Table) -> Folded | None:
        """What the rows of the relation `batch` make of what is known; nothing is written.

        Returns:
            None where something in it was recorded late, or is not as this software writes it.
        """
        try:
            return self._folded(list(said_in(batch)))
        except (_Late, *_MISSHAPEN):
            return None

    def write(self, folded: Folded, *, clocks: bool) -> None:
        """Replaces the rows; with `clocks` after those of their clocks have been written."""
        numbers = list(folded.tickets)
        if clocks:
            due = self._connection.execute(section("folding", "clock_due"), {"numbers": numbers})
            for number, due_at in due.fetchall():
                folded.tickets[number]["clock_due_at"] = due_at
        self._replace("ticket", numbers, folded.tickets.values())
        if folded.episodes:
            self._replace("episode", folded.replaced, folded.episodes)
        for table, columns in COLUMNS.items():
            rows = getattr(folded.ended, table)
            if rows:
                with self._connection.appender(table, columns=list(columns)) as appender:
                    appender.append_rows(rows)

    def _folded(self, events: list[Said]) -> Folded:
        folded = Folded()
        numbers = list({said.ticket for said in events})
        columns, tickets = self._known("ticket", "number", numbers)
        episode_columns, episodes = self._known("episode", "ticket", numbers)
        touched: dict[tuple[int, int], Row] = {}
        for said in events:
            number = said.ticket
            ticket, episode = tickets.get(number), episodes.get(number)
            if ticket is None:
                if not said.opens:
                    raise _Late
                ticket = tickets[number] = opened(said, columns)
            elif said.is_fact and said.at < ticket["latest_at"]:
                raise _Late
            end_spans(folded.ended, said, ticket, episode)
            first_answer = said.answers and ticket["first_answered_at"] is None
            told(ticket, said)
            if not said.stands:
                continue
            if episode is not None and (number, episode["episode"]) not in touched:
                folded.replaced.append(number)
                touched[number, episode["episode"]] = episode
            if said.begins:
                episode = episodes[number] = begun(said, ticket, episode, episode_columns)
                touched[number, episode["episode"]] = episode
            assert episode is not None
            stood(folded.ended, said, ticket, episode, first_answer=first_answer)
        folded.tickets = {number: finished(ticket) for number, ticket in tickets.items()}
        folded.episodes = list(touched.values())
        return folded

    def _known(self, table: str, key: str, numbers: list[int]) -> tuple[list[str], dict[int, Row]]:
        asked = self._connection.execute(section("folding", table), {"numbers": numbers})
        columns = [name for name, *_ in asked.description or []]
        rows = (dict(zip(columns, row, strict=True)) for row in asked.fetchall())
        return columns, {row[key]: row for row in rows}

    def _replace(self, table: str, numbers: list[int], rows: Iterable[Row]) -> None:
        self._connection.execute(section("folding", f"replace_{table}"), {"numbers": numbers})
        with self._connection.appender(table) as appender:
            appender.append_rows([tuple(row.values()) for row in rows])
