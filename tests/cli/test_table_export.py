"""Exporting tables at the command line, with and without a process that owns them."""

from pathlib import Path

import duckdb

from tests.cli.runs import Shell
from tests.cli.test_restore import TICKET
from tests.owner.running import owner_process


def counted(directory: Path) -> int:
    with duckdb.connect(str(directory / "tables.duckdb"), read_only=True) as found:
        ((count,),) = found.execute("SELECT count(*) FROM ticket").fetchall()
    return int(count)


def test_tables_are_written_with_a_manifest(shell: Shell, tmp_path: Path) -> None:
    shell.ok(*TICKET)
    answer = shell.json("export", "--tables", tmp_path / "out")
    assert (answer["export"], answer["personal"], answer["behind"]) == ("tables", False, 0)
    assert counted(tmp_path / "out") == 1
    assert "rows of tables" in shell.ok("export", "--tables", tmp_path / "other")
    assert "数据表" in shell.ok("--language", "zh", "export", "--tables", tmp_path / "third")
    assert "not empty" in shell.fails(2, "export", "--tables", tmp_path / "out")


def test_persons_values_are_written_only_when_asked_for(shell: Shell, tmp_path: Path) -> None:
    shell.ok(*TICKET)
    shell.ok("export", "--tables", tmp_path / "out")
    assert not (tmp_path / "out" / "ticket_personal.parquet").exists()
    shell.ok("export", "--tables", tmp_path / "more", "--personal")
    assert (tmp_path / "more" / "ticket_personal.parquet").exists()


def test_one_thing_at_a_time_is_exported(shell: Shell, tmp_path: Path) -> None:
    assert "Say what" in shell.fails(2, "export")
    both = ("--lanes", tmp_path / "lanes", "--tables", tmp_path / "tables")
    assert "Say what" in shell.fails(2, "export", *both)


def test_a_process_that_owns_the_tables_writes_them_for_others(
    shell: Shell, tmp_path: Path
) -> None:
    shell.ok(*TICKET)
    with owner_process(shell.directory) as process:
        process.told("projections_current")
        shell.ok(*TICKET)
        answer = shell.json("export", "--tables", tmp_path / "out")
        (tmp_path / "file").touch()
        shell.fails(2, "export", "--tables", tmp_path / "file")
    assert answer["behind"] == 0
    assert counted(tmp_path / "out") == 2
