"""A desk restored from an export moves to Kafka like any other, with what strangers once sent."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kafka import KafkaProducer

from deskledger.eventlog.control import genesis_record
from deskledger.replay.log_chains import verify_log
from deskledger.replay.topic_lane import topic_lanes
from tests.cli.runs import Shell, made_desk
from tests.cli.test_restore import TICKET
from tests.eventlog.build import OTHER_DESK
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import settings_of

SUBJECT = "网络"
HASHES = "SELECT id, number, version FROM ticket ORDER BY number"


def lanes(shell: Shell) -> list[Any]:
    """How far each lane has come: records, sequence and hash."""
    told: list[Any] = shell.json("checkpoint")["lanes"]
    return told


def restored(source: Shell, directory: Path) -> Shell:
    """The same desk made again elsewhere, with its keys."""
    out, keys = directory / "lanes", directory / "keys"
    source.ok("export", "--lanes", out, "--keys", keys)
    own = ("--keys", keys, "--desk-key-file", source.directory / "desk.key")
    copy = Shell(directory / "copy")
    copy.ok("restore", out, *own)
    return copy


def moved(shell: Shell, broker: Cluster, name: str) -> None:
    """Moves a desk, and proves that the topic holds lane by lane what the desk held."""
    before = lanes(shell)
    shell.ok("move", "--to", "kafka", "--kafka", broker.bootstrap, "--name", name)
    assert lanes(shell) == before
    proved = verify_log(topic_lanes(settings_of(broker.bootstrap), f"{name}.ledger"))
    assert proved.differences == ()


def send(broker: Cluster, topic: str, records: Sequence[tuple[bytes | None, bytes | None]]) -> None:
    """What a foreign producer leaves in every lane."""
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, metrics_enabled=False)
    try:
        sent = [
            producer.send(topic, value, key=key, partition=lane)
            for lane in range(12)
            for key, value in records
        ]
        for one in sent:
            one.get(60)
    finally:
        producer.close(timeout=60)


def test_an_embedded_desk_that_was_restored_moves_and_goes_on(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    first = made_desk(tmp_path / "first")
    first.ok(*TICKET)
    copy = restored(first, tmp_path)
    tickets = copy.json("sql", HASHES)["rows"]
    moved(copy, broker, desk_name)
    assert copy.json("sql", HASHES)["rows"] == tickets
    assert SUBJECT in copy.ok("ticket", "show", str(tickets[0]["number"]))
    assert copy.json(*TICKET)["outcome"] == "done"


def test_a_desk_restored_from_a_log_moves_to_another_one_with_the_records_of_strangers(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    first = Shell(tmp_path / "first")
    first.ok("init", "--zone", "UTC", "--kafka", broker.bootstrap, "--name", desk_name)
    number = str(first.json(*TICKET)["number"])
    strange = [(None, b"{}"), (b"\xff\x00", b"\xff"), (b"ticket/none", None), (b"a key", b"{")]
    send(broker, f"{desk_name}.ledger", [*strange, genesis_record(OTHER_DESK, 0, 12)])
    first.ok("ticket", "note", number, "Seen.")
    ends = lanes(first)
    copy = restored(first, tmp_path)
    assert lanes(copy) == ends
    moved(copy, broker, f"{desk_name}-2")
    assert lanes(copy) == ends
    assert SUBJECT in copy.ok("ticket", "show", number)
    assert copy.json("ticket", "note", number, "It goes on.")["outcome"] == "done"
