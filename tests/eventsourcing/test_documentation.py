"""docs/eventsourcing.md says what is so."""

from pathlib import Path

from deskledger.eventlog.control import BYTES_MAX, EVENTS_MAX
from deskledger.eventlog.eventsourcing.inserting import ATTEMPTS_MAX
from tests.cli.runs import Shell
from tests.eventsourcing.documentation import PAGE, blocks, exported, run


def test_the_example_runs_with_the_two_settings_that_the_page_names(tmp_path: Path) -> None:
    Shell(tmp_path / "desk").ok("init", "--zone", "UTC")
    rooms, following = blocks("python")
    settings = exported()
    assert set(settings) == {"PERSISTENCE_MODULE", "DESKLEDGER_DESK"}
    printed = run(rooms, tmp_path, settings)
    assert printed in blocks("")
    assert Shell(tmp_path / "desk").json("verify")["holds"]
    lines = run(following, tmp_path, {}).splitlines()
    assert sum(line.endswith(" app/rooms EventStored") for line in lines) == 3
    assert any(" desk " in line for line in lines), "the desk's own events are there, too"


def test_the_limits_that_the_page_names_are_those_of_the_ledger() -> None:
    assert f"more than {EVENTS_MAX} events" in PAGE
    assert f"or {BYTES_MAX:,} bytes" in PAGE
    assert f"overtook it {ATTEMPTS_MAX} times" in PAGE
