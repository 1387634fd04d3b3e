"""The program as a whole: help, start-up, where options stand, init, faults."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from deskledger.app.cli import program
from deskledger.app.cli.lazy import Entry
from deskledger.app.cli.program import COMMANDS
from tests.cli.runs import Shell

NOUNS = ("ticket", "customer", "agent", "group", "config", "view", "policy", "sla")
HEAVY = ("duckdb", "pyarrow", "kafka", "cryptography", "pydantic", "deskledger.domain")


def commands(noun: str) -> dict[str, Entry]:
    """The commands on a noun, by name."""
    found: dict[str, Entry] = import_module(f"deskledger.app.cli.{noun}").COMMANDS
    return found


@pytest.mark.parametrize("noun", [None, *NOUNS])
def test_help_loads_nothing_heavy(noun: str | None) -> None:
    # Typer itself takes arguments with Pydantic, once there is one.
    heavy = HEAVY if noun is None else tuple(name for name in HEAVY if name != "pydantic")
    code = (
        "import sys; from deskledger.app.cli import main\n"
        "try: main()\n"
        f"except SystemExit: print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code, *([noun] if noun else []), "--help"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(name in done.stdout for name in (commands(noun) if noun else COMMANDS))


@pytest.mark.parametrize("noun", NOUNS)
def test_a_line_about_a_command_is_what_it_says_of_itself_first(noun: str) -> None:
    for name, entry in commands(noun).items():
        assert entry.load(name).help.split("\n\n")[0].replace("\n", " ") == entry.help


def test_commands_on_tickets_do_not_load_the_tables(shell: Shell) -> None:
    code = (
        "import sys; from deskledger.app.cli import main\n"
        "try: main()\n"
        "except SystemExit: print([n for n in ('duckdb', 'pyarrow', 'lxml') if n in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code, "--desk", shell.directory, "ticket", "open"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "command", ["checkpoint", "schema", "follow --until-now", "verify --ledger-only"]
)
def test_what_decides_nothing_does_not_load_the_rules(shell: Shell, command: str) -> None:
    code = (
        "import sys; from deskledger.app.cli import main\n"
        "try: main()\n"
        "except SystemExit: print('deskledger.domain.ticket.decide' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", code, "--desk", shell.directory, *command.split()],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(shell: Shell, name: str) -> None:
    assert COMMANDS[name].help[:20] in shell.ok(name, "--help") or "Usage" in shell.ok(name, "-h")


@pytest.mark.parametrize("noun", NOUNS)
def test_every_command_on_a_noun_has_help(shell: Shell, noun: str) -> None:
    for name in commands(noun):
        told = shell.ok(noun, name, "--help")
        assert "--json" in told
        assert "--desk" in told


def test_without_arguments_it_tells_what_there_is() -> None:
    shell = Shell(Path("nowhere"))
    assert "checkpoint" in shell.run("--help").stdout
    assert "Did you mean 'ticket'?" in shell.fails(2, "tikcet")
    assert "Try 'deskledger ticket --help'" in shell.process("ticket").stderr


def test_shared_options_stand_anywhere(shell: Shell) -> None:
    shell.ok("ticket", "open", "--key", "k")
    expected = json.loads(shell.ok("ticket", "--json", "open", "--key", "k"))
    assert expected["repeated"] is True
    nowhere = Shell(Path("nowhere"))
    directory = str(shell.directory)
    for arguments in (
        ["--json", "ticket", "open", "--key", "k", "--desk", directory],
        ["ticket", "--desk", directory, "open", "--json", "--key", "k"],
    ):
        assert json.loads(nowhere.ok(*arguments)) == expected


def test_settings_stand_in_for_options(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.ok("agent", "add", "小王")
    number = str(shell.json("ticket", "open")["number"])
    monkeypatch.setenv("DESKLEDGER_AS", "小王")
    shell.ok("ticket", "take", number)
    assert "小王" in shell.ok("ticket", "show", number)
    monkeypatch.setenv("DESKLEDGER_LANGUAGE", "fr")
    assert "DESKLEDGER_LANGUAGE: choose 'en' or 'zh'" in shell.fails(2, "status")
    monkeypatch.setenv("DESKLEDGER_LANGUAGE", "en")
    monkeypatch.setenv("DESKLEDGER_WAIT_SECONDS", "0")
    assert "DESKLEDGER_WAIT_SECONDS: " in shell.fails(2, "status")


def test_init_makes_a_desk(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "desk")
    made = shell.json(
        *["init", "--zone", "Asia/Shanghai", "--country", "CN", "--agent", "许清宁"],
        *["--email", "xu@desk.example", "--locale", "zh-Hans", "--locale", "en"],
    )
    assert (made["directory"], made["zone"]) == (str(shell.directory), "Asia/Shanghai")
    assert shell.json("agent", "show", "xu@desk.example")["id"] == made["agent"]
    assert (shell.directory / "desk.key").stat().st_mode & 0o777 == 0o600
    assert f"{shell.directory} is not empty" in shell.fails(2, "init", "--zone", "UTC")


def test_init_tells_people_to_keep_the_key(tmp_path: Path) -> None:
    result = Shell(tmp_path / "desk").run("init", "--zone", "UTC", "--language", "zh")
    assert "已在" in result.stdout
    assert "desk.key" in result.stderr


def test_init_refuses_a_zone_that_is_none_and_leaves_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "desk")
    assert "time zone" in shell.fails(2, "init", "--zone", "Atlantis")
    assert list(tmp_path.iterdir()) == []
    assert "--zone" in shell.fails(2, "init")


def test_an_error_in_json_is_one_object_on_stderr(shell: Shell) -> None:
    for arguments in (["ticket", "show", "4711"], ["ticket", "note", "1"], ["what"]):
        result = shell.run("--json", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert set(json.loads(result.stderr)) == {"error", "message", "facts"}


def test_bad_fields_are_all_named_and_their_values_are_not(shell: Shell) -> None:
    told = shell.fails(2, "ticket", "open", "--priority", "Very High", "--tag", "Not A Slug")
    assert "priority" in told
    assert "tags.0" in told
    assert "Very" not in told


def test_bad_input_changes_nothing(shell: Shell) -> None:
    before = shell.ok("checkpoint")
    for arguments in (
        ["ticket", "open", "--from", "a@example.com", "--priority", "Very High"],
        ["ticket", "open", "--from", "no address"],
        ["ticket", "open", "--subject", "x" * 1_001],
        ["ticket", "open", "--message", "x" * 65_537],
        ["ticket", "open", "--customer", "a@example.com"],
        ["ticket", "open", "--customer", "1", "--from", "a@example.com"],
        ["ticket", "open", "--at", "yesterday"],
        ["ticket", "open", "--as", "nobody"],
        ["ticket", "open", "--agent", "nobody"],
        ["ticket", "together", "new", "missing.json"],
        ["customer", "add", "a@example.com", "--tier", "Very High"],
        ["agent", "add", "x", "--skill", "a:b"],
        ["group", "form", "g", "--name", "First line"],
        ["group", "show", "g"],
        ["ticket", "show", "\udcff"],
        ["ticket", "open", "--subject", "\udcff"],
        ["ticket", "open", "--key", "\udcff"],
    ):
        shell.fails(2, *arguments)
    for commands in ("{}", "[", '[{"type": "Nothing"}]', '[{"type": "AddNote", "txt": 1}]', "[]"):
        shell.fails(2, "ticket", "together", "new", "-", stdin=commands)
    assert shell.ok("checkpoint") == before


def test_a_fault_of_the_program_has_a_code_of_its_own(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "status", Entry("no_such_module", ""))
    result = shell.run("status")
    assert result.exit_code == program.FAULT
    assert "Traceback" in result.stderr
