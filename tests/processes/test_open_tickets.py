"""The open tickets are found by the tables and the ledger alike, however far the tables lag."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.app.node.processes import open_tickets
from deskledger.consumers.processes.open_tickets import OpenTickets
from deskledger.consumers.projector import Projector
from deskledger.domain.commands import Command
from deskledger.domain.ticket.commands import (
    CloseTicket,
    OpenTicket,
    PendTicket,
    ReopenTicket,
    SolveTicket,
)
from deskledger.domain.ticket.relation_commands import MergeTicket
from deskledger.domain.ticket.status import SETTLED
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.writing.requests import Request
from deskledger.projections.question import Moment
from deskledger.projections.store import ProjectionStore
from tests.processes.build import SERVICE, Place, foreign, new_place

T = TypeVar("T")

SOLVE = SolveTicket(resolution="fixed")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


def opened(place: Place, count: int) -> list[str]:
    tickets = []
    for _ in range(count):
        place.clock.pass_by(1)
        tickets.append(place.ask(None, OpenTicket(channel="email")).stream)
    return tickets


class StoredTables:
    """Tables in this process, as they were when they were last brought on."""

    def __init__(self, place: Place, directory: Path) -> None:
        ledger = place.desk.ledger
        self.store = ProjectionStore.open(directory / "tables.duckdb", ledger.desk)
        self.projector = Projector(self.store, ledger, place.desk.vault.data_keys)

    def ask(
        self, _process: str, question: Callable[[Moment], T]
    ) -> tuple[T, Sequence[Progress]] | None:
        with self.store.moment() as moment:
            return question(moment), moment.progress


@pytest.fixture
def tables(place: Place, tmp_path: Path) -> Iterator[StoredTables]:
    found = StoredTables(place, tmp_path)
    yield found
    found.store.close()


def unsettled(place: Place, tables: StoredTables) -> set[str]:
    """What is found by the ledger, by tables that lag, and by tables that hold everything."""
    by_ledger = open_tickets(place.desk).now("desk")
    by_tables = OpenTickets(place.desk.ledger, tables)
    assert by_tables.now("desk") == by_ledger
    tables.projector.catch_up()
    assert by_tables.now("desk") == by_ledger
    return set(by_ledger)


def test_unsettled_are_the_tickets_that_are_neither_solved_nor_closed(
    place: Place, tables: StoredTables
) -> None:
    new, pending, solved, spam, again, younger = opened(place, 6)
    place.clock.pass_by(60)
    tables.projector.catch_up()
    place.ask(pending, PendTicket(reason="customer"))
    place.ask(solved, SOLVE)
    place.ask(spam, CloseTicket(reason="spam"))
    # All of this happens at one instant: the later event counts.
    place.ask(again, SOLVE)
    place.ask(again, ReopenTicket(reason="mistake"))
    place.ask(younger, MergeTicket(ticket=new.partition("/")[2]))
    assert unsettled(place, tables) == {new, pending, again}


def test_a_status_that_is_recorded_late_does_not_count(place: Place, tables: StoredTables) -> None:
    (ticket,) = opened(place, 1)
    tables.projector.catch_up()
    opened_at = place.clock.now
    place.clock.pass_by(3600)
    place.ask(ticket, SOLVE)
    place.clock.pass_by(3600)
    place.ask(ticket, ReopenTicket(reason="mistake"))
    late = SOLVE.model_copy(update={"occurred_at": opened_at + timedelta(seconds=60)})
    request = Request(SERVICE, "http", "test", record_late=True)
    assert place.desk.writer.execute(ticket, late, request).outcome != "refused"
    assert unsettled(place, tables) == {ticket}


def test_a_desk_without_tickets_has_none_that_are_unsettled(
    place: Place, tables: StoredTables
) -> None:
    assert unsettled(place, tables) == set()


def test_tickets_that_the_tables_could_not_read_are_found_in_the_ledger(
    place: Place, tables: StoredTables
) -> None:
    parked, settled, other = opened(place, 3)
    tables.projector.catch_up()
    foreign(place, parked, {"type": "Unheard", "v": 1, "status": {"after": ["solved"]}})
    foreign(place, settled, {"type": "Unheard", "v": 1})
    stated = {"after": "solved", "before": "new"}
    at = "2026-11-22T12:00:00.000000Z"
    foreign(place, settled, {"type": "Unheard", "v": 1, "status": stated, "occurred_at": at})
    tables.projector.catch_up()
    late = opened(place, 1)
    assert unsettled(place, tables) == {parked, other, *late}


CHANGES = [
    SOLVE, CloseTicket(reason="spam"), PendTicket(reason="customer"),
    ReopenTicket(reason="mistake"), None,
]  # fmt: skip
HAPPENED = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(CHANGES)), max_size=25)


@settings(max_examples=8, deadline=None)
@given(before=HAPPENED, after=HAPPENED)
def test_tables_that_lag_find_what_the_ledger_finds(
    before: list[tuple[int, Command | None]], after: list[tuple[int, Command | None]]
) -> None:
    with tempfile.TemporaryDirectory() as name, new_place(Path(name, "desk")) as place:
        tables = StoredTables(place, Path(name))
        tickets = opened(place, 3)
        for happened in (before, after):
            for number, command in happened:
                place.clock.pass_by(1)
                if command is None:
                    tickets += opened(place, 1)
                else:
                    place.ask(tickets[number % len(tickets)], command)
            if happened is before:
                tables.projector.catch_up()
        found = unsettled(place, tables)
        assert found == {one for one in tickets if place.state(one).status.present not in SETTLED}
        tables.store.close()
