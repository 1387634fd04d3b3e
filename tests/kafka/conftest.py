"""Real brokers for tests: `broker` is one node, `cluster` three; each starts when first asked for.

A process of pytest-xdist has its own, and a test gets them healed: thawed, started, unlimited.
"""

import uuid
from collections.abc import Iterator

import pytest

from tests.kafka.brokers import Cluster


@pytest.fixture(scope="session")
def _broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster.started(1, tmp_path_factory.mktemp("broker"))
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster.started(3, tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.close()


@pytest.fixture
def broker(_broker: Cluster) -> Iterator[Cluster]:
    yield _broker
    _broker.heal()


@pytest.fixture
def cluster(_cluster: Cluster) -> Iterator[Cluster]:
    yield _cluster
    _cluster.heal()


@pytest.fixture
def desk_name() -> str:
    """A name that no other test uses, for a desk and the topics that begin with it."""
    return f"desk-{uuid.uuid4().hex[:12]}"
