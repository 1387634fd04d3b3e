"""Shells complete what is typed: commands, commands on nouns, options and their values."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.runs import PROGRAM
from tests.patience import PATIENCE_SECONDS


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own program
        [*PROGRAM, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, **environment},
        timeout=PATIENCE_SECONDS,
    )


def completed(typed: str) -> list[str]:
    """What a bash that has typed this offers for the last word."""
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    return run(_DESKLEDGER_COMPLETE="complete_bash", **words).stdout.split()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("deskledger che", ["checkpoint"]),
        ("deskledger ticket re", ["reply", "resume", "reopen", "reference", "redact"]),
        ("deskledger sla e", ["explain"]),
        ("deskledger ticket hold 4711 --un", ["--until"]),
        ("deskledger ticket list --status on", ["on_hold"]),
    ],
)
def test_what_is_typed_is_completed(typed: str, offered: list[str]) -> None:
    assert completed(typed) == offered


def test_completion_is_installed_for_a_shell(tmp_path: Path) -> None:
    # Otherwise the shell is the one that the tests run in, whichever that is.
    stated = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1", "HOME": str(tmp_path)}
    done = run("--install-completion", "bash", **stated)
    assert done.returncode == 0, done.stderr
    script = tmp_path / ".bash_completions" / "deskledger.sh"
    assert "_DESKLEDGER_COMPLETE=complete_bash" in script.read_text(encoding="utf-8")
    assert str(script) in (tmp_path / ".bashrc").read_text(encoding="utf-8")


def test_the_script_of_a_shell_is_shown_wherever_one_is() -> None:
    assert "complete -o default -F" in run(_DESKLEDGER_COMPLETE="source_bash").stdout
    assert "#compdef deskledger" in run(_DESKLEDGER_COMPLETE="source_zsh").stdout
