"""docs/command-line.md names every command and exit code; the README's commands work."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deskledger.app.cli import failures
from deskledger.app.cli.program import COMMANDS, FAULT, app
from deskledger.consumers.history.mapping_files import load_mapping
from deskledger.consumers.history.sources import columns_read

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOUNS = ("ticket", "customer", "agent", "group", "config", "view", "feed", "policy", "sla")


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(NOUNS)))
def test_a_command_is_documented(name: str) -> None:
    assert re.search(rf"`{name}\b", DOCS)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_command_on_a_noun_is_documented(noun: str) -> None:
    lines = [line for line in DOCS.splitlines() if f"`{noun} " in line]
    for name in COMMANDS[noun].load(noun).commands:
        assert any(re.search(rf"`({noun} )?{name}\b", line) for line in lines), name


def test_every_exit_code_is_documented() -> None:
    codes = {0, failures.REFUSED, failures.BAD_INPUT, failures.UNAVAILABLE, failures.DAMAGED}
    assert {int(code) for code in re.findall(r"^\| (\d) \|", DOCS, re.MULTILINE)} == codes
    assert str(FAULT) in DOCS


def steps() -> list[list[str]]:
    """The commands of the README's examples, those of the installation left out."""
    blocks = re.findall(r"^```\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    return [
        shlex.split(line, comments=True)[1:] for line in lines if line.startswith("deskledger ")
    ]


def test_the_commands_of_the_readme_work_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reads = columns_read(load_mapping("servicenow"))
    (tmp_path / "incident_event_log.csv").write_text(",".join(reads) + "\n", encoding="utf-8")
    for arguments in steps():
        done = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, (arguments, done.output)
    assert len(steps()) >= 10
