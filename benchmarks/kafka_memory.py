"""Memory of a node with every role: while it catches up from nothing, and at 200 commands a second.

A generated desk is moved to one broker on this machine. A node without replica and tables reads
all of it; then it is started again until its processes have read all of it, too, and once more
while another process of the desk writes at a fixed rate.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from brokers import brokers
from generate import TICKETS, generated_desk
from kafka_bare import open_loop
from report import print_machine, print_table, scratch

from deskledger.app.desk import Desk
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.writing.requests import Request
from tests.logged_process import LoggedProcess

TICKETS_ON_KAFKA = min(TICKETS, 10_000)
RATE = 200
SECONDS = 20
OPENED = 50
CALM_CORES = 0.2
CALM_SECONDS = 5
CALM_SECONDS_MAX = 120
TEXT = "We have sent the spare part today; 备件今天已经寄出，预计两天内送达。 " * 3
PROGRAM = [sys.executable, "-c", "from deskledger.app.cli import main; main()"]
_TICKS = os.sysconf("SC_CLK_TCK")

Row = tuple[object, ...]


def main() -> None:
    """Move the desk of so many tickets, the argument, and watch a node read and follow it."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS_ON_KAFKA
    print_machine()
    with scratch() as place:
        shutil.copytree(generated_desk(tickets), place / "desk")
        with brokers(place) as cluster:
            _ask(place / "desk", "move", "--to", "kafka", "--kafka", cluster.bootstrap)
            _ask(place / "desk", "feed", "init")
            node = place / "node"
            node.mkdir()
            for name in ("kafka.json", "desk.key"):
                shutil.copy(place / "desk" / name, node / name)
            rows = [_caught_up(node), _live(node, place / "desk", cluster.bootstrap)]
    print_table(
        f"A node with every role, one broker, a desk of {tickets:,} tickets",
        ("", "peak MiB", "MiB in the end", "cores"),
        rows,
    )


def _ask(desk: Path, *arguments: str) -> None:
    command = [*PROGRAM, "--desk", str(desk), "--json", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program


def _caught_up(node: Path) -> Row:
    """Memory until replica, tables and feed have all of the log."""
    with _started(node) as process:
        seconds, busy = time.monotonic(), _busy_seconds(process.pid)
        process.told("projections_current")
        cores = (_busy_seconds(process.pid) - busy) / (time.monotonic() - seconds)
        row = ("catches up", *_mebibytes(process.pid), cores)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    return row


def _live(node: Path, writing: Path, bootstrap: str) -> Row:
    """Memory while another process writes at a fixed rate."""
    settings = KafkaSettings(bootstrap=(bootstrap,))
    with _started(node) as process:
        process.told("projections_current")
        _calm(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    with _started(node) as process, Desk.open(writing, kafka=settings) as desk:
        process.told("projections_current")
        request = Request(Actor(kind="agent", id=desk.first_agent()), "cli", "benchmark")
        opening = OpenTicket(channel="email", subject="Benchmark")
        _calm(process.pid)
        tickets = [desk.writer.execute(None, opening, request).stream for _ in range(OPENED)]

        def write(writer: int, index: int) -> None:
            stream = tickets[(writer + index) % OPENED]
            desk.writer.execute(stream, SendReply(text=TEXT), request)

        _forget_peak(process.pid)
        seconds, busy = time.monotonic(), _busy_seconds(process.pid)
        open_loop(write, RATE, SECONDS)
        cores = (_busy_seconds(process.pid) - busy) / (time.monotonic() - seconds)
        return (f"at {RATE} commands a second", *_mebibytes(process.pid), cores)


def _started(node: Path) -> LoggedProcess:
    return LoggedProcess([*PROGRAM, "--desk", str(node), "--json", "node"])


def _calm(pid: int) -> None:
    """Waits until a process has had little to do for a while."""
    calm = 0
    for _ in range(CALM_SECONDS_MAX):
        busy = _busy_seconds(pid)
        time.sleep(1)
        calm = calm + 1 if _busy_seconds(pid) - busy < CALM_CORES else 0
        if calm == CALM_SECONDS:
            return
    raise TimeoutError(f"Busy for {CALM_SECONDS_MAX} s.")


def _forget_peak(pid: int) -> None:
    """Lets the largest memory of a process so far be what it has now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def _mebibytes(pid: int) -> tuple[float, float]:
    """The largest resident memory of a process so far, and what it has now."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    told = dict(line.split(":", 1) for line in lines)
    peak, now = (int(told[name].split()[0]) / 1024 for name in ("VmHWM", "VmRSS"))
    return peak, now


def _busy_seconds(pid: int) -> float:
    """Processor time of a process so far, all its threads together."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / _TICKS


if __name__ == "__main__":
    main()
