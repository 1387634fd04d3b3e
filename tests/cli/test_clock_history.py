"""A ticket's history tells in a line what was recorded of its clocks."""

from pathlib import Path

from tests.cli.runs import Shell
from tests.cli.test_clock_status import promised


def test_a_history_tells_how_clocks_stood_and_what_was_believed_before(
    shell: Shell, tmp_path: Path
) -> None:
    promised(shell, tmp_path, "P2D")
    (listed,) = shell.json("ticket", "list")["tickets"]
    number = str(listed["number"])
    answered = shell.ok("ticket", "reply", number, "On it")
    assert "Replied, Activated, Clock fulfilled" in answered
    told = shell.ok("ticket", "history", number)
    assert "First response: running; due: " in told
    assert "all: 2 working days, always" in told
    assert "First response: met; due: " in told
    assert "首次响应：已达成；到期时间：" in shell.ok(
        "ticket", "history", number, "--language", "zh"
    )
