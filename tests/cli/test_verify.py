"""Verify and checkpoint from the command line: what is told, and with which exit code."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.cli.runs import Shell


@pytest.fixture
def checkpoint(shell: Shell, tmp_path: Path) -> Path:
    shell.ok("ticket", "open")
    shell.ok("checkpoint", "--output", tmp_path / "checkpoint.json")
    return tmp_path / "checkpoint.json"


def test_a_ledger_that_holds_is_told_so(shell: Shell, checkpoint: Path) -> None:
    result = shell.run("verify")
    assert result.exit_code == 0
    assert "The ledger holds: 12 lanes" in result.stdout
    assert "--against" in result.stderr
    shell.ok("ticket", "open")
    against = shell.run("verify", "--against", checkpoint)
    assert (against.exit_code, against.stderr) == (0, "")


def test_verify_answers_in_json(shell: Shell, checkpoint: Path) -> None:
    answer = shell.json("verify", "--against", checkpoint)
    assert (answer["holds"], answer["checkpoint"], answer["differences"]) == (True, True, [])
    assert answer["lanes"] == json.loads(checkpoint.read_text())["lanes"]


def test_a_file_that_is_no_checkpoint_is_named(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "no-checkpoint.json"
    file.write_text("[]", encoding="utf-8")
    assert shell.fails(2, "verify", "--against", file).startswith(f"Error: {file}: ")


def test_a_changed_record_is_named_by_lane_record_and_stream(shell: Shell) -> None:
    stream = shell.json("ticket", "open")["stream"]
    connection = sqlite3.connect(shell.directory / "ledger.sqlite")
    with connection:
        (changed,) = connection.execute(
            "UPDATE record SET value = CAST(replace(value, 'phone', 'phxne') AS BLOB)"
            " WHERE stream = (SELECT key FROM stream WHERE name = ?) RETURNING id",
            (stream,),
        ).fetchone()
    connection.close()
    place = {"lane": changed >> 40, "record": changed & (1 << 40) - 1, "stream": stream}
    result = shell.run("verify")
    assert result.exit_code == 1
    assert "lane {lane}, record {record}, {stream}:".format(**place) in result.stdout
    difference = json.loads(shell.run("verify", "--json").stdout)["differences"][0]
    assert {name: difference[name] for name in place} == place
    assert "账本有 1 处不符" in shell.run("verify", "--language", "zh").stdout


def test_a_checkpoint_of_another_desk_is_a_difference(checkpoint: Path, tmp_path: Path) -> None:
    other = Shell(tmp_path / "other")
    other.ok("init", "--zone", "UTC")
    result = other.run("verify", "--against", checkpoint)
    assert result.exit_code == 1
    assert "desk should be" in result.stdout


def test_a_checkpoint_goes_to_stdout_and_needs_no_key(shell: Shell) -> None:
    (shell.directory / "desk.key").unlink()
    assert json.loads(shell.ok("checkpoint"))["format"] == 1
    shell.ok("verify")


def test_a_checkpoint_replaces_an_older_one_at_once(shell: Shell, checkpoint: Path) -> None:
    before = checkpoint.read_text()
    shell.ok("ticket", "open")
    assert shell.json("checkpoint", "-o", checkpoint) == {"file": str(checkpoint)}
    assert checkpoint.read_text() != before
    assert [path.name for path in checkpoint.parent.glob(".*")] == []


@pytest.mark.parametrize("name", ["ledger.sqlite", "vault.sqlite", "desk.key"])
def test_a_file_of_the_desk_is_neither_written_nor_read(
    shell: Shell, tmp_path: Path, name: str
) -> None:
    own = shell.directory / name
    link = tmp_path / "link"
    link.symlink_to(own)
    for path in (own, link):
        assert "file of the desk" in shell.fails(2, "checkpoint", "--output", path)
        assert "file of the desk" in shell.fails(2, "verify", "--against", path)
        assert "file of the desk" in shell.fails(2, "import", path, "--mapping", "helpdesk")
    shell.ok("verify")


def test_a_checkpoint_that_cannot_be_read_or_written_names_the_file(
    shell: Shell, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    assert "format 1" in shell.fails(2, "verify", "--against", broken)
    assert "missing.json" in shell.fails(2, "verify", "--against", tmp_path / "missing.json")
    assert "nowhere" in shell.fails(2, "checkpoint", "-o", tmp_path / "nowhere" / "x.json")


@pytest.mark.parametrize("name", ["", "vault.sqlite", "projections.duckdb"])
def test_what_cannot_be_written_is_told_with_the_way_out(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shell.ok("queue")
    protected, may = shell.directory / name, os.access

    def asked(path: Path, mode: int, **rest: bool) -> bool:
        return not (mode == os.W_OK and path == protected) and may(path, mode, **rest)

    monkeypatch.setattr(os, "access", asked)
    assert f"{protected} cannot be written" in shell.fails(3, "verify")
    assert "--ledger-only 证明账本" in shell.fails(3, "--language", "zh", "verify")
    assert "The ledger holds" in shell.ok("verify", "--ledger-only")
