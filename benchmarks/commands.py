"""Acknowledged commands per second and their latency, beside a bare SQLite insert-and-sync.

The bare loop inserts values of the same size in groups of the size that the ledger's transactions
had, one sync each, in the same run: what the disk and SQLite alone allow.
"""

import os
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from report import print_machine, print_table, scratch

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.store.group_queue import Caller
from deskledger.eventlog.writing.requests import Request

COMMANDS = 6_000
ROUNDS = 3
TICKETS_PER_WRITER = 8
TEXT = "We have sent the spare part today; 备件今天已经寄出，预计两天内送达。 " * 3


def main() -> None:
    """Measure 1, 8 and 32 writers in turn, several rounds, and print medians."""
    print_machine()
    with scratch() as place:
        desk = Desk.create(place / "desk", NewDesk(zone="Asia/Shanghai"))
        rows = []
        for writers in (1, 8, 32):
            rounds = [_round(desk, writers, place) for _ in range(ROUNDS)]
            rows.append((writers, *map(statistics.median, zip(*rounds, strict=True))))
        desk.close()
    print_table(
        f"{COMMANDS:,} replies a round, median of {ROUNDS} rounds",
        ("writers", "commands/s", "p50 ms", "p95 ms", "p99 ms", "CPU µs", "group", "bare/s", "×"),
        rows,
    )


def _round(desk: Desk, writers: int, place: Path) -> tuple[float, ...]:
    """One round: rate, latencies in ms, CPU per command in µs, group size, bare rate, ratio."""
    agent = Actor(kind="agent", id=desk.first_agent())
    request = Request(agent, "cli", "benchmark")
    tickets = [
        desk.writer.execute(None, OpenTicket(channel="email", subject="Benchmark"), request).stream
        for _ in range(writers * TICKETS_PER_WRITER)
    ]
    latencies: list[list[float]] = [[] for _ in range(writers)]

    def write(index: int) -> None:
        own = tickets[index::writers]
        for count in range(COMMANDS // writers):
            began = time.perf_counter()
            answer = desk.writer.execute(own[count % len(own)], SendReply(text=TEXT), request)
            latencies[index].append(time.perf_counter() - began)
            assert answer.outcome == "done"

    before = _records(desk)
    transactions = _counted_transactions(desk)
    wall, cpu = _run(write, writers)
    count = _records(desk) - before
    group = max(1, round(count / transactions()))
    size = len(desk.ledger.history(tickets[0])[-1].value)
    bare = _bare_rate(place / "bare.sqlite", count, group, size)
    ordered = sorted(value * 1e3 for own in latencies for value in own)
    percentiles = [ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99)]
    return (count / wall, *percentiles, cpu / count * 1e6, group, bare, count / wall / bare)


def _records(desk: Desk) -> int:
    return sum(progress.records for progress in desk.ledger.progress())


def _counted_transactions(desk: Desk) -> Callable[[], int]:
    """Count the ledger's transactions from now on: each is one call of its queue's write."""
    ledger = desk.ledger
    assert isinstance(ledger, EmbeddedLedger)
    queue = ledger._queue  # noqa: SLF001 - nothing else tells how callers were grouped
    write, calls = queue._write, [0]  # noqa: SLF001

    def counted(leader: Caller[Any, Any]) -> None:
        calls[0] += 1
        write(leader)

    queue._write = counted  # noqa: SLF001

    def stop() -> int:
        queue._write = write  # noqa: SLF001
        return calls[0]

    return stop


def _run(write: Callable[[int], None], writers: int) -> tuple[float, float]:
    """Wall and CPU seconds of all writers together."""
    threads = [threading.Thread(target=write, args=(index,)) for index in range(writers)]
    wall, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - wall, time.process_time() - cpu


def _bare_rate(path: Path, count: int, group: int, size: int) -> float:
    """Rows per second of a loop that inserts groups of values and syncs each group."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 20000")
    connection.execute("CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY, value BLOB)")
    values = [(os.urandom(size),) for _ in range(group)]
    began = time.perf_counter()
    for _ in range(count // group):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO record (value) VALUES (?)", values)
        connection.execute("COMMIT")
    rate = count // group * group / (time.perf_counter() - began)
    connection.close()
    return rate


if __name__ == "__main__":
    main()
