"""A small ledger with every kind of record, ways to damage it, and two who look for the damage."""

import importlib.util
import io
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stdout
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from deskledger.eventlog.progress import Checkpoint, write_checkpoint
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.replay.chains import verify_chains
from tests.eventlog.build import DESK, NOON, OTHER_DESK, Chain, commit, new_ledger, ticket
from tests.patience import PATIENCE_SECONDS

LANES = 3
SCRIPT = Path(__file__).parents[2] / "docs" / "verify_ledger.py"

Place = tuple[int | None, int | None]


def write_ledger(directory: Path, desk: str = DESK) -> Path:
    """A ledger of three lanes: seven tickets, two of them begun by void records, one never."""
    chains = [Chain(ticket(number), desk) for number in range(1, 7)]
    with new_ledger(directory, desk, LANES) as ledger:
        ledger.append([Draft(chains[0].stream, commit(chains[0].stream, 2, desk=desk))])
        for turn in range(4):
            late = NOON + timedelta(minutes=turn - 2 * (turn == 2))
            ledger.append([chain.next(recorded_at=late, events=1 + turn % 2) for chain in chains])
            ledger.append(_voids(chains, desk))
        ledger.append([Draft(ticket(99), commit(ticket(99), desk=OTHER_DESK))])
        ledger.append([chain.next() for chain in chains])
    return directory / "ledger.sqlite"


def _voids(chains: Sequence[Chain], desk: str) -> list[Draft]:
    first, second, third = chains[:3]
    repeated = third.next()
    return [
        Draft(first.stream, commit(first.stream, first.version, first.hash, desk=desk)),
        Draft(first.stream, commit(second.stream, second.version + 1, second.hash, desk=desk)),
        repeated,
        repeated,
    ]


@contextmanager
def appending(path: Path) -> Iterator[None]:
    """Another writer begins ticket after ticket for as long as the block; it has begun already."""
    begun, done = threading.Event(), threading.Event()

    def append() -> None:
        with EmbeddedLedger.open(path.parent) as ledger:
            number = 100
            while not done.is_set():
                number += 1
                chain = Chain(ticket(number))
                ledger.append([chain.next(), chain.next()])
                begun.set()

    writer = threading.Thread(target=append)
    writer.start()
    try:
        assert begun.wait(PATIENCE_SECONDS)
        yield
    finally:
        done.set()
        writer.join()


def checkpoint_of(path: Path, desk: str = DESK) -> Checkpoint:
    """The ledger's progress, taken as it is now."""
    report = verify_chains(path)
    assert report.differences == ()
    return Checkpoint(desk, report.lanes)


def change(path: Path, *statements: str, **values: object) -> None:
    """Changes a ledger file as someone would who has it and SQLite."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for statement in statements:
            connection.execute(statement, values)
        connection.execute("COMMIT")


def rows(path: Path, query: str, **values: object) -> list[dict[str, Any]]:
    """The rows that a query gives, by name of column."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, values)]


def found_by_verify(path: Path, against: Checkpoint | None = None) -> list[Place]:
    report = verify_chains(path, against=against)
    return [(difference.lane, difference.record) for difference in report.differences]


def found_by_script(path: Path, against: Checkpoint | None = None) -> list[Place]:
    lanes = json.loads(write_checkpoint(against))["lanes"] if against else []
    with redirect_stdout(io.StringIO()):
        return [(lane, record) for lane, record, *_ in SCRIPT_MODULE.differences(path, lanes)]


def _load() -> ModuleType:
    specification = importlib.util.spec_from_file_location("verify_ledger", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


SCRIPT_MODULE = _load()
