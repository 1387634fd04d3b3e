"""The command that shows the desk's figures."""

from typing import Any

import pytest

from tests.cli.runs import Shell, made_desk


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A desk in Shanghai with two tickets of March, the first of them solved."""
    shell = made_desk(tmp_path_factory.mktemp("figures") / "desk")
    shell.ok("ticket", "open", "--at", "2026-03-01T23:30", "--channel", "email")
    (line,) = shell.json("ticket", "list")["tickets"]
    number = str(line["number"])
    shell.ok("ticket", "take", number, "--at", "2026-03-02T00:30")
    shell.ok("ticket", "solve", number, "--resolution", "fixed", "--at", "2026-03-02T02:00")
    shell.ok("ticket", "open", "--at", "2026-03-02T23:30", "--channel", "phone")
    return shell


def told(answer: dict[str, Any]) -> dict[tuple[str, str | None, str], int]:
    figures = answer["figures"]
    return {(one["period"], one["dimension"], one["figure"]): one["n"] for one in figures}


def test_a_value_belongs_to_the_day_in_the_desks_zone(worked: Shell) -> None:
    found = told(worked.json("figures", "2026-03-01/2026-03-02", "--each", "day"))
    assert found["2026-03-01", None, "opened"] == found["2026-03-01", None, "backlog"] == 1
    assert found["2026-03-02", None, "opened"] == found["2026-03-02", None, "settled"] == 1
    assert found["2026-03-02", None, "backlog"] == 1


def test_figures_are_told_by_a_dimension_and_narrowed_by_name(worked: Shell) -> None:
    answer = worked.json("figures", "2026-03", "--by", "channel", "--figure", "opened")
    assert told(answer) == {
        ("2026-03-01/2026-03-31", "email", "opened"): 1,
        ("2026-03-01/2026-03-31", "phone", "opened"): 1,
    }
    assert answer["behind"] == 0


def test_people_read_times_in_their_units_and_language(worked: Shell) -> None:
    text = worked.ok("figures", "2026-03", "--figure", "resolution_time")
    assert "Resolution time" in text
    assert "2 h 30 min" in text
    chinese = worked.ok("figures", "2026-03", "--figure", "resolution_time", "--language", "zh")
    assert "解决时间" in chinese
    assert "2 小时 30 分" in chinese


def test_agents_and_groups_are_shown_by_name(worked: Shell) -> None:
    text = worked.ok("figures", "2026-03", "--by", "agent", "--figure", "settled")
    assert "管理员" in text


def test_a_period_without_anything_says_so(worked: Shell) -> None:
    assert "Nothing was counted" in worked.ok("figures", "2025-W07", "--figure", "settled")


@pytest.mark.parametrize("period", ["2026", "2026-13", "2026-W60", "soon", "2026-03-02/2026-03-01"])
def test_what_is_no_period_is_bad_input(worked: Shell, period: str) -> None:
    assert worked.fails(2, "figures", period)


def test_an_unknown_figure_is_bad_input_that_names_the_known_ones(worked: Shell) -> None:
    assert "resolution_time" in worked.fails(2, "figures", "2026-03", "--figure", "solved")
