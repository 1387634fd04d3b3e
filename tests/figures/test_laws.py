"""Laws of the figures, over random tickets told on time, late and by import."""

import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.events import CommandAnswered
from deskledger.domain.report.period import Days
from deskledger.domain.shapes import Actor
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.figure_names import Dimension
from deskledger.projections.figures import Figure, FiguresAsked, figures
from deskledger.projections.period_report import report_hash, report_on
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.histories import STEPS, Step, tell
from tests.domain.stories import AS_ANN, AS_BOT, AS_CUSTOMER, AS_IMPORTER, AS_RULE, NOON
from tests.figures.naive import tickets_of
from tests.figures.naive_summary import naive_figures
from tests.figures.told import zoned
from tests.projections.records import DESK, Book, mixed, ticket_stream

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Havana", "UTC")
ACTORS = (AS_ANN, AS_CUSTOMER, AS_BOT, AS_RULE, AS_IMPORTER)
NOTHING = CommandAnswered(occurred_at=NOON, by=None, outcome="nothing", code=None, facts={})
EMPTY = "empty.duckdb"
DIMENSIONS = (None, *get_args(Dimension))


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
    """Where an empty file of tables lies: making one takes longer than filling it."""
    made = tmp_path_factory.mktemp("figures")
    ProjectionStore.open(made / EMPTY, DESK).close()
    return made


@given(
    histories=HISTORIES,
    actors=st.permutations(ACTORS),
    zone=st.sampled_from(ZONES),
    asked=ASKED,
    picks=st.lists(st.integers(0, 5)),
    size=st.integers(1, 9),
)
@settings(max_examples=25)
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
    with empty_store(directory) as store:
        for batch in batches(mixed(book.records, picks), size):
            store.apply(batch, Stager(book.keys.data_keys))
        expected = naive_figures(tickets_of(book.records), asked, ZoneInfo(zone))
        assert told(store, asked) == expected


def empty_store(directory: Path) -> ProjectionStore:
    path = directory / "desk.duckdb"
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    shutil.copyfile(directory / EMPTY, path)
    return ProjectionStore.open(path, DESK)


def batches(records: Sequence[StoredRecord], size: int) -> Iterator[list[StoredRecord]]:
    for start in range(0, len(records), size):
        yield list(records[start : start + size])


@given(
    histories=HISTORIES,
    actors=st.permutations(ACTORS),
    cut=st.floats(0, 1),
    picks=st.lists(st.integers(0, 5)),
    size=st.integers(1, 9),
)
@settings(max_examples=8)
def test_a_report_follows_from_its_point_alone_however_the_records_came(  # noqa: PLR0913, PLR0917 - drawn
    directory: Path,
    histories: list[list[Step]],
    actors: list[Actor],
    cut: float,
    picks: list[int],
    size: int,
) -> None:
    book = book_of(histories, actors, "Asia/Shanghai")
    then = book.records[: 1 + int(len(book.records) * cut)]
    known_at = NOON + timedelta(days=10)
    hashes = []
    for records, size_now in ((then, len(then)), (mixed(then, picks), size)):
        with empty_store(directory) as store:
            for batch in batches(records, size_now):
                store.apply(batch, Stager(book.keys.data_keys))
            with store.moment() as moment:
                hashes.append(report_hash(report_on(moment, "2026-03", known_at)))
    assert len(set(hashes)) == 1


LIFELONG = ("kind", "direction", "channel", "inbox", "workflow", "workflow_version", "variant")
FLOWS = "sum(opened), sum(reopened), sum(settled), sum(discarded), sum(backlog)"


@given(histories=HISTORIES, actors=st.permutations(ACTORS), zone=st.sampled_from(ZONES))
@settings(max_examples=15)
def test_the_laws_of_days_steps_and_shares_hold(
    directory: Path, histories: list[list[Step]], actors: list[Actor], zone: str
) -> None:
    book = book_of(histories, actors, zone)
    with empty_store(directory) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        with store.reading() as connection:
            for column in LIFELONG:
                check_backlog(connection, column)
            check_sums(connection)
        check_days(store, zone)


