"""docs/people.md: its commands work one after the other, and so do its questions to the tables."""

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deskledger.app.cli.program import app

DOCUMENT = (Path(__file__).parents[2] / "docs" / "people.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(kind: str) -> list[str]:
    return [text for found, text in BLOCK.findall(DOCUMENT) if found == kind]


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, (arguments, done.output)
    return done.stdout


def test_the_commands_of_the_document_work_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [line for block in blocks("") for line in block.splitlines()]
    for line in lines:
        program, *arguments = shlex.split(line)
        assert program == "deskledger"
        run(*arguments)
    assert len(lines) >= 20
    hours, members = (
        json.loads(run("--desk", "desk", "--json", "sql", question)) for question in blocks("sql")
    )
    assert [row["hours"] for row in hours["rows"]] == [0]
    assert [row["lead"] for row in members["rows"]] == [False]
    kept = json.loads(run("--desk", "desk", "--json", "customer", "show", "firm@example.cn"))
    assert len(kept["identities"]) == 2
    older = json.loads(run("--desk", "desk", "--json", "customer", "show", "wang@mail.example"))
    assert older["merged_into"] is None
    assert older["personal_fields"]["name"] == "Wang"
