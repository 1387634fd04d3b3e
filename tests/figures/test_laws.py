"""Laws of the figures, over random tickets told on time, late and by import."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.configuration.events import Published
from deskledger.domain.events import CommandAnswered
from deskledger.domain.shapes import Actor
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.figures import Dimension, Figure, FiguresAsked, figures
from deskledger.projections.periods import Days
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.histories import STEPS, Step, tell
from tests.domain.stories import AS_ANN, AS_BOT, AS_CUSTOMER, AS_IMPORTER, AS_RULE, NOON
from tests.figures.naive import tickets_of
from tests.figures.naive_summary import naive_figures
from tests.projections.records import DESK, Book, mixed, ticket_stream

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Havana", "UTC")
ACTORS = (AS_ANN, AS_CUSTOMER, AS_BOT, AS_RULE, AS_IMPORTER)
NOTHING = CommandAnswered(occurred_at=NOON, by=None, outcome="nothing", code=None, facts={})
DIMENSIONS = (None, *get_args(Dimension))


def zoned(zone: str) -> Published:
    document = {"format": 1, "zone": zone}
    return Published(occurred_at=NOON, by=None, version=1, document=document, scope=None, note=None)


def book_of(histories: Sequence[list[Step]], actors: Sequence[Actor], zone: str) -> Book:
    """Tickets whose commits take turns, each by somebody."""
    book = Book()
    book.commit("desk", [zoned(zone)])
    told = [tell(steps).commits for steps in histories]
    for turn in range(max(map(len, told))):
        for index, commits in enumerate(told):
            if turn < len(commits):
                actor = actors[(turn * 7 + index) % len(actors)].model_dump(exclude_none=True)
                told_now = commits[turn] or [NOTHING]
                book.commit(ticket_stream(index), told_now, actor=actor)
    return book


def told(store: ProjectionStore, asked: FiguresAsked) -> dict[Any, Figure]:
    return {one[:3]: one for one in figures(store, asked).value}


HISTORIES = st.lists(STEPS, min_size=1, max_size=4)
ASKED = st.builds(
    FiguresAsked,
    days=st.tuples(st.integers(-2, 3), st.integers(0, 12)).map(
        lambda drawn: Days(
            date(2026, 3, 2) + timedelta(days=drawn[0]),
            date(2026, 3, 2) + timedelta(days=sum(drawn)),
        )
    ),
    length=st.sampled_from(["day", "week", "month", "whole"]),
    known_at=st.integers(0, 40).map(lambda days: NOON + timedelta(days=days)),
    dimension=st.sampled_from(DIMENSIONS),
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("figures")


@given(
    histories=HISTORIES,
    actors=st.permutations(ACTORS),
    zone=st.sampled_from(ZONES),
    asked=ASKED,
    picks=st.lists(st.integers(0, 5)),
    size=st.integers(1, 9),
)
@settings(max_examples=40)
def test_every_figure_is_what_a_walk_through_the_events_gives(  # noqa: PLR0913, PLR0917 - drawn
    directory: Path,
    histories: list[list[Step]],
    actors: list[Actor],
    zone: str,
    asked: FiguresAsked,
    picks: list[int],
    size: int,
) -> None:
    book = book_of(histories, actors, zone)
    path = directory / "one.duckdb"
    path.unlink(missing_ok=True)
    with ProjectionStore.open(path, DESK) as store:
        for batch in batches(mixed(book.records, picks), size):
            store.apply(batch, Stager(book.keys.data_keys))
        expected = naive_figures(tickets_of(book.records), asked, ZoneInfo(zone))
        assert told(store, asked) == expected


def batches(records: Sequence[StoredRecord], size: int) -> Iterator[list[StoredRecord]]:
    for start in range(0, len(records), size):
        yield list(records[start : start + size])
