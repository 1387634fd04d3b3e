"""The watcher: start and memory with many open clocks, marks per second, lateness under load.

Synthetic are the many clocks: rows of the table `clock` for tickets that the ledger does not have,
all due in a year, so that they only lie in the watcher's way. The node, its tables' owner, the
tickets that are opened and what is recorded of them are real. Arguments: how many clocks, and for
how many seconds to load the desk.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import orjson
from report import print_machine, print_table, scratch

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.processes.lease import FileLease
from deskledger.consumers.processes.runner import Parts
from deskledger.consumers.processes.watch_beginning import from_ledger
from deskledger.consumers.processes.watcher import Watcher
from deskledger.consumers.projector import Projector
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.eventlog.instants import parse_instant
from deskledger.eventlog.opening import utc_now
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task
from deskledger.projections.file import NAME
from deskledger.projections.store import ProjectionStore
from tests.logged_process import LoggedProcess

CLOCKS, SECONDS = 1_000_000, 30.0
RATE = 200
# One command in so many opens a ticket: a mark comes after a second, a breach after two.
OPENED_OF = 5
MARKED_TICKETS = 1_000
AT_ONCE = 500
NUMBER_FIRST = 100_000_000
PROGRAM = [sys.executable, "-c", "from deskledger.app.cli import main; main()"]
SERVICE = Actor(kind="service", id="benchmark")
ADMIN = Actor(kind="agent", id="benchmark")
TARGET = {
    "metric": "first_response",
    "within": "PT2S",
    "marks": [{"name": "soon", "offset": "-PT1S"}],
}

_ROWS = """
INSERT INTO clock BY NAME
SELECT {numbers} + n // 2 AS ticket, if(n % 2 = 0, 'resolution', 'first_response') AS metric,
  1 AS instance, {others}
