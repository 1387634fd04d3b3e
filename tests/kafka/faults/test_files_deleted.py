"""Files of a node that somebody deletes: they are read again from the log."""

import time
from pathlib import Path

from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.vault.file import VAULT
from tests.kafka.brokers import Cluster
from tests.kafka.faults.conftest import Stage
from tests.kafka.faults.followers import check_tables
from tests.kafka.faults.scene import Scene, wait_refreshed
from tests.projections.desks import open_store


def delete(directory: Path, name: str) -> None:
    """Removes a database with the files beside it."""
    for path in directory.glob(f"{name}*"):
        path.unlink()


def without(scene: Scene, name: str) -> None:
    """A node goes on without a file that it had, while others work."""
    clients = scene.clients(threads=2)
    clients.recovered()
    with scene.node("forgetful") as node:
        wait_refreshed(node)
    delete(scene.directory / "forgetful", name)
    began = time.monotonic()
    again = scene.reopen("forgetful")
    scene.recovered_seconds = scene.clients(again, threads=2).recovered(began)
    clients.stop()
    with open_store(again) as store:
        check_tables(again, store, scene.directory / "aside-forgetful.duckdb")


def test_replica_deleted(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        without(scene, REPLICA.name)


def test_vault_deleted(stage: Stage, broker: Cluster) -> None:
    with stage(broker) as scene:
        without(scene, VAULT.name)
