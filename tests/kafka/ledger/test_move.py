"""A desk moved to Kafka is the same desk: hashes, positions, numbers, keys and tables hold."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaProducer

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.projector import Projector
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.errors import LedgerSealed
from deskledger.eventlog.kafka.handover import Handover
from deskledger.eventlog.kafka.location import is_on_kafka
from deskledger.eventlog.kafka.moving import MOVING_NAME, move_to_kafka
from deskledger.eventlog.vault.sealing import key_ids, unseal
from deskledger.eventlog.writing.requests import Request
from deskledger.projections.file import NAME
from deskledger.projections.store import ProjectionStore
from deskledger.replay.chains import verify_chains
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import PATIENT, settings_of
from tests.kafka.topics import Topics

MESSAGES = 25


class Killed(Exception):
    """Stands for a process that is killed at this point."""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An embedded desk with some tickets, closed."""
    with Desk.create(tmp_path / "desk", NewDesk(zone="UTC")) as desk:
        for number in range(MESSAGES):
            open_ticket(desk, f"Message {number}")
    return tmp_path / "desk"


def request(desk: Desk) -> Request:
    return Request(Actor(kind="agent", id=desk.first_agent()), "cli", "test")


def open_ticket(desk: Desk, text: str) -> str:
    command = Together(parts=(OpenTicket(channel="email"), ReceiveMessage(text=text)))
    return desk.writer.execute(None, command, request(desk)).stream


def texts(desk: Desk) -> set[str]:
    """What the messages of all tickets say."""
    found = set()
    for _, stream in desk.ledger.streams("ticket", 0, 100_000):
        for record in desk.ledger.history(stream):
            for event in read_commit(record.value).events:
                opened = unseal(stream, event, desk.vault.data_keys(list(key_ids(event))))
                found |= {opened["text"]} if "text" in opened else set()
    return found


def project(desk: Desk) -> int:
    """Brings the tables up to date; gives how many records they lacked."""
    path = desk.directory / NAME
    with ProjectionStore.open(path, desk.ledger.desk, deadline_seconds=5.0) as store:
        return Projector(store, desk.ledger, desk.vault.data_keys).catch_up()


def test_a_moved_desk_has_the_same_hashes_numbers_and_texts_and_goes_on(
    directory: Path, broker: Cluster, desk_name: str
) -> None:
    with Desk.open(directory, kafka=PATIENT) as before:
        progress, said = before.ledger.progress(), texts(before)
        numbers = before.ledger.streams("ticket", 0, 1_000)
        assert project(before) > 0
    copied: list[int] = []
    move_to_kafka(directory, settings_of(broker.bootstrap), desk_name, report=copied.append)
    assert sum(copied) == sum(lane.records for lane in progress)
    with Desk.open(directory, kafka=PATIENT) as desk:
        assert desk.ledger.progress() == progress
        assert desk.ledger.streams("ticket", 0, 1_000) == numbers
        assert texts(desk) == said
        assert project(desk) == 0
        open_ticket(desk, "After the move")
        assert "After the move" in texts(desk)
    assert verify_chains(directory / "replica.sqlite").differences == ()
    assert verify_chains(directory / "ledger.sqlite").differences == ()
    assert not (directory / MOVING_NAME).exists()


def test_the_old_ledger_is_sealed_for_whoever_still_has_it_open(
    directory: Path, broker: Cluster, desk_name: str
) -> None:
    with Desk.open(directory, kafka=PATIENT) as late:
        stream = open_ticket(late, "Before")
        move_to_kafka(directory, settings_of(broker.bootstrap), desk_name)
        with pytest.raises(LedgerSealed):
            late.writer.execute(stream, AddNote(text="too late"), request(late))
    with Desk.open(directory, kafka=PATIENT) as desk:
        assert "too late" not in texts(desk)


def test_what_is_appended_during_the_move_is_moved_too(
    directory: Path, broker: Cluster, desk_name: str
) -> None:
    done: list[str] = []

    def work() -> None:
        with Desk.open(directory, kafka=PATIENT) as desk:
            while True:
                try:
                    open_ticket(desk, f"Meanwhile {len(done)}")
                except LedgerSealed:
                    return
                done.append(f"Meanwhile {len(done)}")

    writer = threading.Thread(target=work)
    writer.start()
    move_to_kafka(directory, settings_of(broker.bootstrap), desk_name)
    writer.join()
    with Desk.open(directory, kafka=PATIENT) as desk:
        assert set(done) <= texts(desk)


