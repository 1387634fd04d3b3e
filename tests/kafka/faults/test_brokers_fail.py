"""Brokers that die, freeze, are too few or have no room."""

import time

from tests.kafka.brokers import Cluster
from tests.kafka.checker import is_recorded
from tests.kafka.faults.conftest import Stage
from tests.kafka.faults.scene import Scene
from tests.kafka.topics import Topics

BELOW_SECONDS = 3.0
DISK_BYTES = 64 << 10


def leader(scene: Scene) -> int:
    """The broker that leads the desk's first lane."""
    return Topics(scene.cluster).leader(f"{scene.name}.ledger")


def test_leader_killed(stage: Stage, cluster: Cluster) -> None:
    with stage(cluster) as scene:
        clients = scene.clients()
        clients.recovered()
        cluster.nodes[leader(scene)].kill()
        scene.recovered_seconds = clients.recovered()
        scene.remember("without the leader")
        cluster.heal()
        clients.recovered()


def test_leader_frozen(stage: Stage, cluster: Cluster) -> None:
    with stage(cluster) as scene:
        clients = scene.clients()
        clients.recovered()
        cluster.nodes[leader(scene)].freeze()
        scene.recovered_seconds = clients.recovered()
        scene.remember("without the leader")
        cluster.heal()
        clients.recovered()


def test_all_brokers_killed(stage: Stage, cluster: Cluster) -> None:
    with stage(cluster) as scene:
        clients = scene.clients()
        clients.recovered()
        cluster.kill_all()
        scene.remember("without brokers")
        began = time.monotonic()
        cluster.heal()
        scene.recovered_seconds = clients.recovered(began)


def test_below_min_isr(stage: Stage, cluster: Cluster) -> None:
    with stage(cluster) as scene:
        clients = scene.clients()
        clients.recovered()
        stays = leader(scene)
        for number, node in cluster.nodes.items():
            if number != stays:
                node.shut_down()
        alone_at = time.monotonic()
        time.sleep(BELOW_SECONDS)
        scene.remember("with one broker")
        began = time.monotonic()
        asked = [each for each in scene.attempts if alone_at <= each.began < began]
        assert not any(map(is_recorded, asked))
        cluster.heal()
        scene.recovered_seconds = clients.recovered(began)


def test_broker_disk_full(stage: Stage, cluster: Cluster) -> None:
    with stage(cluster) as scene:
        clients = scene.clients()
        clients.recovered()
        full = cluster.nodes[leader(scene)]
        full.limit_files(DISK_BYTES)
        began = time.monotonic()
        full.wait_ended()
        scene.recovered_seconds = clients.recovered(began)
        cluster.heal()
        clients.recovered()
