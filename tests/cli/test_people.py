"""Agents, groups and customers: every command, and how they are named."""

import pytest

from tests.cli.runs import Shell


@pytest.fixture
def agent(shell: Shell) -> str:
    return str(shell.json("agent", "add", "王芳", "--email", "fang@desk.example")["number"])


@pytest.fixture
def group(shell: Shell) -> str:
    shell.ok("group", "form", "first-line", "--name", "en=First line", "--name", "zh=一线")
    return "first-line"


@pytest.fixture
def customer(shell: Shell) -> str:
    return str(shell.json("customer", "add", "li@example.cn", "--name", "李雷")["number"])


def test_an_agent_joins_with_all_that_is_stated(shell: Shell) -> None:
    shell.ok(
        *["agent", "add", "王芳", "--email", "fang@desk.example", "--role", "agent"],
        *["--skill", "network:3", "--skill", "vip", "--speaks", "zh", "--limit", "all:5"],
        *["--zone", "Asia/Shanghai"],
    )
    shown = shell.json("agent", "show", "王芳")
    assert shown["personal_fields"] == {"name": "王芳", "email": "fang@desk.example"}
    assert shown["roles"] == ["agent"]
    assert shown["skills"] == [{"skill": "network", "level": 3}, {"skill": "vip", "level": 1}]
    assert (shown["languages"], shown["limits"]) == (["zh"], {"all": 5})


def test_an_agents_profile_changes(shell: Shell, agent: str) -> None:
    shell.ok("agent", "roles", agent, "agent", "lead")
    shell.ok("agent", "skills", agent, "--skill", "vip:2", "--speaks", "en")
    shell.ok("agent", "limits", agent, "email:3")
    shell.ok("agent", "fields", agent, "desk=4", "--personal", "name=王芳芳")
    shown = shell.json("agent", "show", agent)
    assert (shown["roles"], shown["limits"]) == (["agent", "lead"], {"email": 3})
    assert (shown["languages"], shown["fields"]) == (["en"], {"desk": "4"})
    assert "王芳芳" in shell.ok("agent", "show", agent)


def test_an_agent_who_left_is_listed_on_request_only(shell: Shell, agent: str, group: str) -> None:
    shell.ok("agent", "leave", agent, "--successor", group)
    assert shell.json("agent", "show", agent)["successor"] == group
    assert "王芳" not in shell.ok("agent", "list")
    assert "left" in shell.ok("agent", "list", "--all")
    assert [one["left"] for one in shell.json("agent", "list", "--all")["agents"]].count(True) == 1


def test_an_agent_can_be_succeeded_by_an_agent(shell: Shell, agent: str) -> None:
    shell.ok("agent", "leave", agent, "--successor", "管理员")
    successor = shell.json("agent", "show", "管理员")["id"]
    assert shell.json("agent", "show", agent)["successor"] == successor


def test_a_name_that_two_agents_have_lists_their_numbers(shell: Shell, agent: str) -> None:
    other = shell.json("agent", "add", "王芳")["number"]
    told = shell.fails(2, "agent", "show", "王芳")
    assert agent in told
    assert str(other) in told


def test_a_group_has_members_and_is_closed(shell: Shell, agent: str, group: str) -> None:
    shell.ok("group", "add-member", group, agent, "--lead")
    shell.ok("group", "add-member", group, "管理员")
    shell.ok("group", "fields", group, "floor=3")
    shown = shell.json("group", "show", group)
    assert sorted(one["lead"] for one in shown["members"]) == [False, True]
    assert (shown["names"]["zh"], shown["fields"]) == ("一线", {"floor": "3"})
    shell.ok("group", "remove-member", group, "管理员")
    assert "王芳" in shell.ok("group", "list")
    shell.ok(
        "group", "form", "second-line", "--name", "en=Second", "--parent", group, "--restricted"
    )
    shell.ok("group", "close", group, "--successor", "second-line")
    assert [one["id"] for one in shell.json("group", "list")["groups"]] == ["second-line"]
    assert len(shell.json("group", "list", "--all")["groups"]) == 2
    assert "closed" in shell.ok("group", "show", group)


def test_the_last_member_of_a_group_stays(shell: Shell, agent: str, group: str) -> None:
    shell.ok("group", "add-member", group, agent)
    assert "successor" in shell.fails(1, "group", "remove-member", group, agent)


def test_a_customer_is_registered_with_an_address(shell: Shell) -> None:
    shell.ok(
        *["customer", "add", "wecom:Wang", "--name", "王小明", "--kind", "organisation"],
        *["--verified", "--text-language", "zh", "--zone", "Asia/Shanghai", "--tier", "vip"],
        *["--field", "floor=3", "--personal", "room=5"],
    )
    shown = shell.json("customer", "show", "wecom:Wang")
    assert (shown["kind"], shown["tier"], shown["fields"]) == (
        "organisation",
        "vip",
        {"floor": "3"},
    )
    assert shown["personal_fields"] == {"name": "王小明", "room": "5"}
    assert [(one["channel"], one["address"]) for one in shown["identities"]] == [("wecom", "Wang")]


