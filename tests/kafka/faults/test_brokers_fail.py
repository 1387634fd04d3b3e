"""Brokers that die, freeze or are too few."""

import time

from tests.kafka.brokers import Cluster
from tests.kafka.faults.conftest import Stage
from tests.kafka.topics import Topics

FROZEN_SECONDS = 12.0


def leader_of_the_ledger(cluster: Cluster, name: str) -> int:
    """The broker that leads the desk's first lane."""
    return Topics(cluster).leader(f"{name}.ledger")


def test_leader_killed(stage: Stage, cluster: Cluster) -> None:
    with stage(cluster) as scene:
        clients = scene.clients()
        clients.recovered()
        cluster.nodes[leader_of_the_ledger(cluster, scene.name)].kill()
        scene.recovered_seconds = clients.recovered()
        scene.remember("without the leader")
        cluster.heal()
        clients.recovered()
        clients.stop()


def test_all_brokers_killed(stage: Stage, cluster: Cluster) -> None:
    with stage(cluster) as scene:
        clients = scene.clients()
        clients.recovered()
        cluster.kill_all()
        scene.remember("without brokers")
        began = time.monotonic()
        cluster.heal()
        scene.recovered_seconds = clients.recovered(began)
        clients.stop()
