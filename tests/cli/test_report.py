"""Reports in the terminal and as a page that needs nothing but itself."""

import re
from pathlib import Path

import pytest

from tests.cli.runs import Shell, made_desk

NAME = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A desk in Shanghai with two tickets of March, one of them solved by a group's agent."""
    shell = made_desk(tmp_path_factory.mktemp("report") / "desk")
    shell.ok("group", "form", "first-line", "--name", f"en={NAME}", "--name", "zh=一线")
    shell.ok("ticket", "open", "--at", "2026-03-02T09:00", "--channel", "email")
    (line,) = shell.json("ticket", "list")["tickets"]
    number = str(line["number"])
    shell.ok("ticket", "take", number, "--at", "2026-03-02T10:00")
    shell.ok("ticket", "solve", number, "--resolution", "fixed", "--at", "2026-03-02T11:30")
    group = ("--group", "first-line")
    shell.ok("ticket", "open", "--at", "2026-03-03T09:00", "--channel", "phone", *group)
    return shell


@pytest.mark.parametrize(
    ("length", "period", "name"),
    [
        ("day", "2026-03-02", "2026-03-02"),
        ("week", "2026-W10", "2026-W10"),
        ("month", "2026-03-02", "2026-03"),
    ],
)
def test_a_report_tells_a_day_week_or_month(
    worked: Shell, length: str, period: str, name: str
) -> None:
    text = worked.ok("report", length, period)
    assert f"Report on {name}" in text
    assert "2 h 30 min" in text
    assert "管理员" in text
    # New for an hour, then open for an hour and a half.
    (slowest,) = (line for line in text.splitlines() if "slowest step" in line)
    assert "In status open" in slowest


def test_a_report_is_told_in_chinese(worked: Shell) -> None:
    text = worked.ok("report", "month", "2026-03", "--language", "zh")
    assert "2026-03 报表" in text
    assert "2 小时 30 分" in text


def test_a_report_can_be_about_one_agent_or_group(worked: Shell) -> None:
    whole = worked.json("report", "month", "2026-03")
    grouped = worked.json("report", "month", "2026-03", "--group", "first-line")
    opened = [
        next(one["n"] for one in told["figures"] if one["figure"] == "opened")
        for told in (whole, grouped)
    ]
    assert opened == [2, 1]
    assert whole["period"] == "2026-03"


def test_a_page_stands_alone_and_shows_the_tables_behind_its_charts(
    worked: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "march.html"
    worked.ok("report", "month", "2026-03", "--html", file)
    page = file.read_text(encoding="utf-8")
    without_script = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)\s*=|url\(|@import", without_script)
    charts, tables = without_script.count('class="chart"'), without_script.count("<table>")
    assert tables > charts >= 4
    assert "echarts.init" in page
    assert "2 h 30 min" in without_script


def test_names_cannot_become_a_part_of_the_page(worked: Shell, tmp_path: Path) -> None:
    file = tmp_path / "march.html"
    worked.ok("report", "month", "2026-03", "--html", file)
    page = file.read_text(encoding="utf-8")
    assert NAME not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_page_is_never_written_over_a_file_of_the_desk(worked: Shell) -> None:
    file = worked.directory / "ledger.sqlite"
    assert "file of the desk" in worked.fails(2, "report", "month", "2026-03", "--html", file)


def test_a_report_of_nothing_says_nothing_wrong(worked: Shell) -> None:
    assert "Report on 2025-01" in worked.ok("report", "month", "2025-01")
