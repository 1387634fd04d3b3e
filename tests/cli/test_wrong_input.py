"""What somebody gets wrong at first: each is told at once, and nothing is done."""

import json
from pathlib import Path

import pytest

from deskledger import __version__
from deskledger.app.cli.program import COMMANDS
from tests.cli.runs import Shell


def test_the_version_is_told_without_a_desk() -> None:
    assert Shell(Path("nowhere")).ok("--version") == f"deskledger {__version__}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_offers_to_install_completion_for_itself(name: str) -> None:
    assert "completion" not in Shell(Path("nowhere")).ok(name, "--help")


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59-08:00"])
def test_a_time_that_a_zone_leads_out_of_the_calendar_is_no_time(shell: Shell, text: str) -> None:
    assert "is no time" in shell.fails(2, "ticket", "open", "--at", text)
    assert "is no time" in shell.fails(2, "queue", "--at", text)


@pytest.mark.parametrize("key", ["", " "])
def test_an_empty_key_names_nothing_and_is_not_replaced_by_a_new_one(
    shell: Shell, key: str
) -> None:
    assert "The key is empty" in shell.fails(2, "ticket", "open", "--key", key)
    assert json.loads(shell.ok("--json", "ticket", "list"))["total"] == 0


def test_a_file_in_place_of_a_name_is_told_by_its_beginning(shell: Shell) -> None:
    told = shell.fails(2, "ticket", "show", "9" * 5_000)
    assert "There is no such ticket '999" in told
    assert "…" in told
    assert len(told) < 200


def test_a_country_that_there_is_not_makes_no_desk(tmp_path: Path) -> None:
    new = Shell(tmp_path / "desk")
    assert "no country 'XX'" in new.fails(2, "init", "--zone", "UTC", "--country", "XX")
    assert not (tmp_path / "desk").exists()
    new.ok("init", "--zone", "UTC", "--country", "cn")
    new.ok("ticket", "open", "--from", "13800138000")


def test_without_a_country_a_telephone_number_as_dialled_leads_to_the_way_out(
    tmp_path: Path,
) -> None:
    desk = Shell(tmp_path / "desk")
    desk.ok("init", "--zone", "UTC")
    assert "--country CN" in desk.fails(2, "ticket", "open", "--from", "13800138000")


def test_what_is_no_address_is_told_how_addresses_are_written(shell: Shell) -> None:
    told = shell.fails(2, "ticket", "open", "--from", "王芳")
    assert "kind:address" in told
    assert "王芳" not in told


@pytest.mark.parametrize("name", ["王芳", "4711", ""])
def test_a_customer_who_is_not_there_leads_to_the_list(shell: Shell, name: str) -> None:
    assert "deskledger customer list" in shell.fails(2, "customer", "show", name)


def test_a_directory_in_place_of_a_log_is_named(shell: Shell) -> None:
    told = shell.fails(2, "import", ".", "--mapping", "servicenow")
    assert ".: the file cannot be read" in told


def test_headings_of_views_are_written_as_those_of_every_list(shell: Shell) -> None:
    assert shell.ok("view", "run", "intake").splitlines()[1].startswith("No.  Subject")


def test_what_is_not_there_is_told_as_a_sentence(shell: Shell) -> None:
    told = shell.fails(1, "config", "withdraw", "ticket-type/refund", "1")
    assert "The ticket type refund is not there" in told


def test_a_first_document_is_new_in_all_its_parts(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "refund.json"
    file.write_text('{"format": 1, "names": {"en": "Refund"}}', encoding="utf-8")
    ran = shell.run("config", "diff", "ticket-type/refund", file)
    assert ran.exit_code == 1
    assert "$.names" in ran.stdout
    assert shell.run("config", "diff", "ticket-type/refund", file, "--from", "1").exit_code == 2
    assert shell.run("config", "diff", "ticket-type/refund").exit_code == 2


def test_a_single_fault_is_told_as_one(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "refund.json"
    file.write_text('{"format": 9}', encoding="utf-8")
    assert "faults: 1." in shell.fails(2, "config", "check", "ticket-type/refund", file)
