"""`vault rewrap`: another desk key for a desk in its directory."""

from pathlib import Path

import pytest

from deskledger.app import desk_key_change
from deskledger.app.desk_key_change import DeskKeyChange
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.vault.desk_key import FILE_NAME, FORMER_NAME, NEW_NAME, read_desk_key
from tests.cli.runs import Shell

NAME = "管理员"


def agents(shell: Shell) -> str:
    return shell.ok("--json", "agent", "list")


def test_a_new_desk_key_opens_what_was_sealed_and_the_old_one_nothing(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = (shell.directory / FILE_NAME).read_text().strip()
    changed = shell.json("vault", "rewrap", "--new")
    assert changed["keys"] > 0
    assert (shell.directory / FORMER_NAME).read_text().strip() == old
    assert (shell.directory / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert not (shell.directory / NEW_NAME).exists()
    assert NAME in agents(shell)
    assert shell.json("vault", "rewrap") == {"keys": 0}
    monkeypatch.setenv("DESKLEDGER_DESK_KEY", old)
    shell.fails(4, "agent", "list")


def test_a_change_that_was_interrupted_before_the_files_goes_on_with_its_key(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    change = DeskKeyChange(shell.directory, KafkaSettings(), 5.0)
    with monkeypatch.context() as patch:
        patch.setattr(desk_key_change, "replace_desk_key", interrupt)
        with pytest.raises(KeyboardInterrupt):
            change.change()
    drawn = read_desk_key(shell.directory, name=NEW_NAME)
    shell.fails(4, "agent", "list")
    assert shell.json("vault", "rewrap", "--new")["keys"] == 0
    assert read_desk_key(shell.directory) == drawn
    assert NAME in agents(shell)


def test_a_desk_key_that_is_a_setting_stays_one(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own, new = shell.directory / FILE_NAME, shell.directory / NEW_NAME
    old = own.rename(tmp_path / "old.key")
    monkeypatch.setenv("DESKLEDGER_DESK_KEY", old.read_text().strip())
    assert str(new) in shell.ok("vault", "rewrap", "--new")
    assert not own.exists()
    monkeypatch.setenv("DESKLEDGER_DESK_KEY", new.read_text().strip())
    assert NAME in agents(shell)
    assert "remove the file" in shell.fails(2, "vault", "rewrap", "--new")
    new.unlink()
    assert shell.json("vault", "rewrap", "--former-key-file", old) == {"keys": 0}
