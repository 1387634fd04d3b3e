"""docs/command-line.md names every command and exit code."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from deskledger.app.cli import failures
from deskledger.app.cli.program import COMMANDS, FAULT

DOCS = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
NOUNS = ("ticket", "customer", "agent", "group")


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(NOUNS)))
def test_a_command_is_documented(name: str) -> None:
    assert re.search(rf"`{name}\b", DOCS)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_command_on_a_noun_is_documented(noun: str) -> None:
    app = import_module(f"deskledger.app.cli.{noun}").app
    lines = [line for line in DOCS.splitlines() if f"`{noun} " in line]
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        assert any(re.search(rf"`({noun} )?{name}\b", line) for line in lines), name


def test_every_exit_code_is_documented() -> None:
    codes = {0, failures.REFUSED, failures.BAD_INPUT, failures.UNAVAILABLE, failures.DAMAGED}
    assert {int(code) for code in re.findall(r"^\| (\d) \|", DOCS, re.MULTILINE)} == codes
    assert str(FAULT) in DOCS
