"""A log that no longer holds what was read from it: its lanes stop, loudly, and others go on.

What was acknowledged stands in the replicas and is brought back from there; only a log without its
beginning cannot be gone on with.
"""

import time

import pytest
from kafka import TopicPartition

from deskledger.app.desk import Desk
from deskledger.domain.ticket.commands import PrioritiseTicket
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.standing import Standing
from deskledger.eventlog.kafka.topics import LEDGER_SETTINGS
from deskledger.eventlog.names import lane_of
from tests.kafka.brokers import Cluster
from tests.kafka.faults.asking import new_command, request_of
from tests.kafka.faults.conftest import Stage
from tests.kafka.faults.scene import Scene, records_of, wait_refreshed
from tests.kafka.ledger.nodes import LANES
from tests.kafka.plain import send
from tests.kafka.segments import cut
from tests.kafka.topics import Topics, wait_until


def quiet(scene: Scene) -> None:
    """The nodes have worked, hold the same, and rest."""
    clients = scene.clients()
    clients.recovered()
    clients.stop()
    wait_refreshed(*scene.nodes.values())
    scene.remember("before the change")
    scene.log_changed = True


def wait_stopped(scene: Scene, desk: Desk, lane: int) -> None:
    """Waits until a node says that a lane has changed; then it takes no commit there."""
    standing = standing_of(desk, lane)
    began = time.monotonic()
    wait_until(lambda: isinstance(standing.stopped, LogChanged))
    seconds = time.monotonic() - began
    scene.recovered_seconds = max(seconds, scene.recovered_seconds or 0.0)
    ticket = next(ticket for ticket in scene.tickets if lane_of(ticket, LANES) == lane)
    request = request_of(desk, new_command(scene.random))
    with pytest.raises(LogChanged):
        desk.writer.execute(ticket, PrioritiseTicket(priority="low"), request)


def standing_of(desk: Desk, lane: int) -> Standing:
    """What a node knows of a lane."""
    assert isinstance(desk.ledger, KafkaLedger)
    ledger = desk.ledger
    return ledger.log.standings[TopicPartition(ledger.location.ledger.name, lane)]


def some_lane(scene: Scene) -> int:
    """A lane with tickets."""
    return lane_of(scene.random.choice(scene.tickets), LANES)


def work_elsewhere(scene: Scene, lane: int) -> None:
    """Tickets of other lanes are worked on as before."""
    every = scene.tickets
    scene.tickets = [ticket for ticket in every if lane_of(ticket, LANES) != lane]
    clients = scene.clients()
    clients.recovered()
    clients.stop()
    scene.tickets = every


def go_on(scene: Scene) -> None:
    """What the log has lost is brought back, and work goes on in every lane."""
    scene.recover()
    scene.clients().recovered()


def test_topic_recreated(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        quiet(scene)
        topics, name = Topics(broker), f"{scene.name}.ledger"
        topics.delete(name)
        topics.create(name, LANES, {**LEDGER_SETTINGS, "min.insync.replicas": "1"})
        for desk in scene.nodes.values():
            wait_stopped(scene, desk, some_lane(scene))
        go_on(scene)


def test_log_truncated(stage: Stage, cluster: Cluster) -> None:
    with stage(cluster) as scene:
        quiet(scene)
        lane = some_lane(scene)
        end = len(records_of(scene.desk)[lane])
        cluster.kill_all()
        for node in cluster.nodes.values():
            cut(node, f"{scene.name}.ledger", lane, end - scene.random.randint(1, 3))
        cluster.heal()
        for desk in scene.nodes.values():
            wait_stopped(scene, desk, lane)
        work_elsewhere(scene, lane)
        go_on(scene)


def test_log_truncated_and_written_anew(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        quiet(scene)
        lane, topic = some_lane(scene), f"{scene.name}.ledger"
        end = len(records_of(scene.desk)[lane])
        scene.nodes.pop("second").close()
        broker.kill_all()
        cut(broker.nodes[1], topic, lane, end - 2)
        broker.heal()
        send(broker, topic, *[b"{}"] * 5, partition=lane)
        wait_stopped(scene, scene.reopen("second"), lane)
        wait_stopped(scene, scene.desk, lane)
        work_elsewhere(scene, lane)
        go_on(scene)


def test_later_log_start(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        quiet(scene)
        lane = some_lane(scene)
        scene.nodes.pop("second").close()
        Topics(broker).delete_before(f"{scene.name}.ledger", lane, scene.random.randint(1, 3))
        wait_stopped(scene, scene.reopen("second"), lane)
        with scene.node("newcomer") as newcomer:
            standing = standing_of(newcomer, lane)
            wait_until(lambda: isinstance(standing.stopped, LogChanged))
        work_elsewhere(scene, lane)
