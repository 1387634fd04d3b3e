"""How long a page of what is due takes with its exact counts, at a million tickets with clocks.

The made-up desk has no clocks, so a copy of its tables is given three for each ticket, as if they
had been recorded: most of them stopped, those of unsettled tickets running or breached. The answers
have rows, counts and progress of one transaction.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
from generate import TICKETS, generated_desk
from queries import freshen, timed
from report import peak_mebibytes, print_machine, print_table, scratch
from scene import GROUPS

from deskledger.app.cli.options import Everywhere
from deskledger.app.cli.session import Session
from deskledger.projections.due import due_page
from deskledger.projections.file import NAME
from deskledger.projections.queries import QueueFilter, queue_page
from deskledger.projections.question import Tables
from deskledger.projections.store import ProjectionStore
from deskledger.projections.views.reader import Reader

SIZE = 50
PROMISED = """
INSERT INTO clock
SELECT
  number, metric, 1, 'ticket', id, 'standard', 1, 'office', 'PT' || hours || 'H', opened_at,
  CASE
    WHEN stops AND opened_at + length < coalesce(settled_at, latest_at) THEN 'breached'
    WHEN stops THEN 'met'
    WHEN opened_at + length < (SELECT max(latest_at) FROM ticket) THEN 'breached'
    ELSE 'running'
  END,
  CASE WHEN stops THEN 'stopped' ELSE 'counting' END,
  opened_at, opened_at + length, CASE WHEN stops THEN coalesce(settled_at, latest_at) END,
  0, epoch_us(length), epoch_us(length), opened_at, false, 0, 0, NULL,
  NULL, NULL, opened_at + length, 0, 1
FROM (
  SELECT
    *,
    to_hours(hours) AS length,
    settled_at IS NOT NULL OR (metric = 'first_response' AND number % 5 < 4) AS stops
  FROM ticket, (VALUES ('first_response', 8), ('resolution', 72), ('agent_work', 40))
    AS promise(metric, hours)
);

UPDATE ticket
SET clock_due_at = due.due_at
FROM (
  SELECT ticket, min(due_at) AS due_at
  FROM clock
  WHERE phase <> 'stopped'
  GROUP BY ticket
) AS due
WHERE due.ticket = number;

CHECKPOINT;
"""


def main() -> None:
    """Bring the generated desk's tables to its ledger, give it clocks, ask, and print medians."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    directory = generated_desk(tickets)
    print_machine()
    with closing(Session(Everywhere(desk=directory))) as session:
        freshen(session)
        desk = session.desk.ledger.desk
    with scratch() as place:
        file = shutil.copyfile(Path(directory, NAME), Path(place, NAME))
        with duckdb.connect(str(file)) as connection:
            connection.execute(PROMISED)
        with ProjectionStore.open(file, desk) as store:
            rows = list(_measured(store))
    print_table(
        f"{tickets:,} tickets, {3 * tickets:,} clocks, pages of {SIZE};"
        f" peak {peak_mebibytes():,.0f} MiB",
        ("question", "tickets", "median ms", "p95 ms", "longest ms", "CPU ms"),
        rows,
    )


def _measured(store: ProjectionStore) -> Iterator[tuple[Any, ...]]:
    with store.reading() as connection:
        ((now,),) = connection.execute("SELECT max(latest_at) FROM ticket").fetchall()
    reader = Reader(None, now)
    group = QueueFilter(group_id=GROUPS[0], workable=True)
    yield _page(store, "due soon, first page", QueueFilter(workable=True), reader)
    yield _page(store, "a page in its middle", QueueFilter(workable=True), reader, middle=True)
    yield _page(store, "everything that waits", QueueFilter(), reader)
    yield _page(store, "one group's", group, reader)
    asked = QueueFilter(workable=True)
    total = queue_page(store, asked, reader=reader).value.total
    taken = timed(lambda: queue_page(store, asked, reader=reader, size=SIZE))
    yield ("the queue in its default order", f"{total:,}", *taken)


def _page(
    tables: Tables, name: str, asked: QueueFilter, reader: Reader, *, middle: bool = False
) -> tuple[Any, ...]:
    page = due_page(tables, asked, reader, size=SIZE).value
    after = None
    if middle and page.total > SIZE:
        after = due_page(tables, asked, reader, size=page.total // 2).value.entries[-1]
    taken = timed(lambda: due_page(tables, asked, reader, after=after, size=SIZE))
    return (name, f"{page.total:,}", *taken)


if __name__ == "__main__":
    main()
