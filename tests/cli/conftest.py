from pathlib import Path

import pytest

from deskledger.app.desk import Desk, NewDesk
from tests.cli.runs import Shell


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DESK", "DESK_KEY", "AS", "LANGUAGE", "WAIT_SECONDS"):
        monkeypatch.delenv(f"DESKLEDGER_{name}", raising=False)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell beside a new desk in the zone of Shanghai, whose first agent is 管理员."""
    directory = tmp_path / "desk"
    new = NewDesk(zone="Asia/Shanghai", country="CN", agent="管理员", email="root@desk.example")
    Desk.create(directory, new).close()
    return Shell(directory)
