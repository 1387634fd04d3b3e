from pathlib import Path

import pytest

from tests.cli.runs import Shell, made_desk


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DESK", "DESK_KEY", "AS", "LANGUAGE", "WAIT_SECONDS"):
        monkeypatch.delenv(f"DESKLEDGER_{name}", raising=False)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return made_desk(tmp_path / "desk")
