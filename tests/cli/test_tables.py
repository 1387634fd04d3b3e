"""The commands that ask the tables: queue, lists, references, sql, schema, rebuild, status."""

import json
from typing import Any

from tests.cli.filled import order
from tests.cli.runs import Shell


def test_the_queue_is_in_the_desks_order(busy: Shell) -> None:
    first, second, third, pending, urgent = order(busy)
    shown = busy.json("queue")
    assert [one["number"] for one in shown["entries"]] == [urgent, first, second, third]
    assert (shown["total"], shown["next"]) == (4, None)
    everything = busy.json("queue", "--waiting")
    assert pending in [one["number"] for one in everything["entries"]]


def test_the_queue_is_shown_page_by_page(busy: Shell) -> None:
    whole = busy.json("queue")["entries"]
    found: list[dict[str, Any]] = []
    place: str | None = None
    while place is not None or not found:
        page = busy.json("queue", "--limit", "1", *(["--after", place] if place else []))
        found += page["entries"]
        place = page["next"]
    assert found == whole
    assert busy.json("queue", "--limit", str(len(whole)))["next"] is None
    assert "--after" in busy.ok("queue", "--limit", "1")
    assert "page before" in busy.fails(2, "queue", "--after", "17")


def test_the_queue_is_narrowed_to_a_party(busy: Shell) -> None:
    first, second, third, _, urgent = order(busy)
    for arguments, numbers in (
        (["--group", "first-line"], [first]),
        (["--agent", "管理员"], [second]),
        (["--queue", "intake"], [urgent, third]),
        (["--queue", "group"], [first]),
    ):
        assert [one["number"] for one in busy.json("queue", *arguments)["entries"]] == numbers


def test_a_group_or_agent_that_is_not_there_is_no_empty_list(busy: Shell) -> None:
    for command in (["queue"], ["ticket", "list"]):
        assert "group list" in busy.fails(2, *command, "--group", "frist-line")
        assert "agent list" in busy.fails(2, *command, "--agent", "nobody")


def test_the_queue_is_told_with_subjects_and_how_fresh_it_is(busy: Shell) -> None:
    result = busy.run("queue", "--language", "zh")
    assert "打印机坏了" in result.stdout
    assert "收件队列" in result.stdout
    assert "截至" in result.stderr
    progress = busy.json("queue")["progress"]
    lanes = json.loads(busy.ok("checkpoint"))["lanes"]
    assert [one["sequence"] for one in progress] == [one["sequence"] for one in lanes]


def test_tickets_are_listed_by_number_and_narrowed(busy: Shell) -> None:
    first, second, third, pending, _ = order(busy)
    for arguments, numbers in (
        (["--status", "pending"], [pending]),
        (["--group", "first-line"], [first]),
        (["--agent", "管理员"], [second]),
        (["--customer", "li@example.cn"], [third]),
        (["--tag", "vip"], [second]),
    ):
        assert [
            one["number"] for one in busy.json("ticket", "list", *arguments)["tickets"]
        ] == numbers
    page = busy.json("ticket", "list", "--limit", "2")
    rest = busy.json("ticket", "list", "--after", str(page["next"]))
    assert rest["next"] is None
    assert busy.json("ticket", "list", "--limit", "5")["next"] is None
    numbers = [one["number"] for one in page["tickets"] + rest["tickets"]]
    assert numbers == sorted(order(busy))
    assert "Next page: --after" in busy.ok("ticket", "list", "--limit", "2")


def test_customers_are_listed(busy: Shell) -> None:
    busy.ok("customer", "add", "han@example.cn", "--name", "韩梅梅", "--tier", "vip")
    busy.ok("customer", "tag", "han@example.cn", "new")
    assert "李雷" in busy.ok("customer", "list")
    for arguments in (["--tier", "vip"], ["--tag", "new"]):
        assert [one["tier"] for one in busy.json("customer", "list", *arguments)["customers"]] == [
            "vip"
        ]
    assert busy.json("customer", "list", "--limit", "1")["total"] == 2


def test_a_ticket_is_named_by_its_reference(busy: Shell) -> None:
    first, second, *_ = order(busy)
    busy.ok("ticket", "reference", str(first), "servicenow/incident/INC0000045")
    assert busy.json("ticket", "show", "INC0000045")["number"] == first
    assert busy.json("ticket", "show", "servicenow:INC0000045")["number"] == first
    assert busy.json("ticket", "show", "crm:7")["number"] == second
    busy.fails(2, "ticket", "show", "crm:INC0000045")


def test_a_reference_that_two_tickets_have_lists_both(busy: Shell) -> None:
    busy.ok("ticket", "reference", str(order(busy)[0]), "shop/order/X")
    busy.ok("ticket", "reference", str(order(busy)[1]), "crm/case/X")
    told = busy.fails(2, "ticket", "show", "X")
    assert "(shop order X)" in told
    assert "(crm case X)" in told
