"""The SQL that analysts are shown runs, and gives what the desk's own figures say."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.report.period import Days
from deskledger.projections.analyst import ask
from deskledger.projections.figure_names import FIGURES
from deskledger.projections.store import ProjectionStore
from tests.clock_tables.told import clock
from tests.figures.publications import desk_with
from tests.figures.told import ANN, AS_ANN, counted, given, opened, replied, status, tell

PAGE = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
SQL = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectionStore]:
    answered = clock("ClockFulfilled", 10, state="met", phase="stopped", stopped_at=10)
    solved = [
        (AS_ANN, [opened(), clock("ClockStarted", 0)]),
        (AS_ANN, [replied(10), answered]),
        (AS_ANN, [given(20, (None, None), ("one", ANN))]),
        (AS_ANN, [given(25, ("one", ANN), ("two", ANN))]),
        (AS_ANN, [status("TicketSolved", 30, "new", "solved", solver=ANN)]),
    ]
    opening = [(AS_ANN, [opened(60)])]
    others = {"desk": [desk_with("always", version=2, stuck_after="PT1H")]}
    with tell(tmp_path_factory.mktemp("page"), solved, opening, others=others) as made:
        yield made


def answer(store: ProjectionStore, sql: str) -> list[tuple[Any, ...]]:
    with ask(store, sql, personal=False) as asked:
        return [row for batch in asked.rows for row in batch]


@pytest.mark.parametrize("sql", SQL)
def test_every_statement_of_the_page_runs(store: ProjectionStore, sql: str) -> None:
    assert answer(store, sql)


def test_the_pages_counts_are_the_figures(store: ProjectionStore) -> None:
    found = counted(store, days=Days(date(2026, 3, 2), date(2026, 3, 2)))
    names = ("opened", "reopened", "settled", "discarded", "backlog")
    (told,) = answer(store, SQL[0])
    expected = [found[name].n if name in found else 0 for name in names]
    assert list(map(int, told[1:])) == expected == [2, 0, 1, 0, 1]
    (kept,) = [one for one in SQL if "AS attainment" in one]
    attained = found["sla_attainment"]
    assert answer(store, kept) == [("first_response", "standard", attained.n, attained.sum, 1.0)]
    rates = {"repeated": "repeat_rate", "wrong": "wrong_assignment"}
    for word, name in rates.items():
        (sql,) = [one for one in SQL if f"AS {word}" in one]
        assert answer(store, sql) == [(found[name].n, found[name].sum)]


def test_the_page_names_every_figure() -> None:
    assert {name for name in FIGURES if f"`{name}`" not in PAGE} == set()
