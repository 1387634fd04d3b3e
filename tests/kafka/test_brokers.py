"""The brokers that other tests stand on: they serve, fail as told, and are gone afterwards."""

import subprocess
import sys
from pathlib import Path

from tests.kafka.brokers import Cluster
from tests.kafka.plain import send, values
from tests.kafka.topics import Topics, wait_until

ROOT = Path(__file__).parents[2]


def test_one_node_keeps_what_it_acknowledged_when_it_is_killed(
    broker: Cluster, desk_name: str
) -> None:
    Topics(broker).create(desk_name)
    send(broker, desk_name, b"one", b"two")
    broker.kill_all()
    broker.heal()
    assert values(broker, desk_name, 2) == [b"one", b"two"]


def test_three_nodes_serve_on_without_a_killed_or_frozen_leader(
    cluster: Cluster, desk_name: str
) -> None:
    topics = Topics(cluster)
    topics.create(desk_name)
    send(cluster, desk_name, b"one")
    first = topics.leader(desk_name)
    cluster.nodes[first].kill()
    wait_until(lambda: topics.partition(desk_name).leader not in (-1, first))
    send(cluster, desk_name, b"two")
    cluster.heal()
    topics.wait_in_sync(desk_name, 0, 3)

    second = topics.leader(desk_name)
    cluster.nodes[second].freeze()
    wait_until(lambda: topics.partition(desk_name).leader not in (-1, second))
    send(cluster, desk_name, b"three")
    assert values(cluster, desk_name, 3) == [b"one", b"two", b"three"]


def test_brokers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys\n"
        "from tests.kafka.brokers import Cluster\n"
        "cluster = Cluster.started(1, pathlib.Path(sys.argv[1]))\n"
        "print(cluster.nodes[1].pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script, str(tmp_path / "data")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    broker = Path("/proc", done.stdout.strip())
    wait_until(lambda: not broker.exists())
