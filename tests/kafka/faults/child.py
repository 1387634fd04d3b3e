"""A node in a process of its own, to be frozen and killed; some die by themselves at a set point.

`python -m tests.kafka.faults.child TASK DIRECTORY ARGUMENT…`, which ends when its input does.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.eventlog.kafka import replica, tail
from deskledger.eventlog.kafka.handover import Handover
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.location import Location
from deskledger.projections.apply import Batch
from tests.kafka.faults.clients import Clients, Notes
from tests.kafka.ledger.nodes import PROMPT, settings_of
from tests.kafka.node import Guard
from tests.kafka.topics import wait_until
from tests.patience import PATIENCE_SECONDS
from tests.projections.desks import open_store

ROOT = Path(__file__).parents[3]
READY = "ready"
# Long enough for a record to be on its way, or with the brokers.
UNDER_WAY_SECONDS = 0.2
BATCH_RECORDS = 10

# Where a node dies: what is called there, and how much of the call is still done.
POINTS: Final[dict[str, tuple[Any, str, str]]] = {
    "before_send": (Handover, "send", "nothing"),
    "after_send": (Handover, "send", "all"),
    "before_the_answer": (KafkaLedger, "append", "all"),
    "mid_batch": (replica, "insert_many", "half"),
    "after_batch": (replica, "insert_rows", "all"),
    "mid_transaction": (Batch, "finish", "all"),
}


class Child:
    """The process, seen by a test."""

    def __init__(self, guard: Guard, task: str, directory: Path, *arguments: object) -> None:
        command = [sys.executable, "-m", __name__, task, str(directory), *map(str, arguments)]
        self._guard = guard
        self._process = subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        guard.tell("+", self._process.pid)

    def wait_ready(self) -> None:
        """Waits until the node is open."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == f"{READY}\n"

    def freeze(self) -> None:
        """Stops it without ending it (SIGSTOP)."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on (SIGCONT)."""
        self._process.send_signal(signal.SIGCONT)

    def wait_killed(self) -> None:
        """Waits until it has killed itself at its point."""
        self._process.wait(PATIENCE_SECONDS)
        assert self._end() == -signal.SIGKILL

    def kill(self) -> None:
        """Ends it at once (kill -9), frozen or not."""
        self._process.kill()
        self._end()

    def end(self) -> None:
        """Asks it to end, and waits until it has."""
        assert self._end() == 0

    def _end(self) -> int:
        self._process.communicate(timeout=PATIENCE_SECONDS)
        self._guard.tell("-", self._process.pid)
        return self._process.returncode


def die_at(point: str, calls: int) -> None:
    """Lets this process kill itself at a point, when it comes there for the so-manieth time."""
    owner, name, done = POINTS[point]
    call = getattr(owner, name)
    counted = itertools.count(1)
    lock = threading.Lock()

    def mortal(*arguments: Any, **named: Any) -> Any:
        with lock:
            last = next(counted) == calls
        if not last:
            return call(*arguments, **named)
        if done == "half":
            *others, rows = arguments
            call(*others, rows[: len(rows) // 2])
        elif done == "all":
            call(*arguments, **named)
            time.sleep(UNDER_WAY_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    setattr(owner, name, mortal)


def opened(directory: Path) -> Desk:
    """The node of a directory."""
    bootstrap = Location.read(directory).bootstrap
    return Desk.open(directory, kafka=settings_of(",".join(bootstrap), PROMPT))


def tell_ready() -> None:
    """Says that the node is open."""
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()


def work(  # noqa: PLR0913, PLR0917 - as they stand on the command line
    directory: Path, notes: str, tickets: str, seed: str, threads: str, pace_seconds: str
) -> None:
    """Clients that work until the input ends."""
    streams: Sequence[str] = json.loads(Path(tickets).read_text(encoding="utf-8"))
    with opened(directory) as desk:
        pace = float(pace_seconds)
        clients = Clients(desk, Notes(Path(notes)), streams, int(seed), int(threads), pace)
        tell_ready()
        sys.stdin.read()
        clients.stop()


def follow(directory: Path, batch_records: str) -> None:
    """Reads the log to its end, so many records at a time."""
    tail.BATCH_RECORDS_MAX = int(batch_records)
    with opened(directory) as desk:
        assert isinstance(desk.ledger, KafkaLedger)
        wait_until(desk.ledger.refresh)


def project(directory: Path) -> None:
    """Brings the tables up to date, few records at a time."""
    with opened(directory) as desk, open_store(desk) as tables:
        projector = Projector(
            tables, desk.ledger, desk.vault.data_keys, batch_records_max=BATCH_RECORDS
        )
        projector.catch_up()


TASKS: Final[dict[str, Callable[..., None]]] = {
    "work": work,
    "follow": follow,
    "project": project,
}


def main(task: str, directory: str, *arguments: str) -> None:
    """Runs a task; two more arguments than it takes are a point and a number of calls."""
    run = TASKS[task]
    count = run.__code__.co_argcount - 1
    if arguments[count:]:
        point, calls = arguments[count:]
        die_at(point, int(calls))
    run(Path(directory), *arguments[:count])


if __name__ == "__main__":
    main(*sys.argv[1:])
