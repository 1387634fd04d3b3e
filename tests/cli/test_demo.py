"""The demo: made once, proved and shown; and it leaves other desks alone."""

from pathlib import Path

import duckdb
import pytest

from tests.cli.runs import Shell

SMALL = ["demo", "--seed", "7", "--tickets", "60", "--weeks", "1"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("demo") / "desk")
    first = shell.json(*SMALL)
    assert (first["reused"], first["holds"]) == (False, True)
    assert sum(first["tickets"].values()) >= 60
    return shell


def test_a_second_run_uses_the_desk_again(demo: Shell) -> None:
    again = demo.json(*SMALL)
    assert (again["reused"], again["commands"]) == (True, 0)


def test_the_demo_shows_queue_history_and_what_to_try(demo: Shell) -> None:
    told = demo.ok(*SMALL)
    for part in (
        "The ledger holds",
        "The tables hold",
        "The queue, most urgent first",
        "The oldest open tickets",
        "What is late, and what is due next",
        "All that happened to one ticket",
        "Opened ·",
        "What to try next",
    ):
        assert part in told


def test_the_demo_is_told_in_chinese(demo: Shell) -> None:
    told = demo.ok(*SMALL, "--language", "zh")
    assert "账本无误" in told
    assert "接下来可以尝试" in told


def test_tables_of_the_demo_fit_80_columns_with_wide_characters(demo: Shell) -> None:
    from rich.cells import cell_len  # noqa: PLC0415 - the measure of this one test

    told = demo.ok(*SMALL)
    tables = told.partition("The queue, most")[2].partition("All that happened")[0]
    assert "Promise" in tables
    assert max(map(cell_len, tables.splitlines())) <= 80


def test_tables_of_another_version_are_made_anew_by_the_demo_alone(demo: Shell) -> None:
    with duckdb.connect(str(demo.directory / "projections.duckdb")) as connection:
        connection.execute("UPDATE file SET value = 'older' WHERE name = 'fingerprint'")
    assert "deskledger rebuild" in demo.fails(3, "queue")
    assert "deskledger rebuild" in demo.ok("status")
    assert demo.json(*SMALL)["holds"] is True
    demo.ok("queue")


def test_the_demo_writes_only_into_a_desk_of_its_own(shell: Shell, demo: Shell) -> None:
    before = shell.ok("checkpoint")
    assert "no demo has made" in shell.fails(2, *SMALL)
    assert shell.ok("checkpoint") == before
    assert "another demo" in demo.fails(2, "demo", "--seed", "8", "--tickets", "60", "--weeks", "1")


def test_a_demo_of_an_impossible_size_is_bad_input(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "desk")
    assert "1 to" in shell.fails(2, "demo", "--seed", "1", "--tickets", "0")
    assert not shell.directory.exists()
