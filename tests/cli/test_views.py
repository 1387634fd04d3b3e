"""Saved views on the command line: shipped ones, the desk's own, and who sees them."""

import json
from typing import Any

import pytest

from tests.cli.runs import Shell

LATE = {
    "format": 1,
    "names": {"en": "By channel", "zh": "按渠道"},
    "all": [{"field": "status", "is": ["new", "open"]}],
    "sort": [["opened_at", "desc"]],
    "columns": ["subject", "channel", "fields.order", "opened_at", "tags"],
    "group_by": "channel",
}


@pytest.fixture
def busy(shell: Shell) -> Shell:
    for number, channel in enumerate(("email", "web", "email")):
        shell.ok(
            *("ticket", "open", "--channel", channel, "--subject", f"Case {number}"),
            *("--field", f"order=A-{number}"),
        )
    return shell


def publish(shell: Shell, name: str, document: dict[str, Any], *before: str) -> None:
    shell.ok(*before, "config", "publish", f"view/{name}", "-", stdin=json.dumps(document))


def test_a_shipped_view_shows_counts_and_tells_how_fresh_it_is(busy: Shell) -> None:
    told = busy.json("view", "run", "intake")
    assert (told["total"], told["version"], told["next"], told["behind"]) == (3, 0, None, 0)
    assert {entry["subject"] for entry in told["entries"]} == {"Case 0", "Case 1", "Case 2"}
    counts = busy.json("view", "count")["counts"]
    assert (counts["intake"], counts["my-open"], counts["spam"]) == (3, 0, 0)
    busy.ok("ticket", "take", str(told["entries"][0]["number"]))
    assert busy.json("view", "count", "my-open", "intake")["counts"] == {"my-open": 1, "intake": 2}
    assert "我的未结工单" in busy.ok("--language", "zh", "view", "count")


def test_a_published_view_is_listed_run_in_pages_and_grouped(busy: Shell) -> None:
    publish(busy, "by-channel", LATE)
    listed = {one["id"]: one["version"] for one in busy.json("view", "list")["views"]}
    assert listed["by-channel"] == 1
    assert listed["my-open"] == 0
    first = busy.json("view", "run", "by-channel", "--limit", "2")
    second = busy.json("view", "run", "view/by-channel", "--limit", "2", "--after", first["next"])
    shown = [entry["channel"] for entry in first["entries"] + second["entries"]]
    assert (shown, second["next"]) == (["email", "email", "web"], None)
    assert first["groups"] == [{"value": "email", "tickets": 2}, {"value": "web", "tickets": 1}]
    assert {entry["fields.order"] for entry in first["entries"]} == {"A-0", "A-2"}
    told = busy.ok("view", "run", "by-channel")
    assert "In groups: email 2, web 1" in told
    assert "A-1" in told


def test_a_document_can_be_tried_before_it_is_published(busy: Shell) -> None:
    told = busy.json("view", "run", "--file", "-", stdin=json.dumps(LATE))
    assert told["total"] == 3
    wrong = {**LATE, "all": [{"field": "statu", "is": ["new"]}, {"field": "status", "in": ["new"]}]}
    told_wrong = busy.fails(2, "view", "run", "--file", "-", stdin=json.dumps(wrong))
    assert "$.all[0].field: statu is not defined under fields; the nearest that is: status" in (
        told_wrong
    )
    assert "$.all[1].in: there is no in here; the nearest valid name is is" in told_wrong


def test_agents_keep_views_of_their_own_that_others_do_not_see(busy: Shell) -> None:
    li = busy.json("agent", "add", "Li Na", "--role", "agent")["stream"].removeprefix("agent/")
    own = {**LATE, "share": {"kind": "agent", "id": li}}
    publish(busy, "mine", own, "--as", "Li Na")
    assert busy.json("--as", "Li Na", "view", "run", "mine")["total"] == 3
    assert "There is no view 'mine'" in busy.fails(2, "view", "run", "mine")
    told = busy.fails(
        *(1, "--as", "Li Na", "config", "publish", "view/my-open", "-"), stdin=json.dumps(own)
    )
    assert "role admin" in told
    everybody = {**own, "share": {"kind": "desk"}}
    stated = json.dumps(everybody)
    told = busy.fails(1, "--as", "Li Na", "config", "publish", "view/mine", "-", stdin=stated)
    assert "role admin" in told
    wang = busy.json("agent", "add", "Wang", "--role", "agent")["stream"].removeprefix("agent/")
    stolen = json.dumps({**own, "share": {"kind": "agent", "id": wang}})
    busy.fails(1, "--as", "Wang", "config", "publish", "view/mine", "-", stdin=stolen)


