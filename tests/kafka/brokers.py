"""Kafka itself, one node or three, on loopback: for tests, benchmarks and `make kafka`.

`python -m tests.kafka.brokers [NODES]` starts them, says where, and stops them on Ctrl-C.
"""

import argparse
import base64
import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from tests.kafka.jars import Jars, alone, fetched_jars
from tests.kafka.node import HOST, START_SECONDS, Addresses, Guard, Node
from tests.kafka.ports import Ports

# Half the processor time of a start, on which tests on small machines wait; a benchmark leaves
# the second compiler on.
QUICK = ("-XX:TieredStopAtLevel=1",)
HEAP = "-Xmx384m"
# The brokers tell only what a failed start is understood by.
LOGGING = (
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
    "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.config=warn",
)


class Cluster:
    """Brokers that are also their own controllers (KRaft), numbered from 1.

    Attributes:
        nodes: by number.
        bootstrap: where clients begin, `host:port,…`.
        proxied_bootstrap: the same by way of proxies, for clients behind a slow or cut link.
    """

    def __init__(self, size: int, directory: Path, *, quick: bool = True) -> None:
        self._directory = directory
        self._options = (HEAP, *LOGGING, *(QUICK if quick else ()))
        self._jars = shared_jars()
        self._ports = Ports()
        self._guard = Guard()
        self.nodes = {
            number: Node(number, self._new_addresses(), directory / f"node-{number}", self._guard)
            for number in range(1, size + 1)
        }
        self.bootstrap = ",".join(f"{HOST}:{node.ports.client}" for node in self.nodes.values())
        self.proxied_bootstrap = ",".join(
            f"{HOST}:{node.ports.proxy}" for node in self.nodes.values()
        )

    @classmethod
    def started(cls, size: int, directory: Path, *, quick: bool = True) -> Self:
        """Brokers with empty logs below a directory, up and serving.

        Args:
            size: one node, or three with replication factor 3 and min ISR 2.
            directory: takes data and logs; need not exist.
            quick: start with less work, run a little slower.

        Raises:
            JavaMissing, JarsMissing: what they run on cannot be had.
            BrokerFailed: one did not start; its log is in the message.
        """
        cluster = cls(size, directory, quick=quick)
        try:
            cluster.format()
            for node in cluster.nodes.values():
                node.start(cluster._jars, *cluster._options)
            cluster.wait_started()
        except BaseException:
            cluster.close()
            raise
        return cluster

    @property
    def awake(self) -> list[str]:
        """Where the brokers listen that run and are not frozen."""
        nodes = (node for node in self.nodes.values() if node.awake)
        return [f"{HOST}:{node.ports.client}" for node in nodes]

    @property
    def addresses(self) -> dict[int, Addresses]:
        """The ports of each node, by its number."""
        return {number: node.ports for number, node in self.nodes.items()}

    def _new_addresses(self) -> Addresses:
        return Addresses(*(self._ports.take() for _ in Addresses._fields))

    def format(self) -> None:
        """Prepares the log directories of all nodes."""
        # A dash in front would be taken for an option.
        cluster_id = "k" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        with ThreadPoolExecutor() as pool:
            done = [
                pool.submit(node.format, self._jars, cluster_id, settings(node, self.nodes))
                for node in self.nodes.values()
            ]
        for each in done:
            each.result()

    def wait_started(self, seconds: float = START_SECONDS) -> None:
        """Waits until every running broker serves.

        Raises:
            BrokerFailed: one ended, or did not come up in time.
        """
        deadline = time.monotonic() + seconds
        for node in self.nodes.values():
            if node.running:
                node.wait_started(deadline - time.monotonic())

    def restart(self, *numbers: int) -> None:
        """Ends these brokers if they run, or all, and starts them again with the same data."""
        nodes = [self.nodes[number] for number in numbers or self.nodes]
        for node in nodes:
            node.kill()
        for node in nodes:
            node.start(self._jars, *self._options)
        for node in nodes:
            node.wait_started()

    def kill_all(self) -> None:
        """Ends all brokers at once (kill -9)."""
        for node in self.nodes.values():
            node.kill()

    def heal(self) -> None:
        """Thaws what is frozen and starts what is down, so that the next test finds all well."""
        down = []
        for node in self.nodes.values():
            if node.running:
                node.limit_files()
                node.thaw()
            else:
                down.append(node.number)
        if down:
            self.restart(*down)

    def close(self) -> None:
        """Ends the brokers, gives their ports back and removes their data; logs stay."""
        self.kill_all()
        self._guard.close()
        self._ports.release()
        for node in self.nodes.values():
            shutil.rmtree(node.data, ignore_errors=True)


