"""Nodes of a desk on Kafka as processes of their own."""

import json
import shutil
import signal
import sys
from pathlib import Path

from deskledger.app.desk import Desk, NewDesk
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import settings_of
from tests.kafka.topics import Topics, wait_until
from tests.logged_process import LoggedProcess
from tests.patience import PATIENCE_SECONDS
from tests.processes.build import Clock, Place
from tests.processes.test_node import UNAVAILABLE

PROGRAM = [sys.executable, "-c", "from deskledger.app.cli import main; main()"]


def running(directory: Path, *arguments: str) -> LoggedProcess:
    """A command on a desk."""
    return LoggedProcess([*PROGRAM, "--desk", str(directory), "--json", *arguments])


def new_node(broker: Cluster, name: str, directory: Path) -> Path:
    """A new desk on the broker, and beside it the directory of a second node."""
    settings = settings_of(broker.bootstrap)
    Desk.create(directory / "one", NewDesk(zone="UTC", kafka=name), kafka=settings).close()
    other = directory / "two"
    other.mkdir()
    for file in ("kafka.json", "desk.key"):
        shutil.copy(directory / "one" / file, other / file)
    return other


def test_a_tail_fills_the_replica_of_a_new_node_and_ends_when_asked_to(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    other = new_node(broker, desk_name, tmp_path)
    with running(other, "tail") as tail:
        assert tail.told("fresh")["records"]
        assert (other / "replica.sqlite").exists()
        tail.send_signal(signal.SIGTERM)
        assert tail.wait(timeout=PATIENCE_SECONDS) == 0


def test_a_tail_says_when_the_brokers_are_gone_and_when_they_are_back(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    other = new_node(broker, desk_name, tmp_path)
    with running(other, "tail") as tail:
        tail.told("fresh")
        broker.kill_all()
        # A busy machine may be late to read, and later to find out why.
        while not tail.told("stale")["reason"]:
            pass
        broker.heal()
        tail.told("fresh")


def test_a_log_that_was_made_anew_ends_the_tail_as_damaged(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    other = new_node(broker, desk_name, tmp_path)
    with running(other, "tail") as tail:
        tail.told("fresh")
        topics = Topics(broker)
        topics.delete(f"{desk_name}.ledger")
        topics.create(f"{desk_name}.ledger", 12)
        tail.told("lane_stopped")
        assert tail.wait(timeout=PATIENCE_SECONDS) == 4


def test_a_node_has_every_role_and_does_what_another_node_was_asked_for(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    other = new_node(broker, desk_name, tmp_path)
    settings = settings_of(broker.bootstrap)
    with running(other, "feed", "init") as made:
        assert made.wait(timeout=PATIENCE_SECONDS) == 0
    with running(other, "node") as node, Desk.open(tmp_path / "one", kafka=settings) as desk:
        node.began("tail", "project", "publish", "processes")
        place = Place(desk, Clock())
        ticket = place.snoozed(1)
        wait_until(lambda: place.wakings(ticket) == 1)
        wait_until(lambda: published(broker, desk_name) >= len(place.types(ticket)))
        wait_until(lambda: queued(other) == ["open"])
        node.send_signal(signal.SIGTERM)
        assert node.wait(timeout=PATIENCE_SECONDS) == 0


def queued(directory: Path) -> list[str]:
    """The statuses of the tickets in the queue, as another process is told; none as yet."""
    with running(directory, "queue") as queue:
        told, _ = queue.communicate(timeout=PATIENCE_SECONDS)
        if queue.returncode == UNAVAILABLE:
            return []
        assert queue.returncode == 0, queue.log()
    return [entry["status"] for entry in json.loads(told)["entries"]]


def test_init_makes_every_topic_that_a_node_needs(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    stated = ["--zone", "UTC", "--kafka", broker.bootstrap, "--name", desk_name]
    with running(tmp_path / "desk", "init", *stated) as made:
        told_made, _ = made.communicate(timeout=PATIENCE_SECONDS)
    assert json.loads(told_made)["feed"] == f"{desk_name}.events"
    with running(tmp_path / "desk", "node") as node:
        node.told("fresh")
        wait_until(lambda: published(broker, desk_name) > 0)


def published(broker: Cluster, name: str) -> int:
    """How many records the feed of a desk has."""
    return sum(Topics(broker).reach(f"{name}.events", lane)[1] for lane in range(12))


def test_an_embedded_desk_needs_no_tail(tmp_path: Path) -> None:
    Desk.create(tmp_path / "desk", NewDesk(zone="UTC")).close()
    with running(tmp_path / "desk", "tail") as tail:
        assert tail.wait(timeout=PATIENCE_SECONDS) == 2
