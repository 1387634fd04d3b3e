"""What the values cost that the projector and a rebuild are tuned with.

Processor time only, and each table within one run: the machine's speed does not matter much.
Arguments: how many tickets, then whether `chunk` or `batch`, both by default.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from generate import generated_desk
from measuring import processor_seconds
from report import peak_mebibytes, print_machine, print_table

from deskledger.app.desk import Desk
from deskledger.app.reading import open_reading
from deskledger.consumers import projector
from deskledger.eventlog.follower import Follower
from deskledger.projections import staging
from deskledger.projections import unwritten as written_later
from deskledger.projections.staging import Stager
from deskledger.replay.rebuild import rebuild

TICKETS = 100_000
CHUNKS = (250, 1_000, 2_000, 4_000, 20_000)
BATCHES = (60_000, 125_000, 200_000, 400_000)
ROWS_UNWRITTEN = (250_000, 1_000_000)
ROUNDS = 3
RECORDS = 20_000


def main() -> None:
    """Print a table for each of the values."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    chosen = sys.argv[2:] or list(_WORKS)
    directory = generated_desk(tickets)
    print_machine()
    for name in chosen:
        _WORKS[name](directory)


def _chunks(directory: Path) -> None:
    """Records that become columns together: `staging.CHUNK_RECORDS`."""
    rows = []
    with Desk.open(directory) as desk:
        records = Follower(desk.ledger, batch_size_max=RECORDS, lane_by_lane=True).batch()
        stager = Stager(desk.vault.data_keys)
        for size in CHUNKS:
            staging.CHUNK_RECORDS = size
            used = min(_timed(lambda: stager.stage(records)) for _ in range(ROUNDS))
            rows.append((f"{size:,}", used * 1e6 / stager.stage(records).events))
    print_table("Staging, in chunks", ("records", "CPU µs an event"), rows)


def _batches(directory: Path) -> None:
    """Events of a rebuild's batch, and rows between checkpoints, each pair in its own process."""
    rows = []
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        for events in BATCHES:
            for unwritten in ROWS_UNWRITTEN:
                found = pool.submit(_rebuilt, directory, events, unwritten).result()
                rows.append((f"{events:,}", f"{unwritten:,}", *found))
    columns = ("events a batch", "rows unwritten", "CPU µs an event", "peak MiB", "file MiB")
    print_table("A rebuild's process that applies", columns, rows)


def _rebuilt(directory: Path, events: int, unwritten: int) -> tuple[float, float, float]:
    projector.EVENTS_ASIDE_MAX, written_later.ROWS_MAX_WITHOUT_LOG = events, unwritten
    with tempfile.TemporaryDirectory(dir=directory.parent) as place, Desk.open(directory) as desk:
        path = Path(place, "projections.duckdb")
        opener = partial(open_reading, directory)
        began = processor_seconds(resource.RUSAGE_SELF)
        rebuild(path, desk.ledger, desk.vault.data_keys, opener=opener)
        used = processor_seconds(resource.RUSAGE_SELF) - began
        total = sum(lane.sequence for lane in desk.ledger.progress())
        return used * 1e6 / total, peak_mebibytes(), path.stat().st_size / 2**20


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


_WORKS = {"chunk": _chunks, "batch": _batches}


if __name__ == "__main__":
    main()