def settings(node: Node, nodes: Mapping[int, Node]) -> dict[str, str]:
    """The settings of a broker, those that the product's documentation asks for first."""
    size = len(nodes)
    replicas, in_sync = str(min(size, 3)), str(min(size, 2))
    ports = node.ports
    internal = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")
    return {
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "auto.create.topics.enable": "false",
        "default.replication.factor": replicas,
        "min.insync.replicas": in_sync,
        "unclean.leader.election.enable": "false",
        "log.retention.ms": "-1",
        "log.retention.bytes": "-1",
        "process.roles": "broker,controller",
        "node.id": str(node.number),
        "log.dirs": str(node.data),
        "listeners": (
            f"CLIENT://{HOST}:{ports.client},PROXIED://{HOST}:{ports.behind}"
            f",CONTROLLER://{HOST}:{ports.controller}"
        ),
        "advertised.listeners": f"CLIENT://{HOST}:{ports.client},PROXIED://{HOST}:{ports.proxy}",
        "listener.security.protocol.map": (
            "CLIENT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT"
        ),
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": ",".join(
            f"{other.number}@{HOST}:{other.ports.controller}" for other in nodes.values()
        ),
        "group.initial.rebalance.delay.ms": "0",
        **{f"{topic}.replication.factor": replicas for topic in internal},
        **{f"{topic}.num.partitions": "3" for topic in internal},
        **{f"{topic}.min.isr": in_sync for topic in internal[1:]},
        # Fits the heap; the default alone would take a third of it.
        "log.cleaner.dedupe.buffer.size": str(8 << 20),
    }


def shared_jars() -> Jars:
    """The jars with their archive of classes, which one broker makes as it ends, once for all."""
    jars = fetched_jars()
    if not jars.archive.exists():
        with alone("kafka-classes"):
            if not jars.archive.exists():
                make_archive(jars)
    return jars


def make_archive(jars: Jars) -> None:
    """Runs one broker that writes down which classes it has loaded."""
    unfinished = jars.archive.with_suffix(f".{os.getpid()}")
    ports, guard = Ports(), Guard()
    with tempfile.TemporaryDirectory(prefix="kafka-") as directory:
        node = Node(1, Addresses(*(ports.take() for _ in range(4))), Path(directory, "1"), guard)
        try:
            node.format(jars, "A" * 22, settings(node, {1: node}))
            node.start(jars, HEAP, *LOGGING, f"-XX:ArchiveClassesAtExit={unfinished}")
            node.wait_started()
            node.shut_down()
        finally:
            node.kill()
            guard.close()
            ports.release()
    unfinished.rename(jars.archive)


def main() -> None:
    """Starts brokers for a developer; they end with this process."""
    parser = argparse.ArgumentParser(description="Start Kafka brokers on loopback.")
    parser.add_argument("nodes", nargs="?", type=int, default=3, choices=(1, 3))
    size = parser.parse_args().nodes
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="kafka-") as directory:
        cluster = Cluster.started(size, Path(directory))
        sys.stdout.write(f"{cluster.bootstrap}\n{size} brokers are up; Ctrl-C stops them.\n")
        sys.stdout.flush()
        try:
            signal.pause()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
        finally:
            cluster.close()


if __name__ == "__main__":
    main()
