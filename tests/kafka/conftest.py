"""Real brokers for tests: `broker` is one node, `cluster` three; each starts when first asked for.

A process of pytest-xdist has its own, and a test gets them healed: thawed, started, unlimited.
They run while the next test is on them, too.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kafka.brokers import Cluster
from tests.patience import PATIENCE_SECONDS

_started: dict[str, Cluster] = {}


@contextmanager
def _running(fixture: str, size: int, directory: Path) -> Iterator[Cluster]:
    _started[fixture] = cluster = Cluster.started(size, directory)
    try:
        yield cluster
    finally:
        del _started[fixture]
        cluster.close()


@pytest.fixture(scope="session")
def _broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with _running("_broker", 1, tmp_path_factory.mktemp("broker")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with _running("_cluster", 3, tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="session", autouse=True)
def _patience() -> Iterator[None]:
    """Commands wait for brokers as a busy machine needs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESKLEDGER_KAFKA_CONNECT_SECONDS", "60")
        patch.setenv("DESKLEDGER_KAFKA_ANSWER_SECONDS", str(PATIENCE_SECONDS))
        yield


@pytest.fixture
def broker(_broker: Cluster) -> Cluster:
    return _broker


@pytest.fixture
def cluster(_cluster: Cluster) -> Cluster:
    return _cluster


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name in _started.keys() & _asked_for(item):
        _started[name].heal()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    for name in _started.keys() - _asked_for(nextitem):
        # They would take their part of the processors while other tests run.
        _started[name].kill_all()


def _asked_for(item: pytest.Item | None) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


@pytest.fixture
def desk_name() -> str:
    """A name that no other test uses, for a desk and the topics that begin with it."""
    return f"desk-{uuid.uuid4().hex[:12]}"
