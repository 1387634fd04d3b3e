"""What was recorded of a clock is explained in the same zone as the clock, mark by mark."""

import json
from pathlib import Path

import pytest

from tests.cli.runs import Shell, made_desk

MARKS = [{"name": "half", "percent": 50}, {"name": "warn", "offset": "-PT15M"}]
TARGET = {"metric": "first_response", "within": "PT2H", "marks": MARKS}
POLICY = {"name": "all", "calendar": "always", "targets": [TARGET]}


@pytest.fixture
def told(tmp_path: Path) -> str:
    """A clock of the calendar in UTC, on a desk in Shanghai, answered after its first mark."""
    shell: Shell = made_desk(tmp_path / "desk")
    file = tmp_path / "levels.json"
    file.write_text(json.dumps({"policies": [POLICY]}), encoding="utf-8")
    shell.ok("policy", "publish", file, "--at", "2026-03-02T08:00")
    opened = ("--channel", "email", "--subject", "s", "--at", "2026-03-02T09:00")
    number = str(shell.json("ticket", "open", *opened)["number"])
    shell.ok("ticket", "reply", number, "yes", "--at", "2026-03-02T10:30")
    return shell.ok("sla", "explain", number)


def test_times_of_what_was_recorded_are_in_the_zone_that_is_named(told: str) -> None:
    assert "Times are in UTC." in told
    assert "Without any pause it would be due Mon 2026-03-02 03:00 (calendar always)." in told
    recorded = told.partition("What was recorded of it:")[2]
    assert "2026-03-02 01:00  event 2: Clock started; running, due 2026-03-02 03:00" in recorded
    assert "09:00" not in recorded


def test_a_mark_that_was_recorded_is_named(told: str) -> None:
    recorded = told.partition("What was recorded of it:")[2]
    assert ": Mark reached half; " in recorded
    assert "Mark warn: 15 min before the due time." in told
