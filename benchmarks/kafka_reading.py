"""The reader of a desk's log beside the client's own way of fetching, on brokers of this machine.

In turns on one desk: commands at a fixed rate, whose answers wait for their records to be read
back; what a desk costs where nothing happens; and reading all of the log again. The client's own
way is taken with the longest wait that it has by default, and with a short one.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from brokers import brokers, settings_of
from kafka import KafkaConsumer
from kafka_bare import closed_loop, open_loop
from kafka_commands import caught_up, prepared
from report import print_machine, print_table, scratch

from deskledger.app.cli import COLLECTIONS
from deskledger.app.desk import Desk, NewDesk
from deskledger.eventlog.kafka import tail
from deskledger.eventlog.kafka.clients import connected
from deskledger.eventlog.kafka.fetching import fetching_consumer
from deskledger.eventlog.kafka.settings import KafkaSettings

RATE = 200
SECONDS = 10
WRITERS = 8
COMMANDS = 3_000
ROUNDS = 3
IDLE_SECONDS = 5

Row = tuple[object, ...]
Figures = tuple[float, ...]


def plain(options: Mapping[str, Any], wait_ms: int) -> Any:
    """The client as it comes, whose questions a broker may keep so long."""
    return connected(KafkaConsumer, {**options, "fetch_max_wait_ms": wait_ms})


WAYS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "the desk's": fetching_consumer,
    "the client's, 500 ms": partial(plain, wait_ms=500),
    "the client's, 50 ms": partial(plain, wait_ms=50),
}


def main() -> None:
    """Measure on one broker and on three, or on as many as the arguments say."""
    print_machine()
    gc.set_threshold(*COLLECTIONS)
    for size in [int(one) for one in sys.argv[1:]] or (1, 3):
        with scratch() as place, brokers(place, size) as cluster:
            rows = _measured(place / "desk", settings_of(cluster))
        columns = ("fetching", "p50 ms", "p95 ms", "p99 ms", "commands/s", "idle cores", "µs")
        title = (
            f"{size} broker(s), medians of {ROUNDS} rounds: {RATE}/s for {SECONDS} s; "
            f"{WRITERS} writers; doing nothing; processor time of reading a record"
        )
        print_table(title, columns, rows)


def _measured(directory: Path, settings: KafkaSettings) -> list[Row]:
    with Desk.create(directory, NewDesk(zone="UTC", kafka="bench"), kafka=settings) as desk:
        # The brokers' compilers, and ours, are slow with what they have not done yet.
        closed_loop(prepared(desk)[0], WRITERS, COMMANDS)
    rounds: dict[str, list[Figures]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, measured in rounds.items():
            measured.append(_round(directory, settings, name))
    return [(name, *map(statistics.median, zip(*own, strict=True))) for name, own in rounds.items()]


def _round(directory: Path, settings: KafkaSettings, name: str) -> Figures:
    """One way's latencies, rate, share of a core while idle, and processor time a record."""
    with (
        patch.object(tail, "fetching_consumer", WAYS[name]),
        Desk.open(directory, kafka=settings) as desk,
    ):
        write, _ = prepared(desk)
        opened = open_loop(write, RATE, SECONDS)
        closed = closed_loop(write, WRITERS, COMMANDS)
        busy = time.process_time()
        time.sleep(IDLE_SECONDS)
        idle = (time.process_time() - busy) / IDLE_SECONDS
        records = sum(progress.records for progress in desk.ledger.progress())
    _, reading = caught_up(directory, settings)
    return (*opened[1:], closed[0], idle, reading * 1e6 / records)


if __name__ == "__main__":
    main()