def test_a_customer_has_several_addresses(shell: Shell, customer: str) -> None:
    shell.ok("customer", "add-address", customer, "138 0013 8000", "--verified")
    assert shell.json("customer", "show", "+8613800138000")["number"] == int(customer)
    shell.ok("customer", "remove-address", customer, "+8613800138000")
    shell.fails(2, "customer", "show", "+8613800138000")
    shell.ok("customer", "add", "+8613800138000", "--name", "somebody else")


def test_an_address_of_somebody_else_is_refused(shell: Shell, customer: str) -> None:
    shell.ok("customer", "add", "han@example.cn", "--name", "韩梅梅")
    told = shell.fails(1, "customer", "add-address", customer, "han@example.cn")
    assert "韩梅梅" in told


def test_registering_a_known_address_names_who_has_it(shell: Shell, customer: str) -> None:
    told = shell.fails(1, "customer", "add", "LI@example.cn", "--name", "李雷二")
    assert f"Customer {customer}" in told


def test_repeating_a_registration_gives_the_first_answer(shell: Shell) -> None:
    add = ["customer", "add", "a@example.com", "--name", "A", "--key", "k"]
    first = shell.json(*add)
    assert shell.json(*add) == first | {"repeated": True}


def test_how_the_desk_stands_to_a_customer_changes(shell: Shell, customer: str) -> None:
    shell.ok("customer", "add", "firm@example.cn", "--kind", "organisation", "--name", "公司")
    shell.ok("customer", "organisation", customer, "firm@example.cn")
    shell.ok("customer", "manager", customer, "管理员")
    shell.ok("customer", "tier", customer, "vip", "--reason", "contract")
    shell.ok("customer", "block", customer)
    shell.ok("customer", "tag", customer, "a", "b")
    shell.ok("customer", "tag", customer, "--remove", "a")
    shell.ok("customer", "fields", customer, "floor=3", "--personal", "room=5")
    shell.ok("customer", "reference", customer, "crm/contact/7")
    shown = shell.json("customer", "show", customer)
    assert (shown["tier"], shown["blocked"], shown["tags"]) == ("vip", True, ["b"])
    assert shown["references"] == [{"system": "crm", "kind": "contact", "id": "7"}]
    told = shell.ok("customer", "show", customer)
    assert "公司" in told
    assert "管理员" in told
    assert "unblock" in shell.fails(1, "ticket", "open", "--customer", customer)


def test_what_was_set_of_a_customer_is_cleared(shell: Shell, customer: str) -> None:
    shell.ok("customer", "tier", customer, "vip")
    shell.ok("customer", "manager", customer, "管理员")
    shell.ok("customer", "reference", customer, "crm/contact/7")
    for arguments in (["tier", ""], ["manager", ""], ["organisation", ""]):
        shell.ok("customer", arguments[0], customer, arguments[1])
    shell.ok("customer", "block", customer)
    shell.ok("customer", "unblock", customer)
    shell.ok("customer", "reference", customer, "crm/contact/7", "--remove")
    shown = shell.json("customer", "show", customer)
    assert (shown["tier"], shown["account_manager"], shown["blocked"]) == (None, None, False)
    assert shown["references"] == []


def test_an_address_that_nobody_has_is_not_repeated(shell: Shell) -> None:
    told = shell.run("--json", "customer", "show", "secret@example.com")
    assert told.exit_code == 2
    assert "secret" not in told.output


def test_an_agent_is_available_through_some_channels(shell: Shell) -> None:
    assert shell.json("agent", "show", "管理员")["availability"]["availability"] == "offline"
    stated = ("available", "--channel", "chat", "--reason", "shift")
    shell.ok("agent", "availability", "管理员", *stated)
    told = shell.json("agent", "show", "管理员")["availability"]
    assert (told["availability"], told["channels"]) == ("available", ["chat"])
    assert "available, chat" in shell.ok("agent", "show", "管理员")
    again = shell.json("agent", "availability", "管理员", "available", "--channel", "chat")
    assert again["outcome"] == "nothing"
    assert "在岗" in shell.ok("--language", "zh", "agent", "show", "管理员")


def test_a_group_is_listed_with_the_one_above_it(shell: Shell) -> None:
    shell.ok("group", "form", "first-line", "--name", "en=First line")
    shell.ok("group", "form", "night", "--name", "en=Night", "--parent", "first-line")
    assert shell.json("group", "show", "night")["parent"] == "first-line"
    told = shell.ok("group", "list")
    assert any("Night" in line and "first-line" in line for line in told.splitlines())
    assert "nowhere" in shell.fails(
        1, "group", "form", "late", "--name", "en=Late", "--parent", "nowhere"
    )


def test_who_leads_a_group_no_longer_does(shell: Shell) -> None:
    shell.ok("group", "form", "first-line", "--name", "en=First line")
    shell.ok("group", "lead", "first-line", "管理员")
    assert shell.json("group", "show", "first-line")["members"][0]["lead"] is True
    shell.ok("group", "lead", "first-line", "管理员", "--no-longer")
    assert shell.json("group", "show", "first-line")["members"][0]["lead"] is False
