"""The present of the few tickets of a small batch: read, told event by event, and written.

Planning the statements by which DuckDB works out the same for any number of events takes some
70 ms, whatever the number; this takes some 30 µs an event. Both must give the same rows: that is a
law of the tests. What this cannot do is left to those statements.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
import structlog

from deskledger.projections.appenders import Appenders
from deskledger.projections.folding.lives import Life, Lives
from deskledger.projections.folding.said import Said, said_in
from deskledger.projections.folding.standing import COLUMNS, Ended, begun, end_spans, stood
from deskledger.projections.folding.ticket import Row, finished, opened, told
from deskledger.projections.sql import section

# What reading an event may raise that is not as this software writes it.
_MISSHAPEN = (AttributeError, LookupError, TypeError, ValueError)

_log = structlog.get_logger()

KEYS = {"ticket": ("number",), "episode": ("ticket", "episode")}

Rewritten = tuple[Row | None, Row]
"""How a row is stored, if it is, and how it is to be."""


class _Late(Exception):
    """Something happened before what was known already: the ticket must be read whole."""


@dataclass
class Folded:
    """What a batch makes of its tickets.

    `episodes` are those that began or changed, by ticket and episode, each with how it is stored.
    `references` says whether an opening states references to other systems.
    """

    lives: dict[int, Life]
    episodes: dict[tuple[int, int], Rewritten] = field(default_factory=dict)
    ended: Ended = field(default_factory=Ended)
    references: bool = False


class Folding:
    """Works out the tickets of small batches through one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, appenders: Appenders) -> None:
        """Takes the connection, which is the store's own, and what writes through it."""
        self._connection = connection
        self._lives = Lives(connection)
        self._appenders = appenders

    def folded(self, batch: pa.Table) -> Folded | None:
        """What the rows of the relation `batch` make of what is known; nothing is written.

        Returns:
            None where something in it was recorded late, or is not as this software writes it.
        """
        try:
            return self._folded(list(said_in(batch)))
        except _Late:
            return None
        except _MISSHAPEN as error:
            # Somebody else wrote it, or folding is at fault: the rows are right, but cost more.
            _log.warning("batch_not_folded", reason=repr(error))
            return None

    def write(self, folded: Folded, *, clocks: bool) -> None:
        """Replaces the rows; with `clocks` after those of their clocks have been written."""
        if clocks:
            self._take_due_times(folded)
        lives = folded.lives.values()
        self._rewrite("ticket", [(life.stored_ticket, finished(life.ticket)) for life in lives])
        self._rewrite("episode", folded.episodes.values())
        for table, columns in COLUMNS.items():
            rows = getattr(folded.ended, table)
            if rows:
                self._appenders.insert(table, columns, rows)

    def keep(self, folded: Folded) -> None:
        """Remembers the rows, so that they need not be read again; after they were committed."""
        self._lives.keep(folded.lives)

    def forget(self) -> None:
        """Remembers nothing; whenever tickets were written in another way."""
        self._lives.forget()

    def _folded(self, events: list[Said]) -> Folded:
        begun_here = {said.ticket for said in events if said.opens}
        known = {said.ticket for said in events} - begun_here
        folded = Folded(self._lives.take(known))
        for said in events:
            self._tell(folded, said)
        return folded

    def _tell(self, folded: Folded, said: Said) -> None:
        life = folded.lives.get(said.ticket)
        if said.opens:
            life = Life(opened(said, self._lives.columns["ticket"]))
            folded.lives[said.ticket] = life
            folded.references |= bool(said.after["references"])
        elif life is None or (said.is_fact and said.at < life.ticket["latest_at"]):
            raise _Late
        end_spans(folded.ended, said, life.ticket, life.episode)
        first_answer = said.answers and life.ticket["first_answered_at"] is None
        told(life.ticket, said)
        if said.stands:
            episode = self._episode(folded, said, life)
            stood(folded.ended, said, life.ticket, episode, first_answer=first_answer)

    def _episode(self, folded: Folded, said: Said, life: Life) -> Row:
        """The episode that an event belongs to; one that it ends or changes is to be written."""
        before = life.episode
        if before is not None and _key(before) not in folded.episodes:
            folded.episodes[_key(before)] = (life.stored_episode, before)
        if said.begins:
            life.episode = begun(said, life.ticket, before, self._lives.columns["episode"])
            folded.episodes[_key(life.episode)] = (None, life.episode)
        assert life.episode is not None
        return life.episode

    def _take_due_times(self, folded: Folded) -> None:
        asked = section("folding", "clock_due")
        rows = self._connection.execute(asked, {"numbers": list(folded.lives)}).fetchall()
        for number, due_at in rows:
            folded.lives[number].ticket["clock_due_at"] = due_at

    def _rewrite(self, table: str, rows: Collection[Rewritten]) -> None:
        """Adds the rows that are not stored, and updates what changed in the others.

        An update touches few columns, and leaves the rows where the tables have their neighbours.
        """
        columns = self._lives.columns[table]
        new = [tuple(row.values()) for stored, row in rows if stored is None]
        if new:
            self._appenders.insert(table, columns, new)
        known = [(stored, row) for stored, row in rows if stored is not None]
        changed = {name for stored, row in known for name in columns if stored[name] != row[name]}
        if changed:
            chosen = sorted(changed)
            names = (*KEYS[table], *chosen)
            values = [tuple(row[name] for name in names) for _, row in known]
            self._appenders.update(table, KEYS[table], chosen, values)


def _key(episode: Row) -> tuple[int, int]:
    return episode["ticket"], episode["episode"]
