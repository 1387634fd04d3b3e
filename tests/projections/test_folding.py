"""Laws of small batches: told event by event they give the rows that DuckDB works out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from deskledger.domain.ticket.commands import OpenTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.projections.appenders import Appenders
from deskledger.projections.digests import KEYS
from deskledger.projections.folding.present import Folding
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.histories import ON_TIME, STEPS, Step, tell
from tests.domain.stories import AS_ANN, AS_BOT, AS_CUSTOMER, AS_IMPORTER, AS_RULE
from tests.domain.stories import desk as stories_desk
from tests.projections.records import DESK, Book, cut, mixed, ticket_stream

TABLES = [table for table, key in KEYS.items() if key[0] in {"ticket", "number"}]
ACTORS = (AS_ANN, AS_CUSTOMER, AS_BOT, AS_RULE, AS_IMPORTER)


class Desk:
    """Two stores that follow one book: one folds small batches, the other none."""

    def __init__(self, directory: Path) -> None:
        self.book = Book()
        self.stager = Stager(self.book.keys.data_keys)
        self.folding = ProjectionStore.open(directory / "folding.duckdb", DESK)
        self.planning = ProjectionStore.open(directory / "planning.duckdb", DESK)
        self.planning.folded_events_max = 0
        self.tickets = 0

    def tell(self, histories: list[list[Step]], actors: list[int]) -> None:
        """Adds tickets, their commits taking turns, each by somebody."""
        told = [tell(steps).commits for steps in histories]
        first, self.tickets = self.tickets, self.tickets + len(told)
        for turn in range(max(map(len, told))):
            for index, commits in enumerate(told, first):
                if turn < len(commits) and commits[turn]:
                    actor = ACTORS[actors[(turn + index) % len(actors)]]
                    stated = actor.model_dump(exclude_none=True)
                    self.book.commit(ticket_stream(index), commits[turn], actor=stated)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("folding"))
    with made.folding, made.planning:
        yield made


@given(
    histories=st.lists(STEPS | ON_TIME, min_size=1, max_size=4),
    actors=st.lists(st.integers(0, len(ACTORS) - 1), min_size=1),
    picks=st.lists(st.integers(0, 5)),
    sizes=st.lists(st.integers(1, 9)),
)
@settings(max_examples=60, deadline=None)
def test_batches_told_event_by_event_give_the_rows_that_duckdb_works_out(
    desk: Desk,
    histories: list[list[Step]],
    actors: list[int],
    picks: list[int],
    sizes: list[int],
) -> None:
    start = len(desk.book.records)
    desk.tell(histories, actors)
    records = desk.book.records[start:]
    with capture_logs() as told_of:
        for batch in cut(mixed(records, picks), sizes):
            desk.folding.apply(batch, desk.stager)
    assert told_of == [], "only what is late may be left to DuckDB"
    desk.planning.apply(records, desk.stager)
    for table in TABLES:
        assert told(desk.folding, table) == told(desk.planning, table), table


def told(store: ProjectionStore, table: str) -> list[tuple[Any, ...]]:
    """All rows of a table as they are stored, JSON as text."""
    with store.reading() as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()  # noqa: S608


def test_only_a_batch_with_something_late_is_left_to_duckdb(tmp_path: Path) -> None:
    book = Book()
    story = stories_desk().recording_late().when(OpenTicket(channel="email"), TakeTicket())
    book.commit(ticket_stream(1), story.events)
    later = story.after(60).when(SendReply(text="Hi"))
    book.commit(ticket_stream(1), later.events[-1:])
    late = later.when(SendReply(text="Hm", occurred_at=story.after(30).now))
    book.commit(ticket_stream(1), late.events[-1:])
    stager = Stager(book.keys.data_keys)
    with ProjectionStore.open(tmp_path / "tables.duckdb", DESK) as store:
        for record, planned in zip(book.records, (False, False, True), strict=True):
            batch = stager.stage([record]).relations["batch"]
            with store.reading() as connection:
                folded = Folding(connection, Appenders(connection)).folded(batch)
            assert (folded is None) == planned
            store.apply([record], stager)
