"""Two processes on one desk on Kafka: how fresh the tables are, and what contention costs.

Freshness: one process writes at a fixed rate, another keeps the tables current; a command is
visible when the tables' transaction that holds it has been committed. Contention: two nodes with
eight writers each hammer the same tickets; every commit that lost is void and decided again.
"""

import multiprocessing
import shutil
import sys
import threading
import time
from bisect import bisect_left
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from brokers import brokers, settings_of
from kafka_bare import open_loop
from report import peak_mebibytes, print_machine, print_table, scratch

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.projector import Projector
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.errors import Conflict
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.writing.requests import Request
from deskledger.projections.store import ProjectionStore

RATE = 200
SECONDS = 20
TICKETS = 50
NODES = 2
WRITERS = 8
TEXT = "We have sent the spare part today; 备件今天已经寄出，预计两天内送达。 " * 3

Position = tuple[int, int]
Seen = list[tuple[float, dict[int, int]]]


def main() -> None:
    """Measure both on one broker, or on as many as the argument says."""
    print_machine()
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with scratch() as place, brokers(place, size) as cluster:
        settings = settings_of(cluster)
        new = NewDesk(zone="UTC", kafka="bench")
        with Desk.create(place / "desk", new, kafka=settings) as desk:
            tickets = _opened(desk)
            _print_freshness(desk, place, settings, tickets, size)
            _print_contention(desk, place, settings, tickets, size)


def _opened(desk: Desk) -> list[str]:
    opening = OpenTicket(channel="email", subject="Benchmark")
    return [desk.writer.execute(None, opening, _request(desk)).stream for _ in range(TICKETS)]


def _request(desk: Desk) -> Request:
    return Request(Actor(kind="agent", id=desk.first_agent()), "cli", "benchmark")


def _print_freshness(
    desk: Desk, place: Path, settings: KafkaSettings, tickets: list[str], size: int
) -> None:
    context = multiprocessing.get_context("spawn")
    stop, (ours, theirs) = context.Event(), context.Pipe()
    child = context.Process(target=_project, args=(place / "desk", settings, stop, theirs))
    child.start()
    ours.recv()
    answered: list[tuple[float, Position]] = []
    request = _request(desk)

    def write(writer: int, index: int) -> None:
        reply = SendReply(text=TEXT)
        answer = desk.writer.execute(tickets[(writer + index) % TICKETS], reply, request)
        assert answer.position is not None
        answered.append((time.monotonic(), answer.position))

    open_loop(write, RATE, SECONDS)
    time.sleep(1)
    stop.set()
    seen, cores, peak = ours.recv()
    child.join()
    late = sorted(_seen_after(seen, at, position) * 1e3 for at, position in answered)
    parts = [late[int(len(late) * part)] for part in (0.5, 0.95, 0.99)]
    print_table(
        f"{size} broker(s): {RATE} commands a second for {SECONDS} s",
        ("tables behind the answer", "p50 ms", "p95 ms", "p99 ms", "cores", "peak MiB"),
        [("in a process of their own", *parts, cores, peak)],
    )


def _project(directory: Path, settings: KafkaSettings, stop: Event, told: Connection) -> None:
    """Keeps the tables current; tells when they had come how far, and what it cost."""
    seen: Seen = []
    with (
        Desk.open(directory, kafka=settings) as desk,
        ProjectionStore.open(directory / "projections.duckdb", desk.ledger.desk) as store,
    ):
        projector = Projector(store, desk.ledger, desk.vault.data_keys)
        projector.catch_up()
        told.send("ready")
        began, busy = time.monotonic(), time.process_time()

        def note(_records: int) -> None:
            seen.append((time.monotonic(), {lane.lane: lane.sequence for lane in store.progress()}))

        projector.follow(stop, note)
        cores = (time.process_time() - busy) / (time.monotonic() - began)
    told.send((seen, cores, peak_mebibytes()))


def _seen_after(seen: Seen, answered_at: float, position: Position) -> float:
    """Seconds from an answer until the tables had it; 0 where they were first."""
    lane, sequence = position
    first = bisect_left(seen, sequence, key=lambda one: one[1].get(lane, 0))
    return max(0.0, seen[first][0] - answered_at)


def _print_contention(
    desk: Desk, place: Path, settings: KafkaSettings, tickets: list[str], size: int
) -> None:
    other = place / "other"
    other.mkdir()
    for name in ("kafka.json", "desk.key"):
        shutil.copy(place / "desk" / name, other / name)
    before, records = desk.ledger.void_counts(), _records(desk)
    context = multiprocessing.get_context("spawn")
    gate, (ours, theirs) = context.Event(), context.Pipe()
    child = context.Process(target=_hammer_aside, args=(other, settings, tickets, gate, theirs))
    child.start()
    ours.recv()
    gate.set()
    here, there = _hammer(desk, tickets), ours.recv()
    child.join()
    assert desk.ledger.refresh()
    void = sum(desk.ledger.void_counts().values()) - sum(before.values())
    total = _records(desk) - records
    done, conflicts = here[0] + there[0], here[1] + there[1]
    print_table(
        f"{size} broker(s): {NODES} nodes, {WRITERS} writers each, the same {TICKETS} tickets",
        ("seconds", "done a second", "void a hundred records", "conflicts told"),
        [(f"{SECONDS / 2:.0f}", done / (SECONDS / 2), void * 100 / total, conflicts)],
    )


def _hammer_aside(
    directory: Path, settings: KafkaSettings, tickets: list[str], gate: Event, told: Connection
) -> None:
    with Desk.open(directory, kafka=settings) as desk:
        assert desk.ledger.refresh()
        told.send("ready")
        gate.wait()
        told.send(_hammer(desk, tickets))


def _hammer(desk: Desk, tickets: list[str]) -> tuple[int, int]:
    """Replies on the same tickets for a while; how many were done, how many gave up."""
    counts = [[0, 0] for _ in range(WRITERS)]
    ends_at = time.monotonic() + SECONDS / 2
    request = _request(desk)

    def write(writer: int) -> None:
        index = writer
        while time.monotonic() < ends_at:
            index += 1
            try:
                desk.writer.execute(tickets[index % TICKETS], SendReply(text=TEXT), request)
                counts[writer][0] += 1
            except Conflict:
                counts[writer][1] += 1

    threads = [threading.Thread(target=write, args=(index,)) for index in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done for done, _ in counts), sum(conflicts for _, conflicts in counts)


def _records(desk: Desk) -> int:
    return sum(progress.records for progress in desk.ledger.progress())


if __name__ == "__main__":
    main()
