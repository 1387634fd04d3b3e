"""What must hold after processes have inserted into one application, by whatever they were told."""

import sqlite3
import subprocess
from collections.abc import Iterable
from pathlib import Path

from eventsourcing.persistence import Notification, ProcessRecorder
from eventsourcing.utils import Environment

from deskledger.eventlog.eventsourcing import LedgerFactory
from deskledger.eventlog.eventsourcing.index_file import INDEX
from tests.eventsourcing.child import UPSTREAM
from tests.eventsourcing.desks import PATIENT

ORIGINATORS = 3

Acknowledged = dict[tuple[str, int], tuple[str, int]]


def acknowledged(output: Iterable[str]) -> tuple[Acknowledged, list[int]]:
    """Token and notification by originator and version, and what was tracked."""
    lines = [line.split() for line in output if line.endswith("\n")]
    found = {(name, int(version)): (token, int(place)) for name, version, token, place, _ in lines}
    assert len(found) == len(lines), "two processes were told the same version"
    return found, [int(line[-1]) for line in lines]


def check(recorder: ProcessRecorder, known: Acknowledged, tracked: list[int]) -> list[Notification]:
    """Every acknowledged event stands there once; versions and tracking have no gaps.

    Gives all events, which must be the same at every node.
    """
    events = recorder.select_notifications(None, 1_000_000)
    stored = {
        (str(one.originator_id), one.originator_version): (one.state.decode(), one.id)
        for one in events
    }
    assert len(stored) == len(events)
    assert known.items() <= stored.items()
    for number in range(ORIGINATORS):
        mine = recorder.select_events(f"o{number}")
        assert [one.originator_version for one in mine] == list(range(1, len(mine) + 1))
    # Each insert has tracked one more than the one before.
    assert len(set(tracked)) == len(tracked)
    assert (recorder.max_tracking_id(UPSTREAM) or 0) == len(events)
    return list(events)


def dumped(directory: Path) -> list[str]:
    connection = sqlite3.connect(f"file:{directory / INDEX.name}?mode=ro", uri=True)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def opened(directory: Path) -> LedgerFactory:
    return LedgerFactory(Environment("Hammered", {"DESKLEDGER_DESK": str(directory), **PATIENT}))


def first_line(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None
    return child.stdout.readline()
