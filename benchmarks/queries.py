"""How long the desk's own questions take at a million tickets."""

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generate import SEED, TICKETS, generated_desk
from report import peak_mebibytes, print_machine, print_table

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.domain.streams import stream_type
from deskledger.eventlog.commit import read_commit
from deskledger.projections.file import NAME, Outdated
from deskledger.projections.queries import (
    QueueFilter,
    find_tickets,
    oldest_open,
    queue_page,
    status_counts,
    ticket_history,
)
from deskledger.projections.store import ProjectionStore

ROUNDS = 60


def main() -> None:
    """Bring the generated desk's tables to its ledger, ask, and print medians and percentiles."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    directory = generated_desk(tickets)
    print_machine()
    with (
        Desk.open(directory) as desk,
        _tables(Path(directory, NAME), desk.ledger.desk) as store,
    ):
        Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
        waiting = queue_page(store, QueueFilter()).value.total
        rows = [(name, *_timed(ask)) for name, ask in _questions(store, tickets)]
        rows.append(("a ticket's history, ledger", *_timed(_from_the_ledger(desk, tickets))))
    print_table(
        f"{tickets:,} tickets, {waiting:,} of them in queues; peak {peak_mebibytes():,.0f} MiB",
        ("question", "median ms", "p95 ms", "longest ms"),
        rows,
    )


def _tables(path: Path, desk: str) -> ProjectionStore:
    try:
        return ProjectionStore.open(path, desk)
    except Outdated:
        path.unlink()
        return ProjectionStore.open(path, desk)


def _from_the_ledger(desk: Desk, tickets: int) -> Callable[[random.Random], Any]:
    """Reads a ticket's commits and opens their personal values, as `ticket history` does."""

    def read(rng: random.Random) -> Any:
        stream = desk.ledger.stream_of("ticket", rng.randrange(1, tickets * 9 // 10))
        commits = [read_commit(record.value) for record in desk.ledger.history(stream or "desk")]
        return desk.writer.streams.events(stream_type(commits[0].stream), commits)

    return read


def _questions(
    store: ProjectionStore, tickets: int
) -> list[tuple[str, Callable[[random.Random], Any]]]:
    working = QueueFilter(workable=True)
    group = QueueFilter(queue="group", group_id="first-line", workable=True)
    many = queue_page(store, working, size=2_000).value.entries
    middle = many[-1] if many else None
    return [
        ("queue, first page of 50", lambda _: queue_page(store, working)),
        ("queue, a page far behind", lambda _: queue_page(store, working, after=middle)),
        ("one group's queue", lambda _: queue_page(store, group)),
        ("ten oldest open tickets", lambda _: oldest_open(store)),
        ("a ticket's history", lambda rng: ticket_history(store, rng.randrange(1, tickets))),
        (
            "the same with texts",
            lambda rng: ticket_history(store, rng.randrange(1, tickets), personal=True),
        ),
        ("find by reference", lambda rng: find_tickets(store, str(rng.randrange(10**8)))),
        ("tickets by status", lambda _: status_counts(store)),
    ]


def _timed(ask: Callable[[random.Random], Any]) -> tuple[float, float, float]:
    rng = random.Random(SEED)  # noqa: S311 - the same tickets in each run
    ask(rng)
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask(rng)
        taken.append((time.perf_counter() - began) * 1e3)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18], max(taken)


if __name__ == "__main__":
    main()
