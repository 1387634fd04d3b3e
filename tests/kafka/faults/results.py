"""The results of the fault matrix: a line for each fault and seed, and the page of them all.

`python -m tests.kafka.faults.results LINES` writes docs/faults.md from the lines of a run.
"""

import json
import os
import platform
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.kafka.faults.table import FAULTS
from tests.kafka.jars import kafka_version

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "faults.md"
SEEDS = "FAULT_SEEDS"
RESULTS = "FAULT_RESULTS"
DECIDED = ("done", "refused", "nothing")

Line = Mapping[str, Any]

HEAD = """\
# Faults on real brokers

What a desk on Kafka was put through, and what it showed. `make faults SEEDS={seeds}` runs the \
matrix and writes this page; `make test` runs every fault once. Each run is a desk of its own with \
fifty tickets, two nodes or more and clients that never rest, on one broker or on three with \
replication factor 3 and min ISR 2. Kafka {version}, Python {python}, {cores} processors, which \
others may have used too: times are upper bounds.

After each run, all of this held, or the run would have failed and this page not been written:

- every acknowledged command stands in the log exactly once, where its answer said;
- every command whose outcome was unknown was asked for again and settled, once and for ever;
- no command that was unavailable, in conflict or refused without a record is in the log;
- versions follow each other, every commit names the hash of the one before it, and every verdict \
and lane hash comes out the same when it is computed by other code;
- all nodes, and one that read the whole log afterwards, hold the same bytes at the same positions;
- the tables equal a rebuild, and the feed is complete and in order.

A history of what every client asked for and was told is judged by a checker \
(`tests/kafka/checker.py`) that is itself tested on seeded mistakes: lost, doubled, reordered, \
acknowledged and then void, and eleven others.

*Acknowledged* counts answers: done, refused, nothing to do. *Unknown* were handed over and not \
seen in the log in time. *Unavailable* were given up before they were handed over. *Recovered* is \
the time until a new command was acknowledged in every lane: counted from the fault where the desk \
has to help itself, and from its end where somebody else has to (all brokers down, too few in \
sync, cut links, deleted files, dead nodes). Where the log was changed, it is the time until the \
nodes said so; lanes that were not changed went on, and `recover` brought back what the log had \
lost. Only a log without its beginning stays closed; its nodes answer from what they have read.

| fault | runs | acknowledged | unknown | unavailable | void | recovered p50 s | max s |
|---|---:|---:|---:|---:|---:|---:|---:|
"""


def seeds() -> range:
    """The seeds that each fault is run with."""
    return range(int(os.environ.get(SEEDS, "1")))


def keep(fault: str, seed: int, figures: dict[str, Any]) -> None:
    """Writes down what a run showed, where somebody wants to know."""
    if path := os.environ.get(RESULTS):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"fault": fault, "seed": seed, **figures}) + "\n")


def page(lines: Sequence[Line]) -> str:
    """The page of a whole run.

    Raises:
        ValueError: a fault was not run with every seed.
    """
    by_fault = {fault: [line for line in lines if line["fault"] == fault] for fault in FAULTS}
    runs = {len(of_fault) for of_fault in by_fault.values()}
    if len(runs) != 1 or 0 in runs:
        raise ValueError({fault: len(of_fault) for fault, of_fault in by_fault.items()})
    head = HEAD.format(
        seeds=runs.pop(),
        version=kafka_version(),
        python=platform.python_version(),
        cores=os.cpu_count(),
    )
    return head + "".join(row(FAULTS[fault], by_fault[fault]) for fault in FAULTS)


def row(text: str, lines: Sequence[Line]) -> str:
    """One fault's row."""
    cells = [
        text,
        len(lines),
        total(lines, DECIDED),
        total(lines, ["unknown"]),
        total(lines, ["unavailable"]),
        sum(sum(line["void"].values()) for line in lines),
        *recovery([line["recovered_seconds"] for line in lines]),
    ]
    return f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else cell for cell in cells)} |\n"


def total(lines: Iterable[Line], outcomes: Iterable[str]) -> int:
    """How many answers had one of these outcomes."""
    return sum(line[outcome] for line in lines for outcome in outcomes)


def recovery(seconds: Sequence[float | None]) -> tuple[str, str]:
    """Median and longest time, with a digit behind the point."""
    known = [each for each in seconds if each is not None]
    if not known:
        return "", ""
    return f"{statistics.median(known):.1f}", f"{max(known):.1f}"


def main(path: str) -> None:
    """Writes the page from a file of lines."""
    lines = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    PAGE.write_text(page(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
