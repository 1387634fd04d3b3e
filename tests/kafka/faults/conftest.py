"""Scenes for the tests of faults, one for each fault and seed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from tests.kafka.brokers import Cluster
from tests.kafka.faults.judging import judge
from tests.kafka.faults.results import keep, seeds
from tests.kafka.faults.scene import Scene
from tests.kafka.topics import Topics

TOPICS = (".ledger", ".vault", ".events")


class Stage(Protocol):
    """Opens a scene, and judges it at the end of the block."""

    def __call__(
        self, cluster: Cluster, bootstrap: str | None = None
    ) -> AbstractContextManager[Scene]:
        """A scene on these brokers; its nodes begin at `bootstrap`."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", seeds())


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path, desk_name: str, seed: int) -> Stage:
    fault = request.node.originalname.removeprefix("test_")

    @contextmanager
    def opened(cluster: Cluster, bootstrap: str | None = None) -> Iterator[Scene]:
        scene = Scene(cluster, tmp_path, desk_name, seed, bootstrap=bootstrap or cluster.bootstrap)
        try:
            yield scene
            figures = judge(scene)
        finally:
            scene.close()
        keep(fault, seed, figures)
        topics = Topics(cluster)
        for suffix in TOPICS:
            topics.delete(desk_name + suffix)

    return opened
