"""Acknowledged commands per second on Kafka, beside a bare produce-and-read-back loop.

One broker, and three brokers with replication factor 3 and min ISR 2, all on this machine with
the desk: commands in a closed loop and at a fixed rate, then how fast a node without a replica
catches up. The bare loop appends values of the same size with as many threads in the same run.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from brokers import brokers, settings_of
from kafka_bare import BareLoop, closed_loop, open_loop
from report import peak_mebibytes, print_machine, print_table, scratch

from deskledger.app.cli import COLLECTIONS
from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.writing.requests import Request
from tests.kafka.brokers import Cluster

WRITERS = (1, 8, 32, 64)
RATES = (200, 500)
COMMANDS = 4_000
ROUNDS = 3
SECONDS = 10
TICKETS_PER_WRITER = 8
TEXT = "We have sent the spare part today; 备件今天已经寄出，预计两天内送达。 " * 3

Row = tuple[object, ...]


def main() -> None:
    """Measure on one broker and on three, or on as many as the arguments say."""
    print_machine()
    gc.set_threshold(*COLLECTIONS)
    for size in [int(one) for one in sys.argv[1:]] or (1, 3):
        with scratch() as place, brokers(place, size) as cluster:
            _measure(cluster, size, place)


def _measure(cluster: Cluster, size: int, place: Path) -> None:
    settings = settings_of(cluster)
    bare = BareLoop(cluster.bootstrap, "bare", size)
    with Desk.create(place / "desk", NewDesk(zone="UTC", kafka="bench"), kafka=settings) as desk:
        write, value_bytes = prepared(desk)
        closed = [_closed(desk, bare, write, writers, value_bytes) for writers in WRITERS]
        opened: list[Row] = [(rate, *open_loop(write, rate, SECONDS)) for rate in RATES]
        voids, records = sum(desk.ledger.void_counts().values()), _records(desk)
    bare.close()
    print_table(
        f"{size} broker(s): {COMMANDS:,} replies a round, median of {ROUNDS} rounds",
        ("writers", "commands/s", "p50 ms", "p95 ms", "p99 ms", "CPU µs", "bare/s", "p50 ms", "×"),
        closed,
    )
    columns = ("due a second", "done a second", "p50 ms", "p95 ms", "p99 ms")
    print_table(f"{size} broker(s): at a fixed rate for {SECONDS} s", columns, opened)
    seconds, busy = caught_up(place / "desk", settings)
    print_table(
        f"{records:,} records, {voids} of them void; peak {peak_mebibytes():.0f} MiB",
        ("a node without a replica", "records/s", "CPU µs a record"),
        [("catches up", records / seconds, busy * 1e6 / records)],
    )


def prepared(desk: Desk) -> tuple[Callable[[int, int], None], int]:
    """What a writer does again and again, each on tickets of its own; and the size of a value."""
    request = Request(Actor(kind="agent", id=desk.first_agent()), "cli", "benchmark")
    opening = OpenTicket(channel="email", subject="Benchmark")
    tickets = [
        desk.writer.execute(None, opening, request).stream
        for _ in range(max(WRITERS) * TICKETS_PER_WRITER)
    ]

    def write(writer: int, index: int) -> None:
        ticket = tickets[writer * TICKETS_PER_WRITER + index % TICKETS_PER_WRITER]
        answer = desk.writer.execute(ticket, SendReply(text=TEXT), request)
        assert answer.outcome == "done"

    write(0, 0)
    return write, len(desk.ledger.history(tickets[0])[-1].value)


def _closed(
    desk: Desk, bare: BareLoop, write: Callable[[int, int], None], writers: int, size: int
) -> Row:
    rounds = []
    for _ in range(ROUNDS):
        busy, before = time.process_time(), _records(desk)
        ours = closed_loop(write, writers, COMMANDS)
        cost = (time.process_time() - busy) / (_records(desk) - before) * 1e6
        theirs = closed_loop(
            lambda writer, index: bare.append(size, writer + index), writers, COMMANDS
        )
        rounds.append((*ours, cost, *theirs[:2], ours[0] / theirs[0]))
    return (writers, *map(statistics.median, zip(*rounds, strict=True)))


def _records(desk: Desk) -> int:
    return sum(progress.records for progress in desk.ledger.progress())


def caught_up(directory: Path, settings: KafkaSettings) -> tuple[float, float]:
    """Seconds, and seconds of processor time, until a new replica has all of the log."""
    for file in directory.glob("replica.sqlite*"):
        file.unlink()
    began, busy = time.perf_counter(), time.process_time()
    with Desk.open(directory, kafka=settings) as desk:
        assert desk.ledger.refresh()
        return time.perf_counter() - began, time.process_time() - busy


if __name__ == "__main__":
    main()
