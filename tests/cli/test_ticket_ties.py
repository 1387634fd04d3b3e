"""Tying tickets to each other on the command line."""

from typing import Any

import pytest

from tests.cli.runs import Shell


def opened(shell: Shell) -> str:
    return str(shell.json("ticket", "open", "--subject", "打印机坏了")["number"])


def identity(shell: Shell, ticket: str) -> Any:
    return shell.json("ticket", "show", ticket)["id"]


@pytest.fixture
def tickets(shell: Shell) -> tuple[str, str]:
    return opened(shell), opened(shell)


def test_a_ticket_is_linked_and_unlinked(shell: Shell, tickets: tuple[str, str]) -> None:
    one, other = tickets
    told = shell.json("ticket", "link", one, other, "--relation", "problem")
    assert told["events"] == ["LinksChanged"]
    assert shell.json("ticket", "show", one)["links"] == [
        {"relation": "problem", "ticket": identity(shell, other), "blocking": False}
    ]
    assert f"incident of {other}" in shell.ok("ticket", "show", one)
    assert f"根源问题 {other}" in shell.ok("--language", "zh", "ticket", "history", one)
    shell.ok("ticket", "unlink", one, other)
    assert shell.json("ticket", "show", one)["links"] == []
    assert shell.json("ticket", "unlink", one, other)["outcome"] == "nothing"


@pytest.mark.parametrize("turned", [False, True])
def test_the_younger_becomes_a_part_of_the_older_whichever_is_named_first(
    shell: Shell, tickets: tuple[str, str], *, turned: bool
) -> None:
    older, younger = tickets
    told = shell.json("ticket", "merge", *(reversed(tickets) if turned else tickets))
    assert (told["number"], told["events"]) == (int(younger), ["Merged"])
    shown = shell.json("ticket", "show", younger)
    assert (shown["status"], shown["merged_into"]) == ("closed", identity(shell, older))
    refused = shell.fails(1, "ticket", "note", younger, "x")
    assert f"part of ticket {older}" in refused
    refused = shell.fails(1, "--language", "zh", "ticket", "note", younger, "x")
    assert f"已并入工单 {older}" in refused


def test_a_merged_ticket_cannot_be_named(shell: Shell, tickets: tuple[str, str]) -> None:
    shell.ok("ticket", "merge", *tickets)
    third = opened(shell)
    for command in (["link", third, tickets[1]], ["merge", third, tickets[1]]):
        assert "name that one" in shell.fails(1, "ticket", *command)


def test_a_ticket_is_not_tied_to_itself(shell: Shell, tickets: tuple[str, str]) -> None:
    for name in ("link", "merge"):
        assert "itself" in shell.fails(1, "ticket", name, tickets[0], tickets[0])


def test_an_unknown_ticket_is_bad_input(shell: Shell, tickets: tuple[str, str]) -> None:
    for name in ("link", "merge", "unlink"):
        assert "4711" in shell.fails(2, "ticket", name, tickets[0], "4711")
    assert shell.json("ticket", "show", tickets[0])["version"] == 1
