"""Brokers on this machine for one run."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from deskledger.eventlog.kafka.settings import KafkaSettings
from tests.kafka.brokers import Cluster


@contextmanager
def brokers(place: Path, size: int = 1) -> Iterator[Cluster]:
    """So many brokers with their files below `place`, which sync as real ones do."""
    with closing(Cluster.started(size, place / "brokers", quick=False)) as cluster:
        yield cluster


def settings_of(cluster: Cluster) -> KafkaSettings:
    """How a desk reaches them."""
    return KafkaSettings(bootstrap=tuple(cluster.bootstrap.split(",")))
