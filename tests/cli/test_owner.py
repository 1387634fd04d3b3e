"""The command line beside a process that owns the tables: the same answers, sooner."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from deskledger.projections.owner import client
from tests.cli.runs import MAIN, Shell
from tests.logged_process import LoggedProcess
from tests.owner.running import owner_process
from tests.patience import PATIENCE_SECONDS, wait_until

LOADED = "import sys, atexit; atexit.register(lambda: print('duckdb' in sys.modules)); "
ASKED: tuple[tuple[str, ...], ...] = (
    ("queue",),
    ("queue", "--waiting", "--limit", "1"),
    ("ticket", "list"),
    ("customer", "list"),
    ("ticket", "show", "A-7781"),
    ("sql", "SELECT number, status, opened_at, tags FROM ticket ORDER BY number"),
    ("sql", "SELECT subject FROM ticket_personal ORDER BY number", "--personal"),
)


@pytest.fixture
def busy(shell: Shell) -> Shell:
    asking = ("--from", "li@example.com", "--message", "泵有异响")
    shell.ok("ticket", "open", "--subject", "泵", *asking, "--reference", "shop/order/A-7781")
    shell.ok("ticket", "open", "--subject", "Noise")
    return shell


@pytest.fixture
def owner(busy: Shell) -> Iterator[LoggedProcess]:
    with owner_process(busy.directory) as process:
        process.told("projections_current")
        yield process


def status_of(shell: Shell) -> dict[str, Any]:
    """What `status` says once the owner has time to answer it, which it does not wait for."""
    told: dict[str, Any] = {}

    def answered() -> bool:
        told.update(shell.json("status"))
        return told["tables"]["owner"] is not None

    wait_until(answered)
    return told


def test_commands_answer_the_same_with_an_owner_and_without(busy: Shell) -> None:
    without = [busy.json(*arguments) for arguments in ASKED]
    plain = [busy.ok(*arguments) for arguments in ASKED]
    with owner_process(busy.directory) as process:
        process.told("projections_current")
        assert [busy.json(*arguments) for arguments in ASKED] == without
        assert [busy.ok(*arguments) for arguments in ASKED] == plain


@pytest.mark.usefixtures("owner")
def test_a_command_sees_what_the_one_before_has_written(busy: Shell) -> None:
    for more in range(3):
        opened = busy.json("ticket", "open", "--subject", f"Again {more}")
        listed = busy.json("ticket", "list", "--limit", "100")
        assert opened["number"] in [line["number"] for line in listed["tickets"]]
        assert listed["behind"] == 0


def test_a_command_asks_again_while_the_owner_has_no_time_to_greet(
    busy: Shell, owner: LoggedProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "GREETING_SECONDS", 1.0)
    monkeypatch.setenv("DESKLEDGER_WAIT_SECONDS", str(PATIENCE_SECONDS))
    owner.send_signal(signal.SIGSTOP)
    again = threading.Timer(2.5, owner.send_signal, args=(signal.SIGCONT,))
    again.start()
    assert busy.json("queue")["total"] == 2
    again.join()


def test_status_names_the_owner_and_how_far_the_tables_are_behind(
    busy: Shell, owner: LoggedProcess
) -> None:
    busy.ok("queue")
    told = status_of(busy)
    tables, lanes = told["tables"], told["lanes"]
    assert tables["owner"]["pid"] == owner.pid
    assert tables["owner"]["since"].endswith("Z")
    assert tables["trouble"] is None
    assert {(lane["behind"], lane["behind_seconds"]) for lane in lanes} == {(0, 0.0)}
    wait_until(lambda: f"process {owner.pid} since 20" in busy.ok("status"))
    owner.kill()
    owner.wait()
    assert busy.json("status")["tables"]["owner"] is None


def test_status_says_for_how_long_records_wait_that_the_tables_lack(busy: Shell) -> None:
    busy.ok("queue")
    busy.ok("ticket", "open")

    def all_wait() -> bool:
        waiting = [lane for lane in busy.json("status")["lanes"] if lane["behind"]]
        assert waiting
        return all(lane["behind_seconds"] > 0 for lane in waiting)

    # It is told in tenths of a second, which have to pass.
    wait_until(all_wait)
    assert "the oldest recorded" in busy.ok("status")


def test_rebuild_and_verify_work_beside_the_owner(busy: Shell, owner: LoggedProcess) -> None:
    assert busy.json("rebuild")["records"] > 0
    owner.told("projections_exchanged")
    assert busy.json("verify")["tables"]["differences"] == []
    assert status_of(busy)["tables"]["owner"]["pid"] == owner.pid


@pytest.mark.usefixtures("owner")
def test_bad_questions_end_as_without_an_owner(busy: Shell) -> None:
    assert "--personal" in busy.fails(2, "sql", "SELECT * FROM ticket_personal")
    assert "one SELECT" in busy.fails(2, "sql", "DELETE FROM ticket")
    assert "错误：" in busy.fails(2, "--language", "zh", "sql", "SELECT nothing FROM ticket")


def test_a_question_beyond_the_owners_limits_ends_with_3(busy: Shell) -> None:
    with owner_process(busy.directory, DESKLEDGER_QUESTION_ROWS="9") as process:
        process.told("projections_current")
        assert "narrow it down" in busy.fails(3, "sql", "FROM range(10)")
        assert "缩小范围" in busy.fails(3, "--language", "zh", "sql", "FROM range(10)")


@pytest.mark.usefixtures("owner")
def test_with_an_owner_the_queue_is_shown_without_loading_the_database(busy: Shell) -> None:
    command = [sys.executable, "-c", LOADED + MAIN, "--desk", str(busy.directory), "--json"]
    done = subprocess.run(  # noqa: S603 - our own program
        [*command, "queue"], capture_output=True, text=True, check=True
    )
    answer, loaded = done.stdout.splitlines()
    assert json.loads(answer)["total"] == 2
    assert loaded == "False"
