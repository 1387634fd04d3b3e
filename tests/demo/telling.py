"""Stories for the tests: told without a desk, or recorded by one."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from deskledger.app.demo.make import make_demo
from deskledger.app.demo.plan import Plan
from deskledger.app.demo.scribe import DeskKeys, Step
from deskledger.app.demo.story import simulate
from deskledger.app.desk import Desk
from deskledger.domain.events import Event
from deskledger.domain.streams import stream_type
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.instants import parse_instant

KEYS = DeskKeys(command=b"c" * 32, identity=b"i" * 32)
MANAGER = "00000000-0000-8000-8000-000000000000"
SMALL = Plan(seed=7, tickets=60)


class Stream(NamedTuple):
    """A stream as the desk has recorded it; `recorded_at` tells when it recorded each event."""

    name: str
    number: int | None
    events: list[Event]
    recorded_at: list[datetime]
    state: Any


def told(plan: Plan) -> list[Step]:
    """The story's steps, from keys that belong to no desk."""
    return list(simulate(plan, KEYS, MANAGER))


def made(directory: Path, plan: Plan = SMALL) -> Path:
    """The directory with the demo desk of a plan."""
    make_demo(directory, plan)
    return directory


def streams(directory: Path) -> Iterator[Stream]:
    """Every stream of a desk, folded, in the order of their names."""
    with Desk.open(directory) as desk:
        for name in sorted(_names(desk)):
            kind = stream_type(name)
            records = desk.ledger.history(name)
            commits = [read_commit(record.value) for record in records]
            state = None
            events = []
            for version, event in desk.writer.streams.events(kind, commits):
                state = kind.evolve(state, event, version)
                events.append(event)
            times = [parse_instant(commit.recorded_at) for commit in commits for _ in commit.events]
            yield Stream(name, records[-1].number, events, times, state)


def recorded(directory: Path) -> list[list[Any]]:
    """The times of recording in each lane, in the lane's order."""
    with Desk.open(directory) as desk:
        return [
            [
                parse_instant(read_commit(record.value).recorded_at)
                for record in desk.ledger.read(lane, 0, 1_000_000)
                if record.version is not None
            ]
            for lane in range(desk.ledger.lanes)
        ]


def _names(desk: Desk) -> set[str]:
    return {
        record.stream
        for lane in range(desk.ledger.lanes)
        for record in desk.ledger.read(lane, 0, 1_000_000)
        if record.version is not None
    }
