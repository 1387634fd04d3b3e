"""What is shown of a ticket: the present, the history, and in which language."""

import pytest

from tests.cli.runs import Shell


@pytest.fixture
def ticket(shell: Shell) -> str:
    shell.ok("agent", "add", "小王")
    shell.ok("group", "form", "first-line", "--name", "en=First line", "--name", "zh=一线")
    shell.ok("group", "add-member", "first-line", "小王")
    number = str(
        shell.json(
            *["ticket", "open", "--from", "li@example.cn", "--name", "李雷"],
            *["--subject", "打印机坏了", "--message", "第一行\n第二行", "--group", "first-line"],
        )["number"]
    )
    shell.ok("ticket", "take", number, "--as", "小王")
    shell.ok("ticket", "pend", number, "--reason", "customer", "--until", "2099-01-02")
    return number


def test_a_ticket_is_shown_for_people(shell: Shell, ticket: str) -> None:
    told = shell.ok("ticket", "show", ticket)
    for line in (
        "subject      打印机坏了",
        "responsible  小王 (First line)",
        "customer     李雷",
        "channel      phone",
    ):
        assert line in told
    assert "(customer 2099-01-02 00:00)" in told


def test_a_ticket_is_shown_in_chinese(shell: Shell, ticket: str) -> None:
    told = shell.ok("ticket", "show", ticket, "--language", "zh")
    assert "负责方    小王 (一线)" in told
    assert "状态      等待客户（自" in told


def test_the_history_says_when_what_and_who(shell: Shell, ticket: str) -> None:
    told = shell.ok("ticket", "history", ticket)
    assert "Customer wrote · 管理员" in told
    assert "      │ 第一行\n      │ 第二行" in told
    assert "responsible: First line → 小王 (First line); reason: taken" in told
    assert "status: open → pending; reason: customer; until: 2099-01-02 00:00" in told


def test_the_history_is_told_in_chinese(shell: Shell, ticket: str) -> None:
    shell.run("ticket", "reopen", ticket)
    told = shell.ok("--language", "zh", "ticket", "history", ticket)
    assert "负责方：一线 → 小王 (一线)" in told
    assert "工单处于 等待客户 状态，尚未解决" in told


def test_the_history_in_json_has_every_event_with_its_position(shell: Shell, ticket: str) -> None:
    shown = shell.json("ticket", "history", ticket)
    events = shown["events"]
    assert [one["version"] for one in events] == [1, 2, 3, 4, 5]
    assert events[1]["event"]["text"] == "第一行\n第二行"
    assert events[2]["actor"]["kind"] == "agent"
    sequences = [one["position"]["sequence"] for one in events]
    assert sequences == sorted(set(sequences))


def test_a_ticket_is_named_by_number_id_and_stream(shell: Shell, ticket: str) -> None:
    shown = shell.json("ticket", "show", ticket)
    identity = shown["id"]
    for name in (identity, identity.upper(), f"ticket/{identity}"):
        assert shell.json("ticket", "show", name) == shown


def test_texts_cannot_steer_the_terminal(shell: Shell) -> None:
    text = "\x1b[31mred\x1b[0m [bold]x[/bold] \u202eback :smile:"
    number = str(shell.json("ticket", "open", "--subject", text, "--message", text)["number"])
    for command in ("show", "history"):
        told = shell.ok("ticket", command, number)
        assert "\x1b" not in told
        assert "\u202e" not in told
        assert "[bold]x[/bold]" in told
        assert ":smile:" in told


def test_answers_are_told_in_chinese(shell: Shell, ticket: str) -> None:
    assert "已完成" in shell.ok("--language", "zh", "ticket", "note", ticket, "x")
    assert "无需变更" in shell.ok(
        "--language", "zh", "ticket", "pend", ticket, "--reason", "customer"
    )
    assert "已拒绝。请说明工单如何解决" in shell.fails(
        1, "--language", "zh", "ticket", "solve", ticket
    )


def test_the_language_can_be_set_for_good(
    shell: Shell, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLEDGER_LANGUAGE", "zh")
    assert "负责方" in shell.ok("ticket", "show", ticket)
    assert "responsible" in shell.ok("ticket", "show", ticket, "--language", "en")


def test_refusals_name_people_and_the_desks_time(shell: Shell, ticket: str) -> None:
    told = shell.fails(1, "ticket", "take", ticket)
    assert "Agent 小王 has had the ticket since 20" in told
    assert "Z" not in told
