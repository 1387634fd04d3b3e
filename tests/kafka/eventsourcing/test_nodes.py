"""One application at several nodes of a desk, with brokers and processes that end."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.utils import Environment

from deskledger.eventlog.eventsourcing import LedgerFactory
from deskledger.eventlog.eventsourcing.errors import InsertUnknown, LedgerUnavailable
from deskledger.eventlog.eventsourcing.lanes import LaneRecorder
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.opening import open_ledger
from tests.cli.runs import Shell
from tests.eventsourcing.applications import Rooms
from tests.eventsourcing.child import start
from tests.eventsourcing.desks import MODULE, PATIENT
from tests.eventsourcing.documentation import blocks, exported, run
from tests.eventsourcing.hammering import ORIGINATORS, acknowledged, check, first_line, opened
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import PATIENT as REACHED
from tests.kafka.ledger.nodes import new_log
from tests.patience import PATIENCE_SECONDS


@pytest.fixture
def nodes(broker: Cluster, desk_name: str, tmp_path: Path) -> list[Path]:
    """The directories of two nodes of one desk."""
    location = new_log(broker, desk_name)
    directories = [tmp_path / "here", tmp_path / "there"]
    for directory in directories:
        directory.mkdir()
        location.write(directory)
    return directories


def test_processes_at_two_nodes_never_record_a_version_or_a_tracking_twice(
    nodes: list[Path],
) -> None:
    children = [start(str(directory), ORIGINATORS, 2, 5) for directory in nodes * 2]
    output = [
        line
        for child in children
        for line in child.communicate(timeout=PATIENCE_SECONDS)[0].splitlines(True)
    ]
    assert [child.returncode for child in children] == [0] * 4
    known, tracked = acknowledged(output)
    assert len(known) == 4 * 2 * 5
    seen = []
    for directory in nodes:
        factory = opened(directory)
        seen.append(check(factory.process_recorder(), known, tracked))
        factory.close()
    assert seen[0] == seen[1]


def test_killed_processes_and_a_killed_broker_lose_and_double_nothing(
    nodes: list[Path], broker: Cluster
) -> None:
    output: list[str] = []
    with (
        start(str(nodes[0]), ORIGINATORS, 2, 10_000) as one,
        start(str(nodes[1]), ORIGINATORS, 2, 10_000) as other,
    ):
        output += map(first_line, (one, other))
        broker.restart()
        time.sleep(2)
        for child in (one, other):
            child.kill()
            assert child.stdout is not None
            output += child.stdout.read().splitlines(keepends=True)
    # A new node, and one that lost its files, find the same as the one that was there.
    for file in nodes[1].glob("*.sqlite*"):
        file.unlink()
    seen = []
    for directory in nodes:
        factory = opened(directory)
        seen.append(check(factory.process_recorder(), *acknowledged(output)))
        factory.close()
    assert seen[0] == seen[1]


@pytest.fixture
def factory(nodes: list[Path]) -> Iterator[LedgerFactory]:
    told = {
        "DESKLEDGER_DESK": str(nodes[0]),
        **PATIENT,
        "DESKLEDGER_KAFKA_ANSWER_SECONDS": "5",
    }
    made = LedgerFactory(Environment("Rooms", told))
    yield made
    made.close()


def test_without_brokers_an_application_reads_on_and_what_it_could_not_save_it_saves_later(
    factory: LedgerFactory, broker: Cluster
) -> None:
    recorder = factory.application_recorder()
    recorder.insert_events([StoredEvent("room", 1, "topic", b"")])
    broker.nodes[1].freeze()
    later = [StoredEvent("room", 2, "topic", b""), StoredEvent("other", 1, "topic", b"")]
    with pytest.raises((LedgerUnavailable, InsertUnknown)):
        recorder.insert_events(later)
    assert [one.originator_version for one in recorder.select_events("room")] == [1]
    broker.heal()
    deadline_at = time.monotonic() + PATIENCE_SECONDS
    while not recorder.select_events("other"):
        assert time.monotonic() < deadline_at
        # What was unknown may have been stored by now; then it is not stored again.
        with suppress(OperationalError, IntegrityError):
            recorder.insert_events(later)
    events = recorder.select_notifications(None, 9)
    assert [(one.originator_id, one.originator_version) for one in events] == [
        ("room", 1),
        ("room", 2),
        ("other", 1),
    ]


def test_what_one_node_saves_is_read_followed_and_saved_on_at_another(nodes: list[Path]) -> None:
    told = {"PERSISTENCE_MODULE": MODULE, "DESKLEDGER_DESK": str(nodes[0]), **PATIENT}
    elsewhere = {**told, "DESKLEDGER_DESK": str(nodes[1])}
    with (
        Rooms(told) as here,
        Rooms(elsewhere) as there,
        there.recorder.subscribe() as followed,
        open_ledger(nodes[1], kafka=REACHED) as ledger,
    ):
        lane = LaneRecorder(ledger, lane_of("app/rooms", ledger.lanes))
        with lane.subscribe() as desk_followed:
            room = here.add("Library")
            here.book(room, 9)
            assert [next(followed).originator_version for _ in range(2)] == [1, 2]
            there.book(room, 10)
            events = [next(desk_followed) for _ in range(3)]
        assert there.hours(room) == [9, 10]
    assert [(one.id, one.originator_id) for one in events] == [
        (number, "app/rooms") for number in (1, 2, 3)
    ]


def test_the_documented_program_runs_on_a_desk_that_was_made_on_kafka(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    shell = Shell(tmp_path / "desk")
    shell.ok("init", "--zone", "UTC", "--kafka", broker.bootstrap, "--name", desk_name)
    printed = run(blocks("python")[0], tmp_path, exported())
    assert printed in blocks("")
    assert shell.json("verify")["holds"]
