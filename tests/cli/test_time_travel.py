"""Time travel at the command line: what was believed then, beside what is known now."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runs import Shell


def ago(**much: float) -> str:
    return (datetime.now(UTC) - timedelta(**much)).isoformat()


def position(shell: Shell) -> list[str]:
    """Where the lanes are, as options."""
    lanes = shell.json("status")["lanes"]
    return [
        part
        for lane in lanes
        if lane["sequence"]
        for part in ("--position", f"{lane['lane']}:{lane['sequence']}")
    ]


@pytest.fixture
def opened(shell: Shell) -> dict[str, Any]:
    """A ticket of two days ago that is recorded now."""
    opening = ("--subject", "泵", "--at", ago(days=2))
    return shell.json("ticket", "open", *opening)


def test_a_late_fact_is_shown_beside_what_was_believed(
    shell: Shell, opened: dict[str, Any]
) -> None:
    number, then = str(opened["number"]), position(shell)
    shell.ok("ticket", "solve", number, "--resolution", "fixed", "--at", ago(days=1))
    told = shell.json("ticket", "show", number, *then)
    assert told["believed"]["status"] == "new"
    assert told["known_now"]["status"] == "solved"
    assert "status" in told["differs"]
    assert told["believed"]["subject"] == told["known_now"]["subject"] == "泵"
    text = shell.ok("ticket", "show", number, *then)
    assert "Known now about then" in text
    assert "new" in text
    assert "solved" in text
    assert "现在所知的当时情况" in shell.ok("--language", "zh", "ticket", "show", number, *then)


def test_what_was_not_recorded_then_is_told_so(shell: Shell, opened: dict[str, Any]) -> None:
    number = str(opened["number"])
    told = shell.json("ticket", "show", number, "--at", ago(days=1))
    assert told["believed"] is None
    assert told["known_now"]["status"] == "new"
    assert "recorded later" in shell.ok("ticket", "show", number, "--at", ago(days=1))
    assert "had not begun" in shell.fails(2, "ticket", "show", number, "--at", ago(days=3))
    assert "has not come" in shell.fails(2, "ticket", "show", number, "--at", ago(days=-1))


def test_where_nothing_was_late_nothing_is_beside_it(shell: Shell, opened: dict[str, Any]) -> None:
    number, then = str(opened["number"]), position(shell)
    shell.ok("ticket", "solve", number, "--resolution", "fixed")
    told = shell.json("ticket", "show", number, *then)
    assert told["differs"] == []
    assert "Known now" not in shell.ok("ticket", "show", number, *then)


def test_the_history_of_then_keeps_apart_what_was_recorded_since(
    shell: Shell, opened: dict[str, Any]
) -> None:
    number, then = str(opened["number"]), position(shell)
    shell.ok("ticket", "note", number, "Late.", "--at", ago(days=1))
    shell.ok("ticket", "note", number, "Afterwards.")
    told = shell.json("ticket", "history", number, *then)
    assert [one["event"]["type"] for one in told["events"]] == ["TicketOpened"]
    assert [one["event"]["text"] for one in told["recorded_since"]] == ["Late."]
    text = shell.ok("ticket", "history", number, *then)
    assert text.index("Recorded since") < text.index("Late.")
    assert "Afterwards" not in text


def test_the_queue_and_the_tables_are_those_of_then(
    shell: Shell, opened: dict[str, Any], tmp_path: Path
) -> None:
    number, then = str(opened["number"]), position(shell)
    shell.ok("ticket", "solve", number, "--resolution", "fixed")
    assert shell.json("queue")["total"] == 0
    told = shell.json("queue", *then)
    assert (told["total"], told["behind"]) == (1, 0)
    ends = {lane["lane"]: lane["sequence"] for lane in told["progress"]}
    stated = dict(one.split(":") for one in then[1::2])
    assert {lane: end for lane, end in ends.items() if end} == {
        int(lane): int(end) for lane, end in stated.items()
    }
    assert told["as_of"]
    question = ("sql", "SELECT status FROM ticket")
    assert shell.json(*question, *then)["rows"] == [{"status": "new"}]
    assert shell.json(*question)["rows"] == [{"status": "solved"}]
    assert [one["status"] for one in shell.json("ticket", "list", *then)["tickets"]] == ["new"]
    unassigned = shell.json("view", "count", *then)["counts"]
    assert unassigned != shell.json("view", "count")["counts"]
    # Nothing had been recorded a day ago, whatever has happened by then.
    assert shell.json(*question, "--at", ago(days=1))["rows"] == []
    shell.ok("export", "--tables", tmp_path / "out", *then)
    assert (tmp_path / "out" / "ticket.parquet").exists()
    assert not list(shell.directory.glob(".as-of*"))


def test_persons_values_are_not_in_tables_of_the_past(
    shell: Shell, opened: dict[str, Any], tmp_path: Path
) -> None:
    del opened
    then = position(shell)
    asked = ("sql", "SELECT subject FROM ticket_personal", "--personal", *then)
    assert "hold no personal values" in shell.fails(2, *asked)
    exporting = ("export", "--tables", str(tmp_path / "out"), "--personal", *then)
    assert "hold no personal values" in shell.fails(2, *exporting)


def test_a_snapshot_is_sealed_and_used(shell: Shell, opened: dict[str, Any]) -> None:
    number, then = str(opened["number"]), position(shell)
    (made,) = shell.json("snapshot")["snapshots"]
    assert Path(made["file"]).stat().st_mode & 0o222 == 0
    shell.ok("ticket", "solve", number, "--resolution", "fixed")
    before = shell.json("queue", *then)
    assert before["total"] == 1
    assert "Sealed" in shell.ok("snapshot")
    assert "已封存" in shell.ok("--language", "zh", "snapshot", "--at", ago(days=1))
    assert shell.json("snapshot", "--monthly")["snapshots"] == []


def test_a_checkpoint_names_a_point(shell: Shell, opened: dict[str, Any], tmp_path: Path) -> None:
    number = str(opened["number"])
    shell.ok("checkpoint", "--output", tmp_path / "kept")
    shell.ok("ticket", "solve", number, "--resolution", "fixed")
    told = shell.json("ticket", "show", number, "--position", tmp_path / "kept")
    assert told["believed"]["status"] == "new"


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (("--at", "noon"), "no time"),
        (("--position", "99:1"), "no lane 99"),
        (("--position", "0:999"), "no event 999"),
        (("--position", "nowhere"), "nowhere"),
        (("--at", "2026-01-01", "--position", "0:1"), "not both"),
    ],
)
def test_what_is_no_point_is_refused(shell: Shell, stated: tuple[str, ...], said: str) -> None:
    assert said in shell.fails(2, "queue", *stated)