@pytest.mark.parametrize("after", [1, 3, 8])
def test_a_move_that_was_killed_goes_on_where_it_was(
    directory: Path,
    broker: Cluster,
    desk_name: str,
    after: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delivered = 0
    deliver = Handover.deliver

    def dying(self: Handover, *arguments: object) -> None:
        nonlocal delivered
        delivered += 1
        if delivered > after:
            raise Killed
        deliver(self, *arguments)  # type: ignore[arg-type]

    with Desk.open(directory, kafka=PATIENT) as before:
        progress, said = before.ledger.progress(), texts(before)
    settings = settings_of(broker.bootstrap)
    with monkeypatch.context() as patch:
        patch.setattr(Handover, "deliver", dying)
        with pytest.raises(Killed):
            move_to_kafka(directory, settings, desk_name)
    assert not is_on_kafka(directory)
    move_to_kafka(directory, settings, desk_name)
    with Desk.open(directory, kafka=PATIENT) as desk:
        assert desk.ledger.progress() == progress
        assert texts(desk) == said


def test_a_move_that_was_killed_after_the_seal_is_finished(
    directory: Path, broker: Cluster, desk_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_: object) -> None:
        raise Killed

    settings = settings_of(broker.bootstrap)
    with monkeypatch.context() as patch:
        patch.setattr("deskledger.eventlog.kafka.moving.adopt_file", dying)
        with pytest.raises(Killed):
            move_to_kafka(directory, settings, desk_name)
    with Desk.open(directory, kafka=PATIENT) as sealed, pytest.raises(LedgerSealed):
        open_ticket(sealed, "too late")
    move_to_kafka(directory, settings, desk_name)
    with Desk.open(directory, kafka=PATIENT) as desk:
        assert len(texts(desk)) == MESSAGES
        with pytest.raises(InvalidInput, match="on Kafka already"):
            move_to_kafka(directory, settings, desk_name)


@pytest.fixture
def stranger(broker: Cluster) -> Iterator[KafkaProducer]:
    made = KafkaProducer(bootstrap_servers=broker.bootstrap, metrics_enabled=False)
    yield made
    made.close(timeout=60)


def test_a_topic_that_holds_something_else_is_refused(
    directory: Path,
    broker: Cluster,
    desk_name: str,
    stranger: KafkaProducer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dying(*_: object) -> None:
        raise Killed

    settings = settings_of(broker.bootstrap)
    with monkeypatch.context() as patch:
        patch.setattr(Handover, "deliver", dying)
        with pytest.raises(Killed):
            move_to_kafka(directory, settings, desk_name)
    stranger.send(f"{desk_name}.ledger", b"something else", b"key", partition=0).get(60)
    with pytest.raises(InvalidInput, match="something else"):
        move_to_kafka(directory, settings, desk_name)
    with pytest.raises(InvalidInput, match="finish that one first"):
        move_to_kafka(directory, settings, f"{desk_name}-2")
    with Desk.open(directory, kafka=PATIENT) as desk:
        open_ticket(desk, "The old ledger serves on")


def test_a_topic_in_use_is_refused_before_anything_is_copied(
    directory: Path, broker: Cluster, desk_name: str, stranger: KafkaProducer
) -> None:
    Topics(broker).create(f"{desk_name}.ledger", 12, {"message.timestamp.type": "LogAppendTime"})
    stranger.send(f"{desk_name}.ledger", b"in use", b"key", partition=0).get(60)
    with pytest.raises(InvalidInput):
        move_to_kafka(directory, settings_of(broker.bootstrap), desk_name)
    with closing(sqlite3.connect(directory / "ledger.sqlite")) as ledger:
        (seals,) = ledger.execute(
            "SELECT count(*) FROM record WHERE verdict = 'control' AND value LIKE '%seal%'"
        ).fetchone()
    assert seals == 0