def test_a_view_of_a_group_is_seen_by_its_members_and_restricted_tickets_too(busy: Shell) -> None:
    busy.ok("agent", "add", "Li Na", "--role", "agent")
    busy.ok("group", "form", "legal", "--name", "en=Legal", "--restricted")
    busy.ok("group", "add-member", "legal", "Li Na")
    publish(busy, "legal", {**LATE, "share": {"kind": "group", "id": "legal"}})
    number = str(busy.json("view", "run", "intake")["entries"][0]["number"])
    busy.ok("ticket", "assign", number, "--group", "legal")
    busy.fails(2, "view", "run", "legal")
    assert busy.json("--as", "Li Na", "view", "run", "legal")["total"] == 3
    publish(busy, "all", {**LATE, "group_by": None})
    assert busy.json("view", "run", "all")["total"] == 2
    assert busy.json("view", "count", "all")["counts"] == {"all": 2}
    assert busy.json("--as", "Li Na", "view", "count", "all")["counts"] == {"all": 3}
    for listing in (("queue", "--waiting"), ("ticket", "list")):
        assert busy.json(*listing)["total"] == 2
        assert busy.json("--as", "Li Na", *listing)["total"] == 3


def test_a_restricted_ticket_is_shown_to_the_groups_members_alone(busy: Shell) -> None:
    busy.ok("agent", "add", "Li Na", "--role", "agent")
    busy.ok("group", "form", "legal", "--name", "en=Legal", "--restricted")
    busy.ok("group", "add-member", "legal", "Li Na")
    number = str(busy.json("view", "run", "intake")["entries"][0]["number"])
    opened_at = busy.json("ticket", "show", number)["opened_at"]
    busy.ok("ticket", "assign", number, "--group", "legal")
    for asked in (("show", number), ("history", number), ("show", number, "--at", opened_at)):
        told = busy.fails(2, "ticket", *asked)
        assert "members of group legal alone" in told
        busy.ok("--as", "Li Na", "ticket", *asked)
    assert "legal alone" in busy.fails(2, "sla", "explain", number)


def test_a_withdrawn_view_is_refused_and_a_shipped_one_comes_back(busy: Shell) -> None:
    publish(busy, "by-channel", LATE)
    publish(busy, "intake", LATE)
    assert busy.json("view", "run", "intake")["version"] == 1
    for name in ("by-channel", "intake"):
        busy.ok("config", "withdraw", f"view/{name}", "1")
    assert busy.json("view", "run", "intake")["version"] == 0
    assert "was withdrawn" in busy.fails(1, "view", "run", "by-channel")
    assert "was withdrawn" in busy.fails(1, "view", "run", "intake", "--version", "1")
    assert "no version 2" in busy.fails(2, "view", "run", "intake", "--version", "2")


def test_what_is_no_view_or_no_place_is_bad_input(busy: Shell) -> None:
    assert "the nearest is due" in busy.fails(2, "view", "run", "deu")
    assert "--file" in busy.fails(2, "view", "run")
    assert "--file" in busy.fails(2, "view", "run", "due", "--file", "x.json")
    assert "first page" in busy.fails(2, "view", "run", "intake", "--after", "nonsense")
    publish(busy, "by-channel", LATE)
    place = busy.json("view", "run", "by-channel", "--limit", "1")["next"]
    assert "first page" in busy.fails(2, "view", "run", "intake", "--after", place)


def test_a_front_tier_of_the_desk_stands_before_all_others(busy: Shell) -> None:
    busy.ok("ticket", "open", "--channel", "email", "--tier", "vip", "--subject", "Last")
    codes = {"format": 2, "zone": "Asia/Shanghai", "tiers": [{"code": "vip", "front": True}]}
    assert busy.json("view", "run", "urgent-and-vip")["total"] == 0
    busy.ok("config", "publish", "desk", "-", stdin=json.dumps(codes))
    told = busy.json("view", "run", "urgent-and-vip")
    assert [entry["subject"] for entry in told["entries"]] == ["Last"]
    assert busy.json("queue")["entries"][0]["band"] == 0
    busy.ok("config", "withdraw", "desk", "2")
    assert busy.json("view", "run", "urgent-and-vip")["total"] == 0
