from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.shapes import Actor
from deskledger.eventlog.vault.vault import Vault
from deskledger.eventlog.writing.requests import Request
from tests.eventlog.build import DESK
from tests.eventlog.vaults import KEY


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk.create(tmp_path_factory.mktemp("module") / "desk", NewDesk(zone="UTC")) as made:
        yield made


@pytest.fixture(scope="module")
def agent(desk: Desk) -> Request:
    return Request(Actor(kind="agent", id=desk.first_agent()), "cli", "test")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    Vault.create(tmp_path, DESK, KEY)
    return tmp_path


@pytest.fixture
def vault(directory: Path) -> Iterator[Vault]:
    with Vault.open(directory, DESK, KEY, deadline_seconds=0.2) as opened:
        yield opened
