"""`deskledger sla check`: what it prints, in which language, and how it ends."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deskledger.app.cli.program import app
from deskledger.domain.sla.text import BYTES_MAX
from tests.cli.runs import Shell, made_desk
from tests.sla.examples import clock, document


def written(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


def lines(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    done = run("--json", "sla", "check", *arguments)
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_where_all_holds_the_code_is_0(tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", document(clock(state="running", used="PT30M")))
    code, told = lines(file)
    assert code == 0
    assert told == [
        {"file": str(file), "id": "example", "holds": True, "faults": [], "differences": []}
    ]
    assert run("sla", "check", file).stdout == f"{file}: holds (1 expectations).\n"


def test_each_difference_is_told_with_times_in_utc_and_the_code_is_1(tmp_path: Path) -> None:
    wrong = clock(state="met", due="2026-06-08T12:00:00+02:00", used="PT31M", margin="PT30M")
    code, told = lines(written(tmp_path / "a.json", document(clock(used="PT30M"), wrong)))
    assert code == 1
    assert told[0]["holds"] is False
    assert sorted(told[0]["differences"], key=lambda one: str(one["key"])) == [
        {
            "expectation": 1,
            "key": "due",
            "expected": "2026-06-08T10:00:00Z",
            "actual": "2026-06-08T09:00:00Z",
        },
        {"expectation": 1, "key": "state", "expected": "met", "actual": "running"},
        {"expectation": 1, "key": "used", "expected": "PT31M", "actual": "PT30M"},
    ]


def test_differences_are_in_the_order_of_the_file_and_of_its_keys(tmp_path: Path) -> None:
    later = clock(at="2026-06-08T10:40:00+02:00", used="PT1M", state="met")
    code, told = lines(written(tmp_path / "a.json", document(later, clock(margin="PT1M"))))
    assert code == 1
    found = [(one["expectation"], one["key"]) for one in told[0]["differences"]]
    assert found == [(0, "state"), (0, "used"), (1, "margin")]


def test_lengths_by_status_and_instants_of_calendars_are_compared(tmp_path: Path) -> None:
    at = "2026-06-08T10:30:00+02:00"
    file = written(
        tmp_path / "a.json",
        document(
            {"at": at, "time_in": {"new": "PT10M", "open": "PT0S"}, "next_due": None},
            {"calendar": "office", "from": at, "add": "PT8H", "gives": at},
            {"calendar": "office", "from": at, "to": at, "working": "PT1S"},
        ),
    )
    told = lines(file)[1][0]["differences"]
    assert {(one["key"], json.dumps(one["actual"])) for one in told} == {
        ("time_in", '{"new": "PT30M"}'),
        ("next_due", '"2026-06-08T09:00:00Z"'),
        ("gives", '"2026-06-09T08:30:00Z"'),
        ("working", '"PT0S"'),
    }


@pytest.mark.parametrize(
    ("language", "header", "summary"),
    [("en", "Expectation", "1 differences."), ("zh", "预期", "1 处不符。")],
)
def test_people_read_a_table_of_differences_in_their_language(
    tmp_path: Path, language: str, header: str, summary: str
) -> None:
    file = written(tmp_path / "a.json", document(clock(state="met")))
    done = run("--language", language, "sla", "check", file)
    first, second, third = done.stdout.splitlines()
    assert first.endswith(summary)
    assert second.startswith(header)
    assert third.split() == ["$.expect[0]", "state", "met", "running"]


def test_the_highest_code_of_several_files_is_that_of_all(tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", document(clock(state="running")))
    other = written(tmp_path / "other.json", document(clock(state="met")))
    bad = written(tmp_path / "bad.json", document(format=2))
    assert [lines(*files)[0] for files in ([good], [good, other], [bad, good, other])] == [0, 1, 2]
    told = lines(bad, good)[1]
    assert [(one["id"], one["holds"]) for one in told] == [("example", False), ("example", True)]


def test_a_file_that_cannot_be_read_is_a_fault_of_its_whole_text(tmp_path: Path) -> None:
    for file in (tmp_path / "missing.json", tmp_path):
        code, told = lines(file)
        assert code == 2
        assert [fault["path"] for fault in told[0]["faults"]] == ["$"]
        assert told[0]["id"] is None


def test_a_file_of_a_desk_is_never_opened(tmp_path: Path) -> None:
    shell = made_desk(tmp_path / "desk")
    result = shell.run("sla", "check", shell.directory / "ledger.sqlite")
    assert result.exit_code == 2
    assert "is a file of the desk itself" in result.output


def test_a_file_of_a_hundred_megabytes_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "long.json"
    with file.open("wb") as sparse:
        sparse.truncate(100_000_000)
    code, told = lines(file)
    assert code == 2
    assert str(BYTES_MAX) in told[0]["faults"][0]["message"]


def test_zones_are_those_of_the_pinned_package_whatever_the_machine_has(tmp_path: Path) -> None:
    """A machine on which Berlin is said to have the clock of Kathmandu changes nothing."""
    wrong = tmp_path / "zones" / "Europe"
    wrong.mkdir(parents=True)
    kathmandu = files("tzdata.zoneinfo").joinpath("Asia", "Kathmandu").read_bytes()
    (wrong / "Berlin").write_bytes(kathmandu)
    opens = {"calendar": "office", "from": "2026-06-08T00:00:00Z", "add": "PT1H"}
    file = written(tmp_path / "a.json", document({**opens, "gives": "2026-06-08T08:00:00Z"}))
    environment = {"PYTHONTZPATH": str(wrong.parent)}
    done = Shell(tmp_path / "none").process("sla", "check", file, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