FROM range({count}) AS clocks (n)
"""
_FILLED = {"VARCHAR": "'x'", "INTEGER": "1", "BIGINT": "1", "BOOLEAN": "false"}


def main() -> None:
    """Measure and print."""
    clocks = int(sys.argv[1]) if len(sys.argv) > 1 else CLOCKS
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS  # noqa: PLR2004
    print_machine()
    with scratch() as place:
        print_table(
            f"{MARKED_TICKETS:,} tickets with a mark each, due at once",
            ("", "number", "CPU s", "per second of CPU"),
            _marks(place / "marks"),
        )
        started, late = _node(place / "node", clocks, seconds)
    print_table(
        f"A node with {clocks:,} synthetic clocks in its tables",
        ("", "seconds", "peak MiB"),
        [started],
    )
    print_table(
        f"Lateness at {RATE} commands/s for {seconds:g} s",
        ("", "number", "p50 ms", "p99 ms", "most ms"),
        [late],
    )


def _marks(place: Path) -> list[tuple[str, int, float, float]]:
    """What recording marks costs, and what reading the ledger from its beginning does."""
    now = [datetime(2026, 3, 2, 9, tzinfo=UTC)]
    with Desk.create(place, NewDesk(zone="UTC"), clock=lambda: now[0]) as desk:
        _promise(desk)
        _open(desk, MARKED_TICKETS)
        with FileLease(place, "watcher", range(desk.ledger.lanes)) as lease:
            parts = Parts(desk.ledger, desk.writer, desk.clock, lease)
            watcher = Watcher(
                parts, desk.ledger, lambda lanes, _due: from_ledger(desk.ledger, lanes)
            )
            read = _spent(watcher)
            records = sum(at.records for at in desk.ledger.progress())
            now[0] += timedelta(seconds=1.5)
            marked = _spent(watcher)
        applied = watcher.outcomes.counts()["applied"]
        assert applied == MARKED_TICKETS, "every mark is recorded"
    return [
        ("records read from the beginning", records, read, records / read),
        ("marks recorded", applied, marked, applied / marked),
    ]


def _node(place: Path, clocks: int, seconds: float) -> tuple[Sequence[object], Sequence[object]]:
    """Start and memory of a node that watches many clocks, and how late it is under load."""
    with Desk.create(place, NewDesk(zone="UTC")) as desk:
        pool = _open(desk, 50)
        _promise(desk)
        with ProjectionStore.open(place / NAME, desk.ledger.desk) as store:
            Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
        _fill(place / NAME, clocks)
        with LoggedProcess([*PROGRAM, "--desk", str(place), "--json", "project"]) as owner:
            owner.told("projections_current")
            begun = time.monotonic()
            with LoggedProcess(
                [*PROGRAM, "--desk", str(place), "--json", "node", "--role", "processes"]
            ) as node:
                waiting = _watching(node)
                started = time.monotonic() - begun
                assert waiting >= clocks, "the node begins from the tables"
                opened = _load(desk, pool, seconds)
                time.sleep(3)
                peak = _peak_mebibytes(node.pid)
        late = sorted(one for stream in opened for one in _lateness(desk, stream))
    assert len(late) == 2 * len(opened), "every mark and breach is recorded"
    return ("start, and peak of all", started, peak), (
        "marks and breaches",
        len(late),
        *(1_000 * late[int(share * (len(late) - 1))] for share in (0.5, 0.99, 1.0)),
    )


def _promise(desk: Desk) -> None:
    policy = {"name": "all", "calendar": "always", "targets": [TARGET]}
    stated = {"format": 1, "calendars": {}, "policies": [policy]}
    document = ServicePolicy.model_validate(stated).written()
    request = Request(ADMIN, "cli", "benchmark", configures=True)
    desk.writer.execute("service-policy/default", Publish(document=document), request)


def _asked() -> Request:
    return Request(SERVICE, "http", "benchmark")


def _open(desk: Desk, count: int) -> list[str]:
    tasks = [Task(None, OpenTicket(channel="email"), _asked()) for _ in range(count)]
    answers = []
    for start in range(0, len(tasks), AT_ONCE):
        answers += desk.writer.execute_many(tasks[start : start + AT_ONCE])
    assert all(answer.outcome == "done" for answer in answers), "nothing is refused"
    return [answer.stream for answer in answers]


def _spent(watcher: Watcher) -> float:
    begun = time.process_time()
    while watcher.step():
        pass
    return time.process_time() - begun


def _fill(path: Path, count: int) -> None:
    """Rows of clocks that are due in a year; what nobody asks for is filled with anything."""
    due = f"TIMESTAMPTZ '{utc_now() + timedelta(days=365):%Y-%m-%d %H:%M:%S}+00'"
    with duckdb.connect(str(path)) as connection:
        described = connection.execute("DESCRIBE clock").fetchall()
        others = [
            f"{_value(name, kind, due)} AS {name}"
            for name, kind, null, *_ in described
            if name not in ("ticket", "metric", "instance") and (null == "NO" or name == "next_at")
        ]
        connection.execute(
            _ROWS.format(numbers=NUMBER_FIRST, others=", ".join(others), count=count)
        )


def _value(name: str, kind: str, due: str) -> str:
    if name == "next_at":
        return f"{due} + to_microseconds((hash(n) % 1000000000000)::BIGINT)"
    if name == "of_kind":
        return "'ticket'"
    return due if kind.startswith("TIMESTAMP") else _FILLED[kind]


def _watching(node: LoggedProcess) -> int:
    """How many clocks the node's watcher has taken in when it begins."""
    while (told := node.told("lanes_held"))["process"] != "watcher":
        pass
    return int(str(told["waiting"]))


def _load(desk: Desk, pool: Sequence[str], seconds: float) -> list[str]:
    """Commands at a fixed rate; gives the tickets that were opened."""
    opened: list[str] = []

    def ask(number: int) -> None:
        if number % OPENED_OF == 0:
            opened.append(desk.writer.execute(None, OpenTicket(channel="email"), _asked()).stream)
        else:
            note = AddNote(text="Called the carrier.")
            desk.writer.execute(pool[number % len(pool)], note, _asked())

    begun = time.monotonic()
    for number in range(int(RATE * seconds)):
        time.sleep(max(begun + number / RATE - time.monotonic(), 0))
        ask(number)
    return opened


def _lateness(desk: Desk, stream: str) -> Iterator[float]:
    """By how many seconds each mark and breach was recorded after its time."""
    for record in desk.ledger.history(stream):
        commit = orjson.loads(record.value)
        for event in commit["events"]:
            if event["type"] in ("MarkReached", "ClockBreached"):
                late = parse_instant(commit["recorded_at"]) - parse_instant(event["occurred_at"])
                yield late.total_seconds()


def _peak_mebibytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) / 1024


if __name__ == "__main__":
    main()
