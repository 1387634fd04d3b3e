"""Recorders of the `eventsourcing` library on a ledger, beside the library's own on SQLite.

Inserts by threads, each of one event of a new originator; then what is read of an application
that was written four events at a time: an aggregate, its last event, a page of notifications.
`kafka` as an argument adds a broker.
"""

import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from brokers import brokers
from eventsourcing.persistence import ApplicationRecorder, InfrastructureFactory, StoredEvent
from eventsourcing.sqlite import SQLiteFactory
from eventsourcing.utils import Environment
from report import print_machine, print_table, scratch

from deskledger.eventlog.eventsourcing import LedgerFactory
from deskledger.eventlog.eventsourcing.index_file import INDEX
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import new_log

DESK = "00000000-0000-4000-8000-000000000001"
THREADS = (1, 8, 32)
INSERTS = 2_000
EVENTS = 20_000
EVENTS_AT_ONCE = 4
ORIGINATORS = 1_000
READS = 500
STATE = b'{"timestamp":{"_type_":"datetime_iso","_data_":"2026-03-02T09:30:00+00:00"},"hour":9}' * 2

Factory = InfrastructureFactory[Any]
Row = tuple[object, ...]


def main() -> None:
    """Measure each store in files of its own and print two tables."""
    print_machine()
    with scratch() as place:
        embedded = _embedded(place / "desk")
        sqlite = SQLiteFactory(Environment("Bench", {"SQLITE_DBNAME": str(place / "library.db")}))
        stores: list[tuple[str, Factory]] = [("SQLite", sqlite), ("embedded", embedded)]
        with ExitStack() as stack:
            if "kafka" in sys.argv[1:]:
                cluster = stack.enter_context(brokers(place))
                stores.append(("one broker", _on_kafka(cluster, place / "node")))
            for _, factory in stores:
                stack.callback(factory.close)
            _measure(stores)
        columns = ("an index made again", "events", "events/s")
        print_table("Opening without an index", columns, [_again(place / "desk")])


def _embedded(directory: Path) -> LedgerFactory:
    directory.mkdir()
    EmbeddedLedger.create(directory, desk=DESK)
    return _factory(directory)


def _on_kafka(cluster: Cluster, directory: Path) -> LedgerFactory:
    directory.mkdir()
    new_log(cluster, "bench").write(directory)
    return _factory(directory)


def _factory(directory: Path) -> LedgerFactory:
    return LedgerFactory(Environment("Bench", {"DESKLEDGER_DESK": str(directory)}))


def _measure(stores: list[tuple[str, Factory]]) -> None:
    rows: list[Row] = []
    for name, factory in stores:
        recorder = factory.application_recorder()
        rows.append((name, *(_inserts(recorder, threads) for threads in THREADS)))
    print_table("Inserts a second", ("store", *(f"{n} threads" for n in THREADS)), rows)
    reading = [(name, *_reading(factory.application_recorder())) for name, factory in stores]
    columns = ("store", "aggregate of 20", "last event", "page of 500", "page by topic")
    print_table(f"CPU milliseconds a question over {EVENTS:,} events", columns, reading)


def _inserts(recorder: ApplicationRecorder, threads: int) -> float:
    def work() -> None:
        for _ in range(INSERTS // threads):
            recorder.insert_events([StoredEvent(uuid.uuid4(), 1, "bench:Begun", STATE)])

    working = [threading.Thread(target=work) for _ in range(threads)]
    began = time.perf_counter()
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    return INSERTS // threads * threads / (time.perf_counter() - began)


def _reading(recorder: ApplicationRecorder) -> Row:
    ids = [uuid.uuid4() for _ in range(ORIGINATORS)]
    for start in range(0, EVENTS, EVENTS_AT_ONCE):
        recorder.insert_events(
            [
                StoredEvent(ids[n % ORIGINATORS], n // ORIGINATORS, "bench:Went", STATE)
                for n in range(start, start + EVENTS_AT_ONCE)
            ]
        )
    middle = EVENTS // 2
    return (
        _milliseconds(lambda n: recorder.select_events(ids[n])),
        _milliseconds(lambda n: recorder.select_events(ids[n], desc=True, limit=1)),
        _milliseconds(lambda n: recorder.select_notifications(middle + n, 500), READS // 10),
        _milliseconds(
            lambda n: recorder.select_notifications(n, 500, topics=["bench:Begun"]), READS // 10
        ),
    )


def _milliseconds(ask: Callable[[int], object], times: int = READS) -> float:
    began = time.process_time()
    for number in range(times):
        ask(number)
    return (time.process_time() - began) * 1000 / times


def _again(directory: Path) -> Row:
    """What it costs to open an application whose index is gone."""
    for path in directory.glob(f"{INDEX.name}*"):
        path.unlink()
    factory = _factory(directory)
    recorder = factory.application_recorder()
    began = time.process_time()
    last = recorder.max_notification_id() or 0
    seconds = time.process_time() - began
    factory.close()
    return "embedded", last, last / seconds


if __name__ == "__main__":
    main()
