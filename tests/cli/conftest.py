from pathlib import Path

import pytest

from tests.cli.filled import filled
from tests.cli.runs import Shell, made_desk


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DESK", "DESK_KEY", "AS", "LANGUAGE", "WAIT_SECONDS"):
        monkeypatch.delenv(f"DESKLEDGER_{name}", raising=False)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return made_desk(tmp_path / "desk")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A filled desk for tests that leave its tickets as they are."""
    return filled(made_desk(tmp_path_factory.mktemp("tables") / "desk"))


@pytest.fixture
def own(shell: Shell) -> Shell:
    """A filled desk for one test alone."""
    return filled(shell)
