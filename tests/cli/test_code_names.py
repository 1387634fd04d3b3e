"""People read what the desk calls its codes, in their language; data keeps the codes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runs import Shell

DESK: dict[str, Any] = {
    "format": 2,
    "zone": "Asia/Shanghai",
    "country": "CN",
    "locales": ["zh-Hans"],
    "channels": [{"code": "email", "names": {"zh": "邮件", "en": "Email"}}],
    "inboxes": [{"code": "shop", "names": {"zh": "商城"}}],
    "types": [{"code": "refund", "names": {"zh-Hans": "退款", "en": "Refund"}}, {"code": "other"}],
    "priorities": [{"code": "low"}, {"code": "high", "names": {"zh": "高"}}],
    "tiers": [{"code": "vip", "names": {"zh": "贵宾"}}],
    "tags": [{"code": "late", "names": {"zh": "迟到"}}, {"code": "loud"}],
    "resolutions": [{"code": "paid", "names": {"zh": "已退款"}}],
    "reasons": {
        "hold": [{"code": "supplier", "names": {"zh": "等待供应商"}}],
        "pend": [{"code": "supplier", "names": {"zh": "等待客户的供应商"}}],
    },
}
REFUND: dict[str, Any] = {
    "format": 1,
    "fields": [
        {"code": "order", "names": {"zh": "订单号"}, "type": "text"},
        {
            "code": "way",
            "names": {"zh": "方式"},
            "type": "choice",
            "choices": [{"code": "card", "names": {"zh": "银行卡"}}, {"code": "cash"}],
        },
    ],
}


def published(shell: Shell, folder: Path, name: str, document: dict[str, Any]) -> None:
    file = folder / "document.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    shell.ok("config", "publish", name, file)


@pytest.fixture
def ticket(shell: Shell, tmp_path: Path) -> str:
    published(shell, tmp_path, "desk", DESK)
    published(shell, tmp_path, "ticket-type/refund", REFUND)
    stated = ("--channel", "email", "--inbox", "shop", "--type", "refund", "--priority", "high")
    fields = ("--field", "order=X1", "--field", "way=card", "--tag", "loud")
    number = str(shell.json("ticket", "open", "--tier", "vip", *stated, *fields)["number"])
    shell.ok("ticket", "tag", number, "late", "--remove", "loud")
    shell.ok("ticket", "hold", number, "--reason", "supplier")
    return number


def chinese(shell: Shell, *arguments: str) -> str:
    return shell.ok("--language", "zh", *arguments)


def test_a_history_tells_codes_by_the_desks_names(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "prioritise", ticket, "--priority", "low")
    shell.ok("ticket", "fields", ticket, "way=cash")
    shell.ok("ticket", "take", ticket)
    shell.ok("ticket", "solve", ticket, "--resolution", "paid")
    told = chinese(shell, "ticket", "history", ticket)
    for part in (
        "种类：请求；渠道：邮件；收件处：商城；类型：退款；优先级：高；等级：贵宾；",
        "标签：loud；订单号：X1；方式：银行卡",
        "新增：迟到；移除：loud",
        "状态：新建 → 挂起；原因：等待供应商",
        "优先级：高 → low",
        "方式：银行卡 → cash",
        "原因：认领",
        "解决方式：已退款",
    ):
        assert part in told


def test_a_code_without_a_name_in_the_language_stays(shell: Shell, ticket: str) -> None:
    told = shell.ok("ticket", "history", ticket)
    assert "channel: Email; inbox: shop; type: Refund; priority: high; tier: vip" in told
    assert "tags: loud; order: X1; way: card" in told
    assert "reason: supplier" in told


def test_a_sheet_and_the_lists_tell_the_names(shell: Shell, ticket: str) -> None:
    shown = chinese(shell, "ticket", "show", ticket)
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in shown.splitlines()[1:]}
    assert lines["类型"] == "退款"
    assert lines["渠道"] == "邮件 商城"
    assert lines["字段"] == "订单号=X1、方式=银行卡"
    assert lines["标签"] == "迟到"
    assert lines["状态"].endswith("（等待供应商）")
    for command in (("ticket", "list"), ("queue", "--waiting")):
        assert " 高 " in chinese(shell, *command)
    counted = chinese(shell, "figures", "--figure", "opened", "--by", "type")
    assert "退款" in counted


def test_data_keeps_the_codes(shell: Shell, ticket: str) -> None:
    shown = shell.json("--language", "zh", "ticket", "show", ticket)
    assert (shown["type_code"], shown["priority"], shown["tags"]) == ("refund", "high", ["late"])
    assert shown["fields"] == {"order": "X1", "way": "card"}
    opened = shell.json("--language", "zh", "ticket", "history", ticket)["events"][0]["event"]
    assert (opened["channel"], opened["type_code"]) == ("email", "refund")


def test_what_a_desk_has_dropped_keeps_its_name(shell: Shell, ticket: str, tmp_path: Path) -> None:
    published(shell, tmp_path, "ticket-type/refund", {"format": 1, "fields": []})
    published(shell, tmp_path, "desk", DESK | {"types": [{"code": "other"}], "tiers": None})
    told = chinese(shell, "ticket", "show", ticket)
    assert "退款" in told
    assert "贵宾" in told
    assert "订单号=X1" in told


def test_customers_are_listed_by_the_names_of_their_tiers(shell: Shell, ticket: str) -> None:
    assert ticket
    number = shell.json("customer", "add", "li@example.cn", "--tier", "vip")["number"]
    assert "贵宾" in chinese(shell, "customer", "list")
    assert "贵宾" in chinese(shell, "customer", "show", str(number))
