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


def test_a_timeline_holds_contacts_tickets_and_changes_of_all_who_were_merged(
    shell: Shell,
) -> None:
    old, young = added(shell, "old@example.cn"), added(shell, "young@example.cn")
    for customer in (old, young):
        shell.ok("ticket", "open", "--customer", customer, "--subject", f"of {customer}")
    shell.ok("customer", "tier", young, "vip", "--reason", "contract")
    shell.ok("customer", "merge", old, young)
    told = shell.json("customer", "timeline", old)
    types = [entry["type"] for entry in told["entries"]]
    assert types.count("TicketOpened") == types.count("CustomerRegistered") == 2
    assert types[-1] == "Merged"
    assert (told["total"], told["next"]) == (len(types), None)
    assert told["entries"] == shell.json("customer", "timeline", young)["entries"]
    assert [one["occurred_at"] for one in told["entries"]] == sorted(
        one["occurred_at"] for one in told["entries"]
    )
    shown = shell.ok("--language", "zh", "customer", "timeline", old)
    assert "合并" in shown
    assert "contract" in shown


def test_the_pages_of_a_timeline_follow_each_other(shell: Shell) -> None:
    customer = added(shell, "li@example.cn")
    for tier in ("a", "b", "c"):
        shell.ok("customer", "tier", customer, tier)
    whole = shell.json("customer", "timeline", customer)["entries"]
    paged: list[object] = []
    place: tuple[str, ...] = ()
    while True:
        page = shell.json("customer", "timeline", customer, "--limit", "2", *place)
        paged += page["entries"]
        assert page["total"] == len(whole)
        if page["next"] is None:
            break
        place = ("--after", page["next"])
    assert paged == whole
    assert "no place" in shell.fails(2, "customer", "timeline", customer, "--after", "x")


def test_an_organisations_contacts_are_those_of_the_ones_merged_with_it_too(shell: Shell) -> None:
    firm, twin = (added(shell, f"{n}@firm.cn", "--kind", "organisation") for n in ("a", "b"))
    people = [added(shell, f"{name}@example.cn") for name in ("li", "han", "wang")]
    for person, organisation in zip(people, (firm, twin, firm), strict=True):
        shell.ok("customer", "organisation", person, organisation)
    shell.ok("customer", "organisation", people[2], "")
    shell.ok("customer", "merge", twin, firm)
    told = shell.json("customer", "contacts", firm)
    assert [one["number"] for one in told["customers"]] == sorted(map(int, people[:2]))
    assert told == shell.json("customer", "contacts", twin)
    assert "organisation" in shell.fails(2, "customer", "contacts", people[0])
    shell.ok("ticket", "open", "--customer", people[1])
    alone, together = (
        shell.json("customer", "timeline", firm, *more)["entries"] for more in ((), ("--contacts",))
    )
    opened = [entry["type"] for entry in together].count("TicketOpened")
    assert (opened, len({entry["customer_id"] for entry in together})) == (1, 4)
    assert [entry for entry in together if entry in alone] == alone


def test_a_merged_customers_tickets_are_listed_under_the_survivor(shell: Shell) -> None:
    old, young = added(shell, "old@example.cn"), added(shell, "young@example.cn")
    opened = shell.json("ticket", "open", "--customer", young)["number"]
    shell.ok("customer", "merge", young, old)
    for name in (old, young, "young@example.cn"):
        told = shell.json("ticket", "list", "--customer", name)
        assert [one["number"] for one in told["tickets"]] == [opened]
    numbers = [one["number"] for one in shell.json("customer", "list")["customers"]]
    assert numbers == [int(old)]
    everybody = shell.json("customer", "list", "--merged")["customers"]
    assert [one["number"] for one in everybody] == sorted([int(old), int(young)])