def check_backlog(connection: duckdb.DuckDBPyConnection, column: str) -> None:
    """Backlog = that of the day before + opened + reopened - settled - discarded."""
    asked = f"SELECT {column}, day, {FLOWS} FROM desk_day GROUP BY ALL ORDER BY ALL"  # noqa: S608
    days: dict[Any, dict[date, list[int]]] = {}
    for value, day, *counts in connection.execute(asked).fetchall():
        days.setdefault(value, {})[day] = [int(count) for count in counts]
    for found in days.values():
        backlog = 0
        day = min(found)
        while day <= max(found):
            opened, reopened, settled, discarded, stated = found.get(day, [0] * 5)
            backlog += opened + reopened - settled - discarded
            assert stated == backlog
            day += timedelta(days=1)


def check_sums(connection: duckdb.DuckDBPyConnection) -> None:
    """Steps add up to their episode, shares to the handling time, statuses to the whole.

    And the credit of a ticket's settle is that of its latest episode.
    """
    steps = connection.execute(
        "SELECT count(*) FROM step_time JOIN episode USING (ticket, episode)"
        " WHERE to_assignment + to_response + to_solution"
        " <> epoch_us(episode.settled_at) - epoch_us(began_at)"
        " OR least(to_assignment, to_response, to_solution) < 0"
    ).fetchall()
    assert steps == [(0,)]
    lived = connection.execute(
        "SELECT count(*) FROM episode WHERE settled_at IS NOT NULL"
        " AND time_new + time_open + time_pending + time_on_hold"
        " <> epoch_us(settled_at) - epoch_us(began_at)"
    ).fetchall()
    assert lived == [(0,)]
    shares = connection.execute(
        "SELECT (SELECT coalesce(sum(handling_time), 0) FROM episode WHERE NOT discarded),"
        " (SELECT coalesce(sum(amount), 0) FROM agent_value WHERE figure = 'handling_share'),"
        " (SELECT coalesce(sum(handling_time), 0) FROM agent_day)"
    ).fetchall()
    assert len(set(shares[0])) == 1
    spans = connection.execute(
        "SELECT count(*) FROM ticket JOIN (SELECT ticket, min(began_at) AS began_at,"
        " sum(epoch_us(ended_at) - epoch_us(began_at)) AS lasted, max(began_at) AS latest"
        " FROM standing_span GROUP BY ticket) AS span ON span.ticket = number"
        " WHERE began_at <> opened_at"
        " OR coalesce(lasted, 0) <> epoch_us(latest) - epoch_us(opened_at)"
    ).fetchall()
    assert spans == [(0,)]
    credited = connection.execute(
        "SELECT count(*) FROM ticket JOIN episode ON episode.ticket = number"
        " WHERE episode.reopened_at IS NULL AND ticket.solver_id IS DISTINCT FROM episode.solver_id"
    ).fetchall()
    assert credited == [(0,)]


def check_days(store: ProjectionStore, zone: str) -> None:
    """The analysts' view of days says what the desk's own question says."""
    days = Days(date(2026, 3, 1), date(2026, 3, 6))
    known_at = datetime(2026, 3, 20, tzinfo=ZoneInfo(zone))
    asked = FiguresAsked(days, "day", known_at, dimension="type")
    counted = {one[:3]: one.n for one in figures(store, asked).value}
    with store.reading() as connection:
        query = f"SELECT day, type, {FLOWS} FROM desk_day WHERE kind = 'request' GROUP BY ALL"  # noqa: S608
        for day, value, *counts in connection.execute(query).fetchall():
            names = ("opened", "reopened", "settled", "discarded", "backlog")
            for name, count in zip(names, counts, strict=True):
                assert counted.pop((str(day), value, name), 0) == count
