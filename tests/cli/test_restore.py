"""Restoring a desk at the command line: what people are told, and what the copy can do."""

from pathlib import Path

import pytest

from tests.cli.runs import Shell

TICKET = (
    "ticket",
    "open",
    "--from",
    "ann@example.org",
    "--message",
    "没有网络",
    "--subject",
    "网络",
)


@pytest.fixture
def exported(shell: Shell, tmp_path: Path) -> Path:
    shell.ok(*TICKET)
    shell.ok("export", "--lanes", tmp_path / "lanes")
    return tmp_path / "lanes"


def test_a_restored_desk_proves_and_reads_what_the_first_one_did(
    shell: Shell, exported: Path, tmp_path: Path
) -> None:
    copy = Shell(tmp_path / "copy")
    told = copy.json("restore", exported)
    status = shell.json("status")
    assert told["desk"] == status["desk"]
    assert (told["lanes"], told["records"]) == (12, sum(one["records"] for one in status["lanes"]))
    # By hashes, every lane ends as the first desk's; that nothing else differs is proved there.
    shell.ok("checkpoint", "--output", tmp_path / "kept")
    assert "verify.alone" not in copy.ok("verify", "--against", tmp_path / "kept")
    question = ("sql", "SELECT number, id, status, opened_at, version FROM ticket")
    assert copy.json(*question)["rows"] == shell.json(*question)["rows"]


def test_without_keys_personal_values_are_erased_and_nothing_can_be_changed(
    exported: Path, tmp_path: Path
) -> None:
    copy = Shell(tmp_path / "copy")
    done = copy.run("restore", exported)
    assert done.exit_code == 0
    assert "can be read, not written" in done.stderr
    number = str(copy.json("sql", "SELECT number FROM ticket")["rows"][0]["number"])
    assert copy.json("ticket", "show", number)["subject"] is None
    assert "restored without its keys" in copy.fails(4, "ticket", "note", number, "Seen.")
    again = ("export", "--lanes", tmp_path / "again", "--keys", tmp_path / "keys")
    assert "restored without its keys" in copy.fails(4, *again)
    assert not (tmp_path / "keys").exists()
    assert "未带密钥" in copy.fails(4, "--language", "zh", "ticket", "note", number, "Seen.")


def test_parquet_is_another_form_of_the_same_export(shell: Shell, tmp_path: Path) -> None:
    shell.ok(*TICKET)
    told = shell.json("export", "--lanes", tmp_path / "lanes", "--form", "parquet")
    assert told["lanes"][0]["file"] == "lane-00.parquet"
    shell.ok("verify", "--lanes", tmp_path / "lanes")
    Shell(tmp_path / "copy").ok("restore", tmp_path / "lanes")
    assert "another form" in shell.fails(2, "export", "--lanes", tmp_path / "lanes")


def test_a_damaged_export_is_refused_with_its_place(exported: Path, tmp_path: Path) -> None:
    lane = next(
        path for path in exported.glob("lane-*.jsonl") if "TicketOpened" in path.read_text()
    )
    lane.write_text(lane.read_text().replace("TicketOpened", "TicketMoved"))
    copy = Shell(tmp_path / "copy")
    told = copy.fails(4, "restore", exported)
    assert f"{lane}, line" in told
    assert "nothing was restored" in told
    assert not copy.directory.exists()
    assert "is missing" in copy.fails(2, "restore", tmp_path)


@pytest.mark.parametrize("passphrase", [None, "正确的马电池"])
def test_with_its_keys_a_desk_is_restored_to_work_on(
    shell: Shell, tmp_path: Path, passphrase: str | None
) -> None:
    shell.ok(*TICKET, "--key", "first")
    lanes, keys = tmp_path / "lanes", tmp_path / "keys"
    lock: list[str | Path] = ["--desk-key-file", shell.directory / "desk.key"]
    if passphrase is not None:
        (tmp_path / "passphrase").write_text(passphrase + "\n", encoding="utf-8")
        lock = ["--passphrase-file", tmp_path / "passphrase"]
    told = shell.json("export", "--lanes", lanes, "--keys", keys, *lock)
    assert told["keys"] > 0
    assert keys.stat().st_mode & 0o077 == 0
    copy = Shell(tmp_path / "copy")
    made = copy.json("restore", lanes, "--keys", keys, *lock)
    assert made["keys"] == told["keys"]
    # The same command is known, the same address found, the same personal value read.
    again = copy.json(*TICKET, "--key", "first")
    assert again["repeated"] is True
    number = str(again["number"])
    assert copy.json("ticket", "show", number)["subject"] == "网络"
    assert copy.json("customer", "show", "ann@example.org")["number"]
    copy.ok("ticket", "note", number, "Seen.")
    assert (copy.directory / "desk.key").read_text() != (shell.directory / "desk.key").read_text()


def test_keys_that_do_not_open_leave_nothing(shell: Shell, exported: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    shell.ok("export", "--lanes", exported, "--keys", keys)
    Shell(tmp_path / "other").ok("init", "--zone", "UTC")
    copy = Shell(tmp_path / "copy")
    wrong = ("--desk-key-file", tmp_path / "other" / "desk.key")
    assert "does not open" in copy.fails(4, "restore", exported, "--keys", keys, *wrong)
    right = ("--desk-key-file", shell.directory / "desk.key")
    keys.write_bytes(keys.read_bytes()[:-9])
    assert "damaged, or cut" in copy.fails(4, "restore", exported, "--keys", keys, *right)
    assert not copy.directory.exists()
    assert not list(tmp_path.glob(".copy*"))
