"""Exported lanes of small ledgers, and ways to change their files."""

import json
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from deskledger.eventlog.kafka.location import Location, Topic
from deskledger.eventlog.kafka.replica import Replica
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.progress import Checkpoint
from deskledger.replay.chain_report import ChainReport
from deskledger.replay.chains import verify_chains
from deskledger.replay.export.lane_files import export_lanes, lane_file
from deskledger.replay.exported_lane import exported_lanes
from deskledger.replay.log_chains import verify_log
from deskledger.replay.proving import Wanted
from tests.eventlog.build import DESK
from tests.replay.ledgers import LANES, Place, write_ledger

Lines = list[dict[str, Any]]


class Original:
    """An export that stays as it is, and copies of it to be changed."""

    def __init__(self, directory: Path) -> None:
        self.ledger = write_ledger(directory)
        self.report = verify_chains(self.ledger)
        self.lanes = exported(self.ledger)
        self._copies = count()

    def copy(self) -> Path:
        copy = self.lanes.with_name(f"copy-{next(self._copies)}")
        shutil.copytree(self.lanes, copy)
        return copy

    def lines(self, lane: int) -> Lines:
        path = lane_file(self.lanes, lane, LANES)
        return [json.loads(line) for line in path.read_bytes().splitlines()]


class Logged(NamedTuple):
    """A record as a client of Kafka gives it."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


def write_replica(
    directory: Path, records: Mapping[int, Sequence[Logged]], lanes: int = LANES
) -> Path:
    """A replica of a log with these records, by lane."""
    topic = Topic(name="desk.ledger", id=uuid.UUID(int=1))
    location = Location(
        desk=uuid.UUID(DESK),
        name="desk",
        lanes=lanes,
        bootstrap=("127.0.0.1:9092",),
        ledger=topic,
        vault=topic,
        replicas=1,
        in_sync_min=1,
    )
    replica = Replica.open(directory, location)
    try:
        replica.add(records)
    finally:
        replica.close()
    return directory / REPLICA.name


def exported(path: Path, directory: Path | None = None) -> Path:
    """The directory with the lanes of a ledger file."""
    directory = directory or path.parent / "lanes"
    export_lanes(path, directory, lambda _: None)
    return directory


def verified(
    path: Path, against: Checkpoint | None = None, *, wanted: Wanted = None, processes: int = 1
) -> ChainReport:
    return verify_log(exported_lanes(path), against=against, wanted=wanted, processes=processes)


def places(report: ChainReport) -> list[Place]:
    return [(found.lane, found.record) for found in report.differences]


def change_lane(directory: Path, lane: int, change: Callable[[Lines], object]) -> None:
    """Rewrites the lines of a lane, the first of them included."""
    path = lane_file(directory, lane, LANES)
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    change(lines)
    path.write_text("".join(spelt(line) for line in lines), encoding="utf-8", newline="\n")


def spelt(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def renumbered(lines: Lines) -> None:
    """Gives the records their numbers anew, and has the header say how many there are."""
    for number, line in enumerate(lines[1:], 1):
        line["record"] = number
    lines[0]["records"] = len(lines) - 1
