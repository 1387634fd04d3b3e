"""How long a month's figures take over a million tickets, and what the tables behind them cost.

The tables are made from the generated desk in a file of their own. Then all figures of a month in
the middle are asked for, whole and day by day, for all tickets together and by dimensions; each
question some times, of which the median counts.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generate import TICKETS, generated_desk
from report import peak_mebibytes, print_machine, print_table

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.domain.report.period import days_of
from deskledger.projections.figure_names import Dimension
from deskledger.projections.figures import FiguresAsked, figures
from deskledger.projections.period_report import report_on
from deskledger.projections.periods import Length
from deskledger.projections.store import ProjectionStore

ROUNDS = 7
KNOWN_AT = datetime(2030, 1, 1, tzinfo=UTC)
LENGTHS: tuple[Length, ...] = ("whole", "day")
DIMENSIONS: tuple[Dimension | None, ...] = (None, "channel", "type", "group", "agent")
TABLES = ("ticket_event", "episode", "standing_span_ended", "assignment", "first_response")


def main() -> None:
    """Make the tables, ask, and print medians."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    directory = generated_desk(tickets)
    print_machine()
    with tempfile.TemporaryDirectory(dir=directory.parent) as place, Desk.open(directory) as desk:
        path = Path(place, "projections.duckdb")
        with ProjectionStore.fresh(path, desk.ledger.desk) as store:
            began, worked = time.perf_counter(), time.process_time()
            Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
            store.finish()
            seconds, processor = time.perf_counter() - began, time.process_time() - worked
            rows, month = _held(store)
            asked = list(_questions(store, month))
        size = path.stat().st_size / 2**20
    events = rows["ticket_event"]
    print_table(
        f"{tickets:,} tickets: made in {seconds:,.0f} s, {processor * 1e6 / events:.1f} µs of"
        f" processor time an event; peak {peak_mebibytes():,.0f} MiB; file {size:,.0f} MiB",
        ("table", "rows"),
        list(rows.items()),
    )
    print_table(f"figures of {month}", ("question", "rows", "median ms", "CPU ms"), asked)


def _held(store: ProjectionStore) -> tuple[dict[str, int], str]:
    """Rows of the tables, and the month in which half of the tickets had been opened."""
    with store.reading() as connection:
        rows = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]  # noqa: S608
            for table in TABLES
        }
        ((middle,),) = connection.execute(
            "SELECT quantile_disc(opened_at, 0.5) FROM ticket"
        ).fetchall()
    return rows, f"{middle:%Y-%m}"


def _questions(store: ProjectionStore, month: str) -> list[tuple[str, int, float, float]]:
    found = []
    for length in LENGTHS:
        for dimension in DIMENSIONS:
            asked = FiguresAsked(days_of(month), length, KNOWN_AT, dimension)
            name = f"{length}, by {dimension or 'nothing'}"
            found.append((name, *_timed(lambda asked=asked: figures(store, asked).value)))
    with store.moment() as moment:
        whole = _timed(lambda: report_on(moment, month, KNOWN_AT))
    return [*found, ("everything, as a closed period fixes it", *whole)]


def _timed(ask: Callable[[], Any]) -> tuple[int, float, float]:
    """Rows, and milliseconds on the clock and of the processor."""
    walls, processors = [], []
    for _ in range(ROUNDS):
        began, worked = time.perf_counter(), time.process_time()
        rows = len(ask())
        walls.append((time.perf_counter() - began) * 1e3)
        processors.append((time.process_time() - worked) * 1e3)
    return rows, statistics.median(walls), statistics.median(processors)


if __name__ == "__main__":
    main()
