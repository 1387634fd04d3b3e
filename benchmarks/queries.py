"""How long the desk's own questions take at a million tickets, asked as the command line asks.

First within one process, where desk and tables are open; then as whole commands.
"""

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from generate import SEED, TICKETS, generated_desk
from report import peak_mebibytes, print_machine, print_table
from scene import GROUPS

from deskledger.app.cli.ledger.story import story
from deskledger.app.cli.options import Everywhere
from deskledger.app.cli.session import Session
from deskledger.app.cli.tables.rebuild import build_anew
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.projections.analyst import ask
from deskledger.projections.errors import Outdated
from deskledger.projections.file import NAME
from deskledger.projections.lists import TicketFilter, subjects, ticket_list
from deskledger.projections.queries import (
    QueueEntry,
    QueueFilter,
    oldest_open,
    queue_page,
    status_counts,
    ticket_history,
)
from deskledger.projections.store import ProjectionStore
from deskledger.projections.timeline import customer_timeline

ROUNDS = 60
COMMANDS = 5
DRAWN = "SELECT number, id FROM ticket_reference USING SAMPLE 300 (reservoir, 7)"

WORKING = QueueFilter(workable=True)
WAITING = QueueFilter()
GROUP = QueueFilter(group_id=GROUPS[0], workable=True)
GROUP_ALONE = QueueFilter(queue="group", group_id=GROUPS[0], workable=True)


def main() -> None:
    """Bring the generated desk's tables to its ledger, ask, and print medians and percentiles."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    directory = generated_desk(tickets)
    print_machine()
    with closing(Session(Everywhere(desk=directory))) as session:
        freshen(session)
        asker = Asker(session)
        waiting = queue_page(session.tables, WAITING).value.total
        rows = [(name, *timed(ask)) for name, ask in asker.questions()]
    print_table(
        f"{tickets:,} tickets, {waiting:,} of them in queues; peak {peak_mebibytes():,.0f} MiB",
        ("question", "median ms", "p95 ms", "longest ms", "CPU ms"),
        rows,
    )
    print_table(
        "Whole commands, from starting Python to the last line",
        ("command", "median ms", "longest ms"),
        [_whole(directory, arguments) for arguments in asker.commands()],
    )


class Asker:
    """Asks one desk; each question is about another of some tickets that were drawn by lot."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tables = session.tables
        self._rng = random.Random(SEED)  # noqa: S311 - the same tickets in each run
        with ask(self._tables, DRAWN, personal=False) as drawn:
            self._known: list[tuple[int, str]] = [row for rows in drawn.rows for row in rows]

    def questions(self) -> list[tuple[str, Callable[[], Any]]]:
        """What is asked, and how."""
        tables = self._tables
        return [
            ("queue, first page of 50, its total and subjects", lambda: self._page(WORKING)),
            ("queue, a page in its middle", self._middle_page(WORKING)),
            ("everything that waits, a page in its middle", self._middle_page(WAITING)),
            ("one group's tickets, first page", lambda: self._page(GROUP)),
            ("one group's queue, first page", lambda: self._page(GROUP_ALONE)),
            ("one group's queue, a page in its middle", self._middle_page(GROUP_ALONE)),
            ("ten oldest open tickets", lambda: oldest_open(tables)),
            ("tickets by status", lambda: status_counts(tables)),
            ("a page of all tickets, by number", self._listed),
            ("a ticket's history from the ledger", self._from_the_ledger),
            ("a ticket's history from the audit table", self._from_the_tables),
            ("the same with texts", lambda: self._from_the_tables(personal=True)),
            ("a ticket by its reference", self._by_reference),
            ("a customer's timeline, first page and its total", self._timeline),
        ]

    def commands(self) -> list[tuple[str, ...]]:
        """Commands as people write them."""
        number, reference = self._known[0]
        return [
            ("queue",),
            ("queue", "--group", GROUPS[0]),
            ("ticket", "show", str(number)),
            ("ticket", "history", str(number)),
            ("ticket", "show", reference),
            ("status",),
        ]

    def _page(self, asked: QueueFilter, after: QueueEntry | None = None) -> None:
        entries, _total = queue_page(self._tables, asked, after=after).value
        about = subjects(self._tables, [entry.number for entry in entries]).value
        assert len(about) == len(entries)

    def _middle_page(self, asked: QueueFilter) -> Callable[[], None]:
        half = max(1, queue_page(self._tables, asked).value.total // 2)
        before = queue_page(self._tables, asked, size=half).value.entries
        return lambda: self._page(asked, before[-1] if before else None)

    def _listed(self) -> None:
        ticket_list(self._tables, TicketFilter(), after=self._number(), size=50)

    def _from_the_ledger(self) -> None:
        desk = self._session.desk
        stream = desk.ledger.stream_of("ticket", self._number())
        assert stream is not None
        assert story(desk, stream)

    def _from_the_tables(self, *, personal: bool = False) -> None:
        assert ticket_history(self._tables, self._number(), personal=personal).value

    def _by_reference(self) -> None:
        _number, reference = self._rng.choice(self._known)
        assert ticket_stream(self._session, reference)

    def _timeline(self) -> None:
        after = self._number() - 1
        (line,) = ticket_list(self._tables, TicketFilter(), after=after, size=1).value.lines
        assert line.customer_id is not None
        assert customer_timeline(self._tables, line.customer_id).value.total

    def _number(self) -> int:
        return self._rng.choice(self._known)[0]


def freshen(session: Session) -> None:
    """Makes the tables anew where they are missing, or not for this software."""
    path = session.directory / NAME
    try:
        if path.exists():
            ProjectionStore.open(path, session.desk.ledger.desk).close()
            return
    except Outdated:
        pass
    build_anew(session)


def timed(ask: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float, float, float]:
    """Median, 95th percentile and longest of many rounds, and CPU time of one, in milliseconds."""
    ask()
    used = time.process_time()
    taken = [_milliseconds(ask) for _ in range(rounds)]
    used = (time.process_time() - used) * 1e3 / rounds
    return (
        statistics.median(taken),
        statistics.quantiles(taken, n=20, method="inclusive")[18],
        max(taken),
        used,
    )


def _whole(directory: Path, arguments: tuple[str, ...]) -> tuple[str, float, float]:
    program = "from deskledger.app.cli import main; main()"
    command = [sys.executable, "-c", program, "--desk", str(directory), *arguments]

    def run() -> None:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)  # noqa: S603 - ours

    taken = [_milliseconds(run) for _ in range(COMMANDS)]
    return f"deskledger {' '.join(arguments)}", statistics.median(taken), max(taken)


def _milliseconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
