"""Closing periods: their figures never drift, and are corrected only with a reason."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.runs import Shell, made_desk


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A desk in Shanghai whose February is closed with one ticket, and whose facts went on."""
    shell = made_desk(tmp_path_factory.mktemp("periods") / "desk")
    shell.ok("ticket", "open", "--at", "2026-02-10T10:00", "--channel", "email")
    shell.ok("period", "close", "2026-02")
    number = str(shell.json("ticket", "list")["tickets"][0]["number"])
    shell.ok("ticket", "solve", number, "--resolution", "fixed", "--at", "2026-02-10T12:00")
    shell.ok("ticket", "open", "--at", "2026-02-11T10:00", "--channel", "phone")
    return shell


def counts(told: list[dict[str, Any]]) -> dict[str, int]:
    wanted = {"opened", "settled", "backlog"}
    return {one["figure"]: one["n"] for one in told if one["figure"] in wanted}


def test_a_closed_period_stays_as_it_was_while_the_live_figures_go_on(closed: Shell) -> None:
    shown = closed.json("period", "show", "2026-02", "--report", "1")
    assert shown["holds"]
    assert counts(shown["figures"]["all"]) == {"opened": 1, "backlog": 1}
    live = closed.json("figures", "2026-02")
    assert counts(live["figures"]) == {"opened": 2, "settled": 1, "backlog": 1}


def test_a_correction_shows_what_is_known_since_and_keeps_the_first_report(closed: Shell) -> None:
    closed.ok("period", "correct", "2026-02", "--reason", "late_facts")
    shown = closed.json("period", "show", "2026-02")
    assert shown["holds"]
    assert counts(shown["figures"]["all"]) == {"opened": 2, "settled": 1, "backlog": 1}
    assert [one["reason"] for one in shown["reports"]] == [None, "late_facts"]
    first = closed.json("period", "show", "2026-02", "--report", "1")
    assert first["holds"]
    assert counts(first["figures"]["all"]) == {"opened": 1, "backlog": 1}


def test_people_are_told_whether_the_figures_hold(closed: Shell) -> None:
    result = closed.run("period", "show", "2026-02", "--report", "1")
    assert "These are the figures that were fixed" in result.stderr
    chinese = closed.run("period", "show", "2026-02", "--report", "1", "--language", "zh")
    assert "与固定时的指标一致" in chinese.stderr


def test_figures_as_of_a_past_time_are_those_of_then(tmp_path: Path) -> None:
    shell = made_desk(tmp_path / "desk")
    shell.ok("ticket", "open", "--at", "2026-02-10T10:00")
    then = shell.json("figures", "2026-02")
    shell.ok("ticket", "open", "--at", "2026-02-11T10:00")
    again = shell.json("figures", "2026-02", "--at", then["asked"]["known_at"])
    assert again["figures"] == then["figures"]
    assert shell.json("figures", "2026-02")["figures"] != then["figures"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("close", "2026-02"), "closed already"),
        (("close", "2999-01"), "not over"),
        (("close", "spring"), "no period"),
        (("show", "2026-01"), "close it first"),
        (("show", "2026-02", "--report", "9"), "close it first"),
    ],
)
def test_what_cannot_be_closed_or_shown_is_bad_input(
    closed: Shell, arguments: tuple[str, ...], told: str
) -> None:
    assert told in closed.fails(2, "period", *arguments)


def test_what_was_never_closed_cannot_be_corrected(closed: Shell) -> None:
    refused = closed.run("--json", "period", "correct", "2026-01", "--reason", "late_facts")
    assert refused.exit_code == 1
    assert "stream_unknown" in refused.stdout
