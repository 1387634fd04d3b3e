"""Laws of the tables of clocks: they say what the events say, whatever the batches were."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.shapes import instant_text
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.clock_tables import naive
from tests.clock_tables.naive import Event, Recorded
from tests.clock_tables.told import clock, commits, one_life
from tests.figures.attainment import is_of_a_clock
from tests.figures.told import given as handed
from tests.figures.told import opened, replied
from tests.projections.reading import one, rows
from tests.projections.records import DESK, NOON, Book, cut, later, mixed, ticket_stream
from tests.projections.two_stores import TwoStores

TABLES = ("clock", "breach", "clock_mark", "ticket", "sla_attainment", "due_soon", "queue_entry")


class Desk(TwoStores):
    """Two stores, and how many tickets were told to them."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.tickets = 0

    def tell(self, lives: list[list[list[Event]]]) -> dict[int, list[Recorded]]:
        """Adds tickets, their commits taking turns; what was recorded of each, by number."""
        told: dict[int, list[Recorded]] = {}
        first, self.tickets = self.tickets, self.tickets + len(lives)
        for turn in range(max(map(len, lives))):
            for index, life in enumerate(lives):
                if turn < len(life):
                    recorded_at = NOON + timedelta(days=3, minutes=len(self.book.records))
                    record = self.book.commit(
                        ticket_stream(first + index), life[turn], recorded_at=recorded_at
                    )
                    assert record.number is not None
                    assert record.version is not None
                    told.setdefault(record.number, []).extend(
                        (version, instant_text(recorded_at), event)
                        for version, event in enumerate(life[turn], record.version)
                        if is_of_a_clock(event)
                    )
        return told


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("clocks"))
    with made.whole, made.split:
        yield made


@st.composite
def life(draw: st.DrawFn) -> list[list[Event]]:
    """The commits of a ticket that is opened, worked on, perhaps told of late, and has clocks."""
    told = draw(one_life())
    for place in draw(st.lists(st.integers(0, len(told)), max_size=3)):
        at = draw(st.integers(1, 3_000))
        kind = draw(st.sampled_from([replied(at), handed(at, (None, None), ("one", None))]))
        told.insert(place, kind)
    return [[opened(0)], *commits(draw, told)]


@given(
    lives=st.lists(life(), min_size=1, max_size=3),
    picks=st.lists(st.integers(0, 5)),
    sizes=st.lists(st.integers(1, 5)),
    pieces=st.lists(st.integers(1, 3)),
)
@settings(max_examples=25, deadline=None)
def test_the_tables_say_what_the_events_say_whatever_the_batches_were(
    desk: Desk,
    lives: list[list[list[Event]]],
    picks: list[int],
    sizes: list[int],
    pieces: list[int],
) -> None:
    start = len(desk.book.records)
    told = desk.tell(lives)
    records = desk.book.records[start:]
    desk.whole.apply(records, desk.stager)
    for batch in cut(list(cut(mixed(records, picks), sizes)), pieces):
        desk.split.write(*(desk.stager.stage(piece) for piece in batch))
    numbers = sorted(told)
    for table in TABLES:
        assert rows(desk.split, table, numbers) == rows(desk.whole, table, numbers), table
    for number, recorded in told.items():
        check(desk.split, number, recorded)


def check(store: ProjectionStore, number: int, recorded: list[Recorded]) -> None:
    for table, expected in (
        ("clock", naive.clocks(recorded)),
        ("breach", naive.breaches(recorded)),
        ("clock_mark", naive.marks(recorded)),
    ):
        found: list[dict[str, Any]] = rows(store, table, [number])
        stated = [{"ticket": number, **row} for row in expected]
        assert sorted(found, key=_version) == sorted(stated, key=_version), table
    assert one(store, "queue_entry", number)["next_due_at"] == naive.next_due(recorded)


def _version(row: dict[str, Any]) -> int:
    return int(row["version"])


def test_what_clocks_show_makes_nothing_late(tmp_path: Path) -> None:
    book = Book()
    breach = clock("ClockBreached", 60, state="breached", noticed_at=60)
    book.commit(ticket_stream(1), [opened(0), clock("ClockStarted", 0)])
    book.commit(ticket_stream(1), [replied(90), breach], recorded_at=later(90))
    book.commit(ticket_stream(1), [replied(80)], recorded_at=later(100))
    with ProjectionStore.open(tmp_path / "tables.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        late = {row["version"]: row["late"] for row in rows(store, "ticket_event")}
        assert late == {1: False, 2: False, 3: False, 4: False, 5: True}
        assert one(store, "ticket", 1)["latest_at"] == instant_text(later(90))
