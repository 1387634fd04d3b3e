"""Each documented exit code, reached by a process of its own."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

from deskledger.eventlog.vault.desk_key import encode_desk_key
from tests.cli.runs import PROGRAM, Shell
from tests.patience import PATIENCE_SECONDS


def test_0_done(shell: Shell) -> None:
    done = shell.process("ticket", "open", "--subject", "打印机坏了")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Ticket ")


def test_1_refused(shell: Shell) -> None:
    shell.ok("ticket", "open", "--key", "k")
    refused = shell.process("ticket", "open", "--subject", "x", "--key", "k")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "use a new key" in refused.stderr


def test_2_bad_input(shell: Shell) -> None:
    for arguments in (["tikcet"], ["ticket", "show"], ["ticket", "show", "4711"], ["--what"]):
        bad = shell.process(*arguments)
        assert (bad.returncode, bad.stdout) == (2, "")
        assert bad.stderr.startswith("Error: ")
        assert "Traceback" not in bad.stderr


def test_2_no_desk(tmp_path: Path) -> None:
    nothing = Shell(tmp_path / "nothing").process("ticket", "open")
    assert nothing.returncode == 2
    assert "deskledger init" in nothing.stderr


def test_3_unavailable_tells_how_to_repeat_the_command(shell: Shell) -> None:
    holder = sqlite3.connect(shell.directory / "ledger.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    waits = {"DESKLEDGER_WAIT_SECONDS": "0.3"}
    held = shell.process("ticket", "open", "--key", "my-key", environment=waits)
    assert held.returncode == 3
    assert "--key my-key" in held.stderr
    held = shell.process("--json", "ticket", "open", "--key", "my-key", environment=waits)
    assert '"key":"my-key"' in held.stderr
    holder.execute("ROLLBACK")
    holder.close()
    shell.ok("ticket", "open", "--key", "my-key")


def test_4_missing_or_wrong_desk_key(shell: Shell) -> None:
    key = shell.directory / "desk.key"
    key.rename(shell.directory / "elsewhere")
    missing = shell.process("ticket", "open")
    assert missing.returncode == 4
    assert "desk.key is missing" in missing.stderr
    wrong = {"DESKLEDGER_DESK_KEY": encode_desk_key(bytes(32))}
    told = shell.process("ticket", "open", "--language", "zh", environment=wrong)
    assert told.returncode == 4
    assert "密钥" in told.stderr
    right = {"DESKLEDGER_DESK_KEY": (shell.directory / "elsewhere").read_text().strip()}
    assert shell.process("ticket", "open", environment=right).returncode == 0


def test_4_foreign_file(tmp_path: Path) -> None:
    directory = tmp_path / "desk"
    directory.mkdir()
    connection = sqlite3.connect(directory / "ledger.sqlite")
    connection.execute("CREATE TABLE song (name)")
    connection.close()
    before = (directory / "ledger.sqlite").read_bytes()
    for arguments in (["ticket", "open"], ["verify"], ["follow", "--until-now"], ["checkpoint"]):
        foreign = Shell(directory).process(*arguments)
        assert (foreign.returncode, foreign.stdout) == (4, "")
        assert "another program" in foreign.stderr
    assert Shell(directory).process("init", "--zone", "UTC").returncode == 2
    assert (directory / "ledger.sqlite").read_bytes() == before


def test_4_newer_version(shell: Shell) -> None:
    connection = sqlite3.connect(shell.directory / "ledger.sqlite", isolation_level=None)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    newer = shell.process("ticket", "open")
    assert newer.returncode == 4
    assert "update the software" in newer.stderr


def test_4_files_of_two_desks_mixed(shell: Shell, tmp_path: Path) -> None:
    other = Shell(tmp_path / "other")
    other.ok("init", "--zone", "UTC")
    shutil.copy(other.directory / "vault.sqlite", shell.directory / "vault.sqlite")
    mixed = shell.process("ticket", "open")
    assert mixed.returncode == 4
    assert "another desk" in mixed.stderr


def test_a_full_disk_stores_nothing_and_the_next_start_is_clean(shell: Shell) -> None:
    before = shell.ok("checkpoint")
    opening = ["ticket", "open", "--message", "x" * 60_000]
    full = shell.process(*opening, file_bytes_max=50_000)
    assert full.returncode == 3
    assert shell.ok("checkpoint") == before
    shell.ok(*opening)
    shell.ok("verify")


def test_a_reader_that_goes_away_is_no_error(shell: Shell) -> None:
    with shell.follow("--until-now") as follower:
        assert follower.stdout is not None
        follower.stdout.close()
        assert follower.wait(PATIENCE_SECONDS) == 0


def test_an_answer_that_cannot_be_written_can_be_asked_for_again(shell: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 - our own program
            [*PROGRAM, "--desk", str(shell.directory), "ticket", "open", "--key", "my-key"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            encoding="utf-8",
        )
    assert done.returncode == 3
    assert "--key my-key" in done.stderr
    assert "Traceback" not in done.stderr
    assert shell.json("ticket", "open", "--key", "my-key")["repeated"] is True
