"""How long a page of a saved view takes with its exact count, at a million tickets.

The shipped views for the agent who has most to do, and some that are harder: over every ticket,
settled or not. Each answer has rows, count and progress of one transaction.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from generate import TICKETS, generated_desk
from queries import freshen, timed
from report import peak_mebibytes, print_machine, print_table

from deskledger.app.cli.options import Everywhere
from deskledger.app.cli.session import Session
from deskledger.domain.configuration.shipped_views import SHIPPED_VIEWS
from deskledger.projections.analyst import ask
from deskledger.projections.question import Tables
from deskledger.projections.views.pages import view_counts, view_page
from deskledger.projections.views.reader import Reader

SIZE = 50
PAGES_BEFORE = 60
BUSIEST = """
SELECT agent_id, (SELECT max(latest_at) FROM ticket)
FROM queue_entry
WHERE workable AND agent_id IS NOT NULL
GROUP BY agent_id
ORDER BY count(*) DESC, agent_id
LIMIT 1
"""
HARDER: dict[str, dict[str, Any]] = {
    "all new and open, in the queue's order": {
        "all": [{"field": "status", "is": ["new", "open"]}],
    },
    "every ticket, newest first": {"settled": True, "sort": [["opened_at", "desc"]]},
    "every ticket with a tag": {
        "settled": True,
        "all": [{"field": "tags", "has": ["vip"]}],
        "sort": [["priority", "desc"], ["latest_at", "asc"]],
    },
    "every ticket, by status and channel": {
        "settled": True,
        "group_by": "status",
        "sort": [["channel", "asc"], ["opened_at", "asc"]],
    },
    "every ticket of which a custom field is set": {
        "settled": True,
        "all": [{"field": "fields.product", "empty": False}],
        "sort": [["fields.product", "asc"]],
    },
}


def main() -> None:
    """Bring the generated desk's tables to its ledger, ask, and print medians and percentiles."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    directory = generated_desk(tickets)
    print_machine()
    with closing(Session(Everywhere(desk=directory))) as session:
        freshen(session)
        with ask(session.tables, BUSIEST, personal=False) as asked:
            ((agent, now),) = next(asked.rows)
        rows = list(_measured(session.tables, Reader(agent, now, "Asia/Shanghai")))
    print_table(
        f"{tickets:,} tickets, pages of {SIZE}; peak {peak_mebibytes():,.0f} MiB",
        ("view", "tickets", "median ms", "p95 ms", "longest ms", "CPU ms"),
        rows,
    )


def _measured(tables: Tables, reader: Reader) -> Iterator[tuple[Any, ...]]:
    for name, view in SHIPPED_VIEWS.items():
        yield _page(tables, reader, name, view.written())
    for name, members in HARDER.items():
        document = {"format": 1, **members}
        yield _page(tables, reader, name, document)
        yield _page(tables, reader, f"{name}: page {PAGES_BEFORE + 1}", document, PAGES_BEFORE)
    every = [view.written() for view in SHIPPED_VIEWS.values()]
    total = sum(view_counts(tables, every, reader).value)
    counted = timed(lambda: view_counts(tables, every, reader))
    yield (f"the counts of {len(every)} shipped views", f"{total:,}", *counted)


def _page(
    tables: Tables, reader: Reader, name: str, document: dict[str, Any], before: int = 0
) -> tuple[Any, ...]:
    after = None
    for _ in range(before):
        after = view_page(tables, document, reader, after=after, size=SIZE).value.following or after
    page = view_page(tables, document, reader, after=after, size=SIZE).value
    taken = timed(lambda: view_page(tables, document, reader, after=after, size=SIZE))
    return (name, f"{page.total:,}", *taken)


if __name__ == "__main__":
    main()
