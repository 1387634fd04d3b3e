"""Nodes that die, freeze or get in each other's way."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from deskledger.eventlog.store.arrivals import AT_ONCE_MAX
from tests.kafka.brokers import Cluster
from tests.kafka.faults.child import BATCH_RECORDS
from tests.kafka.faults.conftest import Stage
from tests.kafka.faults.followers import check_tables
from tests.kafka.faults.scene import Scene
from tests.kafka.topics import wait_until
from tests.projections.desks import open_store

TOGETHER_SECONDS = 3.0
DEATHS = 3


def test_two_nodes_on_the_same_tickets(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        other = scene.child("other", pace_seconds=0)
        clients = scene.clients(pace_seconds=0)
        clients.recovered()
        time.sleep(TOGETHER_SECONDS)
        other.end()
        clients.stop()
        scene.reopen("other")


def test_writer_frozen(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        writer = scene.child("writer")
        clients = scene.clients()
        for seconds in (0.5, 1.0, 6.0):
            time.sleep(scene.random.uniform(0.2, 0.5))
            writer.freeze()
            time.sleep(seconds)
            writer.thaw()
        scene.recovered_seconds = clients.recovered()
        writer.end()
        clients.stop()
        scene.reopen("writer")


def die(scene: Scene, point: str) -> None:
    """A node dies at a point while others work; opened again, it is as they are."""
    clients = scene.clients(threads=2)
    mortal = scene.child("mortal", die=(point, scene.random.randint(5, 40)))
    mortal.wait_killed()
    reopened = scene.reopen("mortal")
    again = scene.clients(reopened, threads=2)
    scene.recovered_seconds = again.recovered()
    again.stop()
    clients.stop()


def test_node_killed_before_send(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        die(scene, "before_send")


def test_node_killed_after_send(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        die(scene, "after_send")


def test_node_killed_before_the_answer(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        die(scene, "before_the_answer")


@contextmanager
def working(scene: Scene) -> Iterator[None]:
    """Clients write all the while, so that whoever reads has always one more batch to read."""
    clients = scene.clients()
    clients.recovered()
    yield
    clients.stop()


def test_tail_killed_mid_batch(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        with working(scene):
            directory = scene.prepare("reader")
            wait_until(lambda: records(scene) > 2 * AT_ONCE_MAX)
            # A large batch is many statements, a small one is a single statement.
            for point, calls, batch in (
                ("mid_batch", 1, 10 * AT_ONCE_MAX),
                ("after_batch", scene.random.randint(1, 3), BATCH_RECORDS),
                ("mid_batch", 1, 10 * AT_ONCE_MAX),
            ):
                scene.lame("follow", directory, batch, point, calls).wait_killed()
        began = time.monotonic()
        scene.reopen("reader")
        scene.recovered_seconds = time.monotonic() - began


def records(scene: Scene) -> int:
    """How many records the first node has read."""
    return sum(lane.records for lane in scene.desk.ledger.progress())


def test_projector_killed_mid_transaction(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        with working(scene):
            directory = scene.prepare("projector")
            for _ in range(DEATHS):
                calls = scene.random.randint(2, 4)
                scene.lame("project", directory, "mid_transaction", calls).wait_killed()
        began = time.monotonic()
        desk = scene.reopen("projector")
        with open_store(desk) as store:
            check_tables(desk, store, scene.directory / "aside-projector.duckdb")
        scene.recovered_seconds = time.monotonic() - began
