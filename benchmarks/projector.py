"""Events per second that the projector applies, at batches of 1k, 10k and 50k, a million tickets.

The tables are first brought close to the end of the ledger, so that the batches measured meet a
million tickets; the rate of that long way is measured as well.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from generate import TICKETS, generated_desk
from measuring import processor_seconds
from report import peak_mebibytes, print_machine, print_table

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector
from deskledger.eventlog.prefix import Prefix
from deskledger.eventlog.progress import Progress
from deskledger.projections.store import ProjectionStore

# How much of the ledger is read at which size of batch, in events.
STAGES = ((0.90, 10_000), (0.92, 1_000), (0.96, 10_000), (1.0, 50_000))


class Measured(NamedTuple):
    """One stage: events, seconds on the clock, and seconds of processor time."""

    batch: int
    events: int
    seconds: float
    processor: float


def main() -> None:
    """Project the generated desk in stages and print their rates."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    directory = generated_desk(tickets)
    print_machine()
    with tempfile.TemporaryDirectory(dir=directory.parent) as place, Desk.open(directory) as desk:
        path = Path(place, "projections.duckdb")
        with ProjectionStore.open(path, desk.ledger.desk) as store:
            stages = [_stage(desk, store, part, batch) for part, batch in STAGES]
            peak = peak_mebibytes()
        size = path.stat().st_size / 2**20
    print_table(
        f"{tickets:,} tickets; peak {peak:,.0f} MiB; file {size:,.0f} MiB",
        ("events a batch", "events", "events/s", "ms a batch", "CPU µs an event"),
        [
            (
                f"{stage.batch:,}",
                stage.events,
                stage.events / stage.seconds,
                stage.seconds * 1e3 * stage.batch / stage.events,
                stage.processor * 1e6 / stage.events,
            )
            for stage in stages
        ],
    )


def _stage(desk: Desk, store: ProjectionStore, part: float, batch: int) -> Measured:
    end = _part(desk, part)
    records = sum(lane.records for lane in end)
    events = sum(lane.sequence for lane in end)
    before = sum(lane.sequence for lane in store.progress())
    projector = Projector(
        store,
        Prefix(desk.ledger, end),
        desk.vault.data_keys,
        batch_records_max=max(1, batch * records // events),
    )
    began, used = time.perf_counter(), processor_seconds(resource.RUSAGE_SELF)
    projector.catch_up()
    return Measured(
        batch,
        events - before,
        time.perf_counter() - began,
        processor_seconds(resource.RUSAGE_SELF) - used,
    )


def _part(desk: Desk, part: float) -> Sequence[Progress]:
    """How far each lane was after that part of its records."""
    found = []
    for lane in desk.ledger.progress():
        at = desk.ledger.progress_at(lane.lane, int(lane.records * part))
        assert at is not None
        found.append(at)
    return found


if __name__ == "__main__":
    main()
