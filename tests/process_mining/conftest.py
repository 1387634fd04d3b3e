"""A demo desk whose logs are exported; tests only read it."""

import pytest

from tests.cli.runs import Shell


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(tmp_path_factory.mktemp("demo") / "desk")
    made.ok("demo", "--seed", "5", "--tickets", "25", "--weeks", "2")
    return made
