"""Events per second of a rebuild, of judging every record again, and of comparing every table."""

import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from generate import TICKETS, generated_desk
from measuring import ALL, Row, processor_seconds
from report import print_machine, print_table

from deskledger.app.desk import Desk
from deskledger.app.reading import open_reading
from deskledger.projections.file import NAME
from deskledger.projections.store import ProjectionStore
from deskledger.replay.chains import verify_chains
from deskledger.replay.rebuild import rebuild
from deskledger.replay.tables import verify_tables


def main() -> None:
    """Rebuild and verify the generated desk, each in a process of its own, and print the rates.

    Arguments: how many tickets, then which of `rebuild`, `chains` and `tables`, all by default.
    """
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    chosen = sys.argv[2:] or list(_WORKS)
    directory = generated_desk(tickets)
    print_machine()
    # The desk's own tables, so that other benchmarks find them up to date.
    path = directory / NAME
    # Each in a process of its own, for its peak of memory; these may have children.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        works = [_WORKS[name] for name in chosen]
        rows = [pool.submit(_measured, work, directory, path).result() for work in works]
    size = path.stat().st_size / 2**20
    with Desk.open(directory) as desk:
        events = sum(lane.sequence for lane in desk.ledger.progress())
    print_table(
        f"{tickets:,} tickets, {events:,} events; file {size:,.0f} MiB",
        ("", "seconds", "events/s", "CPU µs an event", "peak MiB"),
        [
            (name, seconds, events / seconds, used * 1e6 / events, peak)
            for name, seconds, used, peak in rows
        ],
    )


def _measured(work: Callable[[Desk, Path], None], directory: Path, path: Path) -> Row:
    with Desk.open(directory) as desk:
        began = time.perf_counter()
        work(desk, path)
        seconds = time.perf_counter() - began
    # Processes side by side: the peaks of all of them count, were they at the same time or not.
    peak = sum(resource.getrusage(kind).ru_maxrss for kind in ALL) / 1024
    return work.__name__.strip("_"), seconds, processor_seconds(), peak


def _rebuild(desk: Desk, path: Path) -> None:
    opener = partial(open_reading, desk.directory)
    rebuild(path, desk.ledger, desk.vault.data_keys, opener=opener)


def _verify_chains(desk: Desk, _path: Path) -> None:
    assert not verify_chains(desk.directory / "ledger.sqlite").differences


def _verify_tables(desk: Desk, path: Path) -> None:
    with ProjectionStore.open(path, desk.ledger.desk) as store:
        aside = path.with_name("aside.duckdb")
        opener = partial(open_reading, desk.directory)
        keys = desk.vault.data_keys
        report = verify_tables(store, desk.ledger, keys, aside=aside, opener=opener)
    assert not report.differences


_WORKS = {"rebuild": _rebuild, "chains": _verify_chains, "tables": _verify_tables}


if __name__ == "__main__":
    main()
