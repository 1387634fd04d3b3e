"""How long a month's figures take over a million tickets.

All figures of a month in the middle of the generated desk are asked for, whole and day by day, for
all tickets together and by dimensions; each question some times, of which the median counts.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any

from generate import TICKETS, generated_desk
from queries import freshen, timed
from report import peak_mebibytes, print_machine, print_table

from deskledger.app.cli.options import Everywhere
from deskledger.app.cli.session import Session
from deskledger.domain.report.period import days_of
from deskledger.projections.analyst import ask
from deskledger.projections.figure_names import Dimension
from deskledger.projections.figures import FiguresAsked, figures
from deskledger.projections.period_report import report_on
from deskledger.projections.periods import Length
from deskledger.projections.question import Tables

ROUNDS = 7
KNOWN_AT = datetime(2030, 1, 1, tzinfo=UTC)
LENGTHS: tuple[Length, ...] = ("whole", "day")
DIMENSIONS: tuple[Dimension | None, ...] = (None, "channel", "type", "group", "agent")
# When half of the tickets had been opened.
MIDDLE = "SELECT quantile_disc(opened_at, 0.5) FROM ticket"
TABLES = ("ticket_event", "episode", "standing_span_ended", "assignment", "first_response")


def main() -> None:
    """Bring the generated desk's tables to its ledger, ask, and print medians."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    directory = generated_desk(tickets)
    print_machine()
    with closing(Session(Everywhere(desk=directory))) as session:
        freshen(session)
        tables = session.tables
        rows = [(table, _only(tables, f"SELECT count(*) FROM {table}")) for table in TABLES]  # noqa: S608 - ours
        month = f"{_only(tables, MIDDLE):%Y-%m}"
        asked = list(_questions(tables, month))
    print_table(f"{tickets:,} tickets; peak {peak_mebibytes():,.0f} MiB", ("table", "rows"), rows)
    columns = ("question", "rows", "median ms", "p95 ms", "longest ms", "CPU ms")
    print_table(f"figures of {month}, median of {ROUNDS}", columns, asked)


def _only(tables: Tables, query: str) -> Any:
    """The one value that is the answer."""
    with ask(tables, query, personal=False) as asked:
        ((value,),) = next(asked.rows)
    return value


def _questions(tables: Tables, month: str) -> Iterator[tuple[Any, ...]]:
    for length in LENGTHS:
        for dimension in DIMENSIONS:
            asked = FiguresAsked(days_of(month), length, KNOWN_AT, dimension)
            rows = len(figures(tables, asked).value)
            taken = timed(partial(figures, tables, asked), ROUNDS)
            yield (f"{length}, by {dimension or 'nothing'}", rows, *taken)
    with tables.moment() as moment:
        rows = sum(map(len, report_on(moment, month, KNOWN_AT).values()))
        taken = timed(lambda: report_on(moment, month, KNOWN_AT), ROUNDS)
    yield ("everything, as a closed period fixes it", rows, *taken)


if __name__ == "__main__":
    main()
