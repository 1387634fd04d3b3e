"""Customers who are one, addresses that move, and who is blocked."""

from pathlib import Path

import pytest

from tests.cli.runs import Shell, made_desk


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return made_desk(tmp_path / "desk")


def added(shell: Shell, address: str, *more: str) -> str:
    return str(shell.json("customer", "add", address, "--name", address, *more)["number"])


def test_the_older_of_two_customers_stays_whichever_is_named_first(shell: Shell) -> None:
    old, young, third = (added(shell, f"{name}@example.cn") for name in ("old", "young", "x"))
    told = shell.json("customer", "merge", old, young)
    assert (told["outcome"], told["number"]) == ("done", int(young))
    assert shell.json("customer", "merge", young, old)["outcome"] == "nothing"
    assert shell.json("customer", "show", young)["merged_into"] is not None
    refused = shell.fails(1, "customer", "tier", young, "vip")
    assert "old@example.cn" in refused
    assert "old@example.cn" in shell.fails(1, "customer", "merge", third, young)


def test_the_address_of_a_merged_customer_finds_the_survivor(shell: Shell) -> None:
    old, young = added(shell, "old@example.cn"), added(shell, "young@example.cn")
    shell.ok("customer", "merge", old, young)
    assert shell.json("customer", "show", "young@example.cn")["number"] == int(old)


def test_a_verified_address_moves_to_another_customer(shell: Shell) -> None:
    first, second = added(shell, "one@example.cn"), added(shell, "two@example.cn")
    assert "verify" in shell.fails(1, "customer", "move-address", "one@example.cn", second)
    shell.ok("customer", "move-address", "one@example.cn", second, "--verified")
    known = shell.json("customer", "show", second)["identities"]
    assert {one["address"]: one["verified"] for one in known} == {
        "one@example.cn": True,
        "two@example.cn": False,
    }
    assert shell.json("customer", "show", first)["identities"] == []
    shell.ok("customer", "move-address", "one@example.cn", second, "--verified")


def test_an_address_that_leads_to_nobody_does_not_move(shell: Shell) -> None:
    customer = added(shell, "one@example.cn")
    told = shell.fails(2, "customer", "move-address", "free@example.cn", customer, "--verified")
    assert "add-address" in told


def test_only_a_person_belongs_to_an_organisation_and_only_to_one(shell: Shell) -> None:
    person, other = added(shell, "li@example.cn"), added(shell, "han@example.cn")
    firm = added(shell, "firm@example.cn", "--kind", "organisation")
    shell.ok("customer", "organisation", person, firm)
    assert "organisation" in shell.fails(1, "customer", "organisation", person, other)
    assert "person" in shell.fails(1, "customer", "organisation", firm, other)
