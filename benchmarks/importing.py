"""How fast whole logs are imported, what of it is the importer's own work, and peak memory.

The logs lie beside the repository, in ../shared/data; one that is missing is left out. Each is
imported in a process of its own, then imported again, which appends nothing; and in another process
into a desk whose service levels were published for that time, so that every commit brings clocks.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from report import peak_mebibytes, print_machine, print_table, scratch
from service_levels import OFFICE, POLICY

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.history.importer import Target, import_history
from deskledger.consumers.history.mapping_files import load_mapping
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.shapes import Actor
from deskledger.eventlog.writing.requests import Answer, Request
from deskledger.eventlog.writing.writer import Task, Writer

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LOGS = {"servicenow": "ServiceNow-Kaggle.csv.zip", "helpdesk": "helpdesk.xes.gz"}
MEASURED = ("plain", "clocks")
MICROSECONDS = 1e6
AGENT = Actor(kind="agent", id="benchmark")


class TimedWriter(Writer):
    """A writer that adds up the CPU time of its batches."""

    cpu_seconds = 0.0

    def execute_many(self, tasks: Iterable[Task]) -> list[Answer]:
        """As the writer does."""
        began = time.process_time()
        answers = super().execute_many(tasks)
        self.cpu_seconds += time.process_time() - began
        return answers


def main() -> None:
    """Measure each log in a child and print."""
    print_machine()
    rows = []
    for name, file in LOGS.items():
        for measured in MEASURED if (DATA / file).is_file() else ():
            child = [sys.executable, __file__, name, measured]
            told = subprocess.run(child, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603 - ours
            rows += [_shown(*each) for each in json.loads(told)]
    print_table(
        "Import of whole logs",
        (
            "log",
            "rows",
            "events",
            "s",
            "rows/s",
            "events/s",
            "CPU µs/row",
            "of it importer",
            "peak MiB",
        ),
        rows,
    )


def measure(name: str, measured: str) -> None:
    """Import a log twice into a new desk, or once into one with clocks; print figures as JSON."""
    with scratch() as place, Desk.create(Path(place, "desk"), NewDesk(zone="UTC")) as desk:
        if measured == "clocks":
            _promise(desk)
            figures = [_imported(desk, name, f"{name}, with clocks")]
        else:
            figures = [_imported(desk, name, title) for title in (name, f"{name}, again")]
    print(json.dumps(figures))


def _promise(desk: Desk) -> None:
    """Publish service levels for the time of the logs."""
    document = {"format": 1, "calendars": {"office": OFFICE}, "policies": [POLICY]}
    publish = Publish(document=document, occurred_at=datetime(2000, 1, 1, tzinfo=UTC))
    admin = Request(AGENT, "cli", "benchmark", configures=True)
    assert desk.writer.execute(POLICY_STREAM, publish, admin).outcome == "done"


def _imported(desk: Desk, name: str, title: str) -> tuple[Any, ...]:
    writer = TimedWriter(desk.ledger, desk.vault, desk.clock)
    target = Target(writer, desk.ledger, desk.vault.secrets)
    wall, cpu = time.perf_counter(), time.process_time()
    report = import_history(DATA / LOGS[name], load_mapping(name), target)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    own = cpu - writer.cpu_seconds
    return (title, report.rows, report.events, wall, cpu, own, peak_mebibytes())


def _shown(*figures: Any) -> tuple[Any, ...]:
    title, rows, events, wall, cpu, own, peak = figures
    rates = (rows / wall, events / wall)
    return (
        title,
        rows,
        events,
        wall,
        *rates,
        cpu / rows * MICROSECONDS,
        own / rows * MICROSECONDS,
        peak,
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(*sys.argv[1:])
    else:
        main()
