"""What a small batch of records costs the tables, told event by event and worked out by DuckDB.

Processor time only. Two kinds of records: commands on 50 tickets again and again, whose rows are
kept in memory, and the last tenth of the made-up desk, whose tickets nobody touched for long. The
argument says how many tickets the desk has.
"""

import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from itertools import islice
from typing import Any, NamedTuple

from generate import generated_desk
from report import print_machine, print_table, scratch

from deskledger.app.desk import Desk
from deskledger.consumers.projector import Projector, pause_after
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket, PendTicket, ResumeTicket
from deskledger.domain.ticket.contact_commands import AddNote, SendReply
from deskledger.eventlog.follower import Follower
from deskledger.eventlog.prefix import Prefix
from deskledger.eventlog.writing.requests import Request
from deskledger.projections.apply import FOLDED_EVENTS_MAX, Batch
from deskledger.projections.folding.present import Folding
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore

TICKETS = 10_000
SIZES = (30, 50, 200)
ROUNDS = 12
WARM = 3
TOUCHED = 50
TEXT = "We have sent the spare part today; 备件今天已经寄出，预计两天内送达。 " * 3
WAYS = {"event by event": FOLDED_EVENTS_MAX, "by DuckDB": 0}
PARTS = {
    "staged: parsed, opened, columns": (Stager, "stage"),
    "audit trail and contacts added": (Batch, "add"),
    "tickets told event by event": (Folding, "folded"),
    "tickets and episodes written": (Folding, "write"),
    "all that follows from the feed": (Batch, "finish"),
}

Parts = defaultdict[str, float]
Row = tuple[object, ...]


class Measured(NamedTuple):
    """Processor time of a batch, all of it and each part, in ms."""

    whole: float
    parts: Mapping[str, float]


def main() -> None:
    """Measure both kinds of records, and print what a batch costs and where it goes."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    print_machine()
    with scratch() as place:
        shutil.copytree(generated_desk(tickets), place / "desk")
        with (
            Desk.open(place / "desk") as desk,
            ProjectionStore.open(place / "tables.duckdb", desk.ledger.desk) as store,
        ):
            ends = [
                at
                for lane in desk.ledger.progress()
                if (at := desk.ledger.progress_at(lane.lane, lane.records * 9 // 10)) is not None
            ]
            Projector(store, Prefix(desk.ledger, ends), desk.vault.data_keys).catch_up()
            _print(f"{tickets:,} tickets, not touched for long", _measured(desk, store))
            Projector(store, desk.ledger, desk.vault.data_keys).catch_up()
            _work(desk)
            _print(f"the same {TOUCHED} tickets again and again", _measured(desk, store))


def _work(desk: Desk) -> None:
    """Writes as many records as are measured afterwards: replies, notes and pauses."""
    request = Request(Actor(kind="agent", id=desk.first_agent()), "cli", "benchmark")
    opening = OpenTicket(channel="email", subject="Benchmark")
    touched = [desk.writer.execute(None, opening, request).stream for _ in range(TOUCHED)]
    turns = (
        SendReply(text=TEXT),
        AddNote(text=TEXT),
        SendReply(text=TEXT),
        PendTicket(reason="customer"),
        ResumeTicket(),
    )
    for index in range(sum(SIZES) * len(WAYS) * (ROUNDS + WARM)):
        command = turns[index // TOUCHED % len(turns)]
        desk.writer.execute(touched[index % TOUCHED], command, request)


def _measured(desk: Desk, store: ProjectionStore) -> dict[tuple[int, str], Measured]:
    return {
        (size, way): _batches(desk, store, size, folded_events_max)
        for size in SIZES
        for way, folded_events_max in WAYS.items()
    }


def _batches(desk: Desk, store: ProjectionStore, size: int, folded_events_max: int) -> Measured:
    store.folded_events_max = folded_events_max
    stager = Stager(desk.vault.data_keys)
    follower = Follower(desk.ledger, store.progress(), batch_size_max=size)
    for _ in range(WARM):
        store.apply(follower.batch(), stager)
    parts: Parts = defaultdict(float)
    rounds = 0
    began = time.process_time()
    with _timed(parts):
        for records in islice(iter(follower.batch, []), ROUNDS):
            store.apply(records, stager)
            rounds += 1
    if not rounds:
        sys.exit("The desk is too small for so many batches: name more tickets.")
    whole = (time.process_time() - began) * 1e3 / rounds
    return Measured(whole, {name: parts[name] * 1e3 / rounds for name in PARTS})


@contextmanager
def _timed(parts: Parts) -> Iterator[None]:
    """Adds up what each of `PARTS` takes, its own parts included."""
    whole = {name: getattr(*place) for name, place in PARTS.items()}
    for name, (kind, method) in PARTS.items():
        setattr(kind, method, _counted(whole[name], name, parts))
    try:
        yield
    finally:
        for name, (kind, method) in PARTS.items():
            setattr(kind, method, whole[name])


def _counted(work: Callable[..., Any], name: str, parts: Parts) -> Callable[..., Any]:
    @wraps(work)
    def counted(*args: Any, **kwargs: Any) -> Any:
        began = time.process_time()
        try:
            return work(*args, **kwargs)
        finally:
            parts[name] += time.process_time() - began

    return counted


def _print(title: str, measured: dict[tuple[int, str], Measured]) -> None:
    rows: list[Row] = [
        (
            f"{size}",
            measured[size, "event by event"].whole,
            measured[size, "by DuckDB"].whole,
            pause_after(measured[size, "event by event"].whole / 1e3) * 1e3,
        )
        for size in SIZES
    ]
    columns = ("records", "event by event, CPU ms", "by DuckDB, CPU ms", "then rests, ms")
    print_table(f"A batch on {title}", columns, rows)
    size = SIZES[1]
    one, other = (measured[size, way] for way in WAYS)
    parts: list[Row] = [(name, one.parts[name], other.parts[name]) for name in PARTS]
    parts.append(("progress, transaction, the rest", *(_rest(each) for each in (one, other))))
    ways = ("event by event, CPU ms", "by DuckDB, CPU ms")
    print_table("Where it goes", (f"{size} records", *ways), parts)


def _rest(measured: Measured) -> float:
    outer = ("staged: parsed, opened, columns", "audit trail and contacts added")
    inner = measured.parts["all that follows from the feed"]
    return measured.whole - inner - sum(measured.parts[name] for name in outer)


if __name__ == "__main__":
    main()
