"""Links between nodes and brokers that are slow, or cut in one direction or both."""

import time

from tests.kafka.brokers import Cluster
from tests.kafka.faults.conftest import Stage
from tests.kafka.proxy import Direction, Proxy

SLOW_SECONDS = 4.0
CUT_SECONDS = 5.0


def test_slow_link(stage: Stage, broker: Cluster) -> None:
    with Proxy(broker.addresses) as proxy, stage(broker, broker.proxied_bootstrap) as scene:
        clients = scene.clients()
        clients.recovered()
        proxy.slow(delay_seconds=scene.random.uniform(0.1, 0.4), bytes_per_second=50_000)
        scene.recovered_seconds = clients.recovered()
        time.sleep(SLOW_SECONDS)
        proxy.restore()
        clients.recovered()


def test_cut_link(stage: Stage, cluster: Cluster) -> None:
    with Proxy(cluster.addresses) as proxy, stage(cluster, cluster.proxied_bootstrap) as scene:
        clients = scene.clients()
        clients.recovered()
        for direction in (Direction.ANSWERS, Direction.REQUESTS, Direction.BOTH):
            proxy.cut(direction=direction)
            time.sleep(CUT_SECONDS)
            if direction is Direction.BOTH:
                proxy.sever()
            began = time.monotonic()
            proxy.restore()
            seconds = clients.recovered(began)
            scene.recovered_seconds = max(seconds, scene.recovered_seconds or 0.0)
