"""Wrong input to the commands on service levels is told in Chinese: the place, and the way out."""

import json
from pathlib import Path

import pytest

from tests.cli.runs import Shell, made_desk


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return made_desk(tmp_path / "desk")


def told(shell: Shell, *arguments: str | Path) -> str:
    return shell.fails(2, "--language", "zh", *arguments)


def test_each_fault_of_a_file_stands_behind_its_place(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "levels.json"
    calendar = {"zone": "Asia/Shangai", "weekly": {"tues": ["09:00-18:00"]}}
    file.write_text(json.dumps({"calendars": {"office": calendar}}), encoding="utf-8")
    for command in ("check", "publish"):
        lines = told(shell, "policy", command, file).splitlines()
        assert '$.calendars.office.zone：没有时区 "Asia/Shangai"，是否想用 Asia/Shanghai？' in lines
        assert any(line.endswith("可用的键：fri、mon、sat、sun、thu、tue、wed。") for line in lines)


def test_a_file_that_is_not_there_is_named(shell: Shell, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.json"
    reason = f"$：无法读取文件：{missing}：没有此文件或目录。"
    assert reason in told(shell, "policy", "check", missing)
    checked = shell.run("--language", "zh", "sla", "check", missing)
    assert (checked.exit_code, reason in checked.stdout) == (2, True)
    assert f"{missing}: No such file" in shell.fails(2, "policy", "check", missing)


def test_what_is_no_place_or_time_is_told_without_english(shell: Shell) -> None:
    assert "不是到期列表中的位置" in told(shell, "sla", "due", "--after", "x")
    assert "不是时间" in told(shell, "sla", "due", "--within", "4h")
    number = str(shell.json("ticket", "open", "--from", "li@example.cn")["number"])
    assert "尚未发布服务级别" in told(shell, "sla", "explain", number)
    customer = shell.json("customer", "list")["customers"][0]["number"]
    timeline = ("customer", "timeline", str(customer), "--after", "x")
    assert "不是往来记录中的位置" in told(shell, *timeline)
