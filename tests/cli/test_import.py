"""Import from the command line: the account, the exit code, what is wrong and where."""

from pathlib import Path

import pytest

from tests.cli.runs import Shell
from tests.history.build import COLUMNS, MAPPING

ROWS = [
    ["A1", "New", "2026-01-05 10:00", "u1", "2026-01-05 10:00", "mail", "c1", "x", "t1", "", ""],
    ["A1", "Done", "2026-01-05 11:00", "u1", "2026-01-05 10:00", "mail", "c1", "x", "t1", "", "k"],
    ["B2", "New", "2026-01-06 10:00", "u1", "2026-01-06 10:00", "mail", "c2", "x", "t1", "", ""],
]


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "acme.toml"
    path.write_text(MAPPING)
    return path


def written(path: Path, rows: list[list[str]]) -> Path:
    path.write_text("\n".join(",".join(row) for row in [list(COLUMNS), *rows]) + "\n")
    return path


def test_every_row_is_accounted_for(shell: Shell, tmp_path: Path, mapping: Path) -> None:
    log = written(tmp_path / "log.csv", ROWS)
    report = shell.json("import", log, "--mapping", mapping)
    assert (report["rows"], report["used"], report["opened"]) == (3, 3, 2)
    again = shell.json("import", log, "--mapping", mapping)
    assert (again["used"], again["already_imported"]) == (0, 3)
    assert "already imported          3" in shell.ok("import", log, "--mapping", mapping)


def test_rows_that_cannot_be_used_end_it_with_one(
    shell: Shell, tmp_path: Path, mapping: Path
) -> None:
    broken = [*ROWS, ["C3", "Unheard-of", *ROWS[2][2:]]]
    log = written(tmp_path / "log.csv", broken)
    told = shell.run("import", log, "--mapping", mapping)
    assert told.exit_code == 1
    assert "quarantined               1" in told.stdout
    assert "line 5, C3" in told.stdout
    zh = shell.run("--language", "zh", "import", log, "--mapping", mapping)
    assert "第 5 行，C3" in zh.stdout


def test_a_broken_log_changes_nothing(shell: Shell, tmp_path: Path, mapping: Path) -> None:
    before = shell.ok("checkpoint")
    log = tmp_path / "log.csv"
    log.write_bytes(written(log, ROWS).read_bytes() + b"\xff\xfe,\n")
    assert "log.csv" in shell.fails(2, "import", log, "--mapping", mapping)
    assert "missing.csv" in shell.fails(2, "import", tmp_path / "missing.csv", "--mapping", mapping)
    assert shell.ok("checkpoint") == before


def test_a_bad_mapping_names_the_place(shell: Shell, tmp_path: Path, mapping: Path) -> None:
    log = written(tmp_path / "log.csv", ROWS)
    mapping.write_text(MAPPING.replace('case = "id"', 'csae = "id"'))
    told = shell.fails(2, "import", log, "--mapping", mapping)
    assert "acme.toml" in told
    assert "row.csae" in told
    assert "helpdesk" in shell.fails(2, "import", log, "--mapping", "helpdeks")


def test_an_imported_ticket_tells_its_history(shell: Shell, tmp_path: Path, mapping: Path) -> None:
    log = written(tmp_path / "log.csv", ROWS)
    shell.ok("import", log, "--mapping", mapping)
    told = shell.ok("ticket", "history", "A1")
    assert "acme case A1" in told
    assert "status: new → solved" in told
