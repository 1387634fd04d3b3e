"""Chinese text has Chinese marks, and a name where English has one."""

from tests.cli.runs import Shell


def told_history(shell: Shell, language: str) -> str:
    number = str(shell.json("ticket", "open", *_opening())["number"])
    shell.ok("ticket", "reply", number, "好的", "--key", "r")
    return shell.ok("--language", language, "ticket", "history", number)


def _opening() -> tuple[str, ...]:
    return ("--from", "li@example.cn", "--subject", "泵有异响", "--key", "k")


def test_facts_of_a_history_stand_between_chinese_marks(shell: Shell) -> None:
    told = told_history(shell, "zh")
    assert "主题：泵有异响；" in told
    assert "客户：客户 " in told
    assert "（li@example.cn）；渠道" in told
    assert ": " not in told.replace("│ ", "")
    assert "subject: 泵有异响; " in told_history(shell, "en")


def test_what_a_command_did_is_listed_with_chinese_marks(shell: Shell) -> None:
    shell.ok("ticket", "open", *_opening())
    number = str(shell.json("ticket", "open", *_opening())["number"])
    told = shell.ok("--language", "zh", "ticket", "reply", number, "好的")
    assert "（回复、开始处理）" in told
