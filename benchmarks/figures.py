"""How long a month's figures take over a million tickets.

All figures of a month in the middle of the generated desk are asked for, whole and day by day, for
all tickets together and by dimensions; each question some times, of which the median counts. Then
the same of a copy of its tables in which the desk names a calendar, so that every time is told in
business time, too. Named lengths (`whole`, `day`) are asked alone.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from business_hours import publish_hours
from generate import TICKETS, generated_desk
from queries import freshen, timed
from report import peak_mebibytes, print_machine, print_table, scratch

from deskledger.app.cli.options import Everywhere
from deskledger.app.cli.session import Session
from deskledger.domain.report.period import days_of
from deskledger.projections.analyst import ask
from deskledger.projections.figure_names import Dimension
from deskledger.projections.figures import FiguresAsked, figures
from deskledger.projections.file import NAME
from deskledger.projections.period_report import report_on
from deskledger.projections.periods import Length
from deskledger.projections.question import Tables
from deskledger.projections.store import ProjectionStore

ROUNDS, ROUNDS_OF_ALL = 5, 3
KNOWN_AT = datetime(2030, 1, 1, tzinfo=UTC)
LENGTHS: tuple[Length, ...] = ("whole", "day")
DIMENSIONS: tuple[Dimension | None, ...] = (None, "channel", "type", "group", "agent")
# When half of the tickets had been opened.
MIDDLE = "SELECT quantile_disc(opened_at, 0.5) FROM ticket"
HOURS = ("business_day", "business_span")
TABLES = ("ticket_event", "episode", "standing_span_ended", "assignment", "first_response")


def main() -> None:
    """Bring the generated desk's tables to its ledger, ask, and print medians."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    lengths = [length for length in LENGTHS if length in sys.argv[2:]]
    directory = generated_desk(tickets)
    print_machine()
    with closing(Session(Everywhere(desk=directory))) as session:
        freshen(session)
        desk = session.desk.ledger.desk
    with scratch() as place:
        file = shutil.copyfile(Path(directory, NAME), Path(place, NAME))
        with ProjectionStore.open(file, desk) as tables:
            rows = [(table, _only(tables, f"SELECT count(*) FROM {table}")) for table in TABLES]  # noqa: S608 - ours
            print_table(f"{tickets:,} tickets", ("table", "rows"), rows)
            _print_figures(tables, "without a calendar", lengths)
        with duckdb.connect(str(file)) as connection:
            publish_hours(connection)
        with ProjectionStore.open(file, desk) as tables:
            rows = [(view, _only(tables, f"SELECT count(*) FROM {view}")) for view in HOURS]  # noqa: S608 - ours
            print_table("the desk's business time", ("view", "rows"), rows)
            _print_figures(tables, "with a calendar", lengths)


def _print_figures(tables: Tables, case: str, lengths: Sequence[Length]) -> None:
    month = f"{_only(tables, MIDDLE):%Y-%m}"
    asked = list(_questions(tables, month, lengths or LENGTHS))
    if not lengths:
        asked.append(_everything(tables, month))
    columns = ("question", "rows", "median ms", "p95 ms", "longest ms", "CPU ms")
    title = f"figures of {month}, {case}, median of {ROUNDS}; peak {peak_mebibytes():,.0f} MiB"
    print_table(title, columns, asked)


def _only(tables: Tables, query: str) -> Any:
    """The one value that is the answer."""
    with ask(tables, query, personal=False) as asked:
        ((value,),) = next(asked.rows)
    return value


def _questions(tables: Tables, month: str, lengths: Sequence[Length]) -> Iterator[tuple[Any, ...]]:
    for length in lengths:
        for dimension in DIMENSIONS:
            asked = FiguresAsked(days_of(month), length, KNOWN_AT, dimension)
            rows = len(figures(tables, asked).value)
            taken = timed(partial(figures, tables, asked), ROUNDS)
            yield (f"{length}, by {dimension or 'nothing'}", rows, *taken)


def _everything(tables: Tables, month: str) -> tuple[Any, ...]:
    with tables.moment() as moment:
        rows = sum(map(len, report_on(moment, month, KNOWN_AT).values()))
        taken = timed(lambda: report_on(moment, month, KNOWN_AT), ROUNDS_OF_ALL)
    return ("everything, as a closed period fixes it", rows, *taken)


if __name__ == "__main__":
    main()
