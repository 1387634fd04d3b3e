"""Children, follow-ups and splits, people, due times and redactions on the command line."""

from typing import Any

import pytest

from deskledger.app.cli.ticket import dealings
from deskledger.eventlog.errors import Unavailable
from tests.cli.runs import Shell


@pytest.fixture
def ticket(shell: Shell) -> str:
    opened = shell.json(
        *["ticket", "open", "--subject", "打印机坏了", "--from", "wang@example.com"],
        *["--message", "My card is 4111"],
    )
    return str(opened["number"])


def show(shell: Shell, ticket: object) -> dict[str, Any]:
    shown: dict[str, Any] = shell.json("ticket", "show", str(ticket))
    return shown


@pytest.mark.parametrize(
    ("command", "relation"),
    [(["child"], "parent"), (["follow-up"], "follow_up_of"), (["split", "2"], "split_from")],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_ticket_is_opened_from_another(
    shell: Shell, ticket: str, command: list[str], relation: str
) -> None:
    name, *rest = command
    opened = shell.json("ticket", name, ticket, *rest, "--subject", "Next", "--note", "Look here")
    assert opened["events"] == ["TicketOpened", "NoteAdded", "LinksChanged"]
    shown, origin = show(shell, opened["number"]), show(shell, ticket)
    assert shown["links"] == [{"relation": relation, "ticket": origin["id"], "blocking": False}]
    same = relation != "parent"
    assert shown["customer"] == (origin["customer"] if same else None)
    assert shown["kind"] == ("request" if same else "task")


def test_a_ticket_waits_for_a_blocking_child(shell: Shell, ticket: str) -> None:
    child = str(shell.json("ticket", "child", ticket, "--blocking")["number"])
    assert show(shell, child)["links"][0]["blocking"] is True


def test_only_a_message_of_the_ticket_can_be_split_off(shell: Shell, ticket: str) -> None:
    assert "no message" in shell.fails(2, "ticket", "split", ticket, "1")
    shell.fails(1, "ticket", "split", ticket, "00000000-0000-8000-8000-000000000000")


def test_another_customer_becomes_the_requester(shell: Shell, ticket: str) -> None:
    shell.ok("customer", "add", "li@example.com", "--name", "李雷")
    told = shell.json("ticket", "customer", ticket, "li@example.com")
    assert told["events"] == ["ParticipantsChanged"]
    assert "李雷" in shell.ok("ticket", "show", ticket)
    assert "请求人 李雷" in shell.ok("--language", "zh", "ticket", "history", ticket)
    shell.ok("ticket", "customer", ticket, "")
    assert show(shell, ticket)["customer"] is None


def test_people_take_part_and_no_longer(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "participant", ticket, "--role", "follower", "--agent", "管理员")
    shell.ok("ticket", "participant", ticket, "--address", "copy@example.com")
    assert "copy to copy@example.com" in shell.ok("ticket", "show", ticket)
    roles = [(one["role"], one["address"]) for one in show(shell, ticket)["participants"]]
    assert roles == [("follower", None), ("cc", "copy@example.com")]
    shell.ok("ticket", "participant", ticket, "--address", "copy@example.com", "--remove")
    assert [one["role"] for one in show(shell, ticket)["participants"]] == ["follower"]
    shell.fails(2, "ticket", "participant", ticket, "--role", "collaborator", "--address", "a@b.c")


def test_a_ticket_is_due_and_stands_first_in_its_queue(shell: Shell, ticket: str) -> None:
    later = str(shell.json("ticket", "open", "--subject", "Second")["number"])
    told = shell.json("ticket", "due", later, "2099-01-01T09:00", "--promised")
    assert told["events"] == ["TicketDueSet"]
    assert show(shell, later)["due_at"] == "2099-01-01T01:00:00.000000Z"
    entries = shell.json("queue")["entries"]
    assert [str(entry["number"]) for entry in entries] == [later, ticket]
    shell.ok("ticket", "due", later, "")
    assert show(shell, later)["due_at"] is None
    assert "2020" in shell.fails(1, "ticket", "due", later, "2020-01-01")


def test_a_ticket_is_put_aside_until_a_time(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "snooze", ticket, "2099-01-01")
    shown = show(shell, ticket)
    assert (shown["status"], shown["reason"]) == ("on_hold", "snoozed")
    shell.ok("ticket", "pend", ticket, "--reason", "customer")
    shell.ok("ticket", "snooze", ticket, "2099-01-02")
    shown = show(shell, ticket)
    assert (shown["status"], shown["reason"]) == ("pending", "customer")
    assert shown["until"] == "2099-01-01T16:00:00.000000Z"


@pytest.mark.parametrize("reason", ["spam", "duplicate", "test"])
def test_what_is_no_ticket_is_discarded(shell: Shell, ticket: str, reason: str) -> None:
    assert shell.json("ticket", "discard", ticket, "--reason", reason)["events"] == ["TicketClosed"]


def test_a_redacted_message_is_gone_at_once_here_and_in_the_tables(
    shell: Shell, ticket: str
) -> None:
    asked = "SELECT text FROM interaction_personal"
    assert "4111" in shell.ok("sql", asked, "--personal")
    told = shell.json("ticket", "redact", ticket, "2", "--reason", "card_number")
    assert told["events"] == ["InteractionRedacted"]
    assert "4111" not in shell.ok("ticket", "history", ticket)
    assert "4111" not in shell.ok("sql", asked, "--personal")
    marked = shell.ok("sql", "SELECT redacted FROM interaction", "--format", "csv")
    assert "text" in marked
    again = shell.fails(1, "ticket", "redact", ticket, "2", "--reason", "card_number")
    assert "was redacted before" in again
    shell.ok("verify")


def test_a_redaction_that_was_cut_short_is_completed_by_repeating_it(
    shell: Shell, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    redact = ["ticket", "redact", ticket, "2", "--reason", "card_number", "--key", "k"]
    with monkeypatch.context() as patch:
        patch.setattr(dealings, "destroy_parts", _unavailable)
        shell.fails(3, *redact)
    assert "4111" in shell.ok("ticket", "history", ticket)
    assert shell.json(*redact)["repeated"] is True
    assert "4111" not in shell.ok("ticket", "history", ticket)


def _unavailable(*_: object) -> int:
    raise Unavailable("no disk")


def test_a_message_to_a_closed_ticket_begins_the_next_one(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "close", ticket, "--reason", "withdrawn")
    told = shell.json("ticket", "message", ticket, "It is back", "--key", "k")
    assert told["events"] == ["TicketOpened", "CustomerMessageReceived", "LinksChanged"]
    assert told["number"] != int(ticket)
    call = ["--direction", "in", "--no-answered", "--voicemail", "--summary", "Call me"]
    times = ["--started", "2020-01-01T10:00", "--ended", "2020-01-01T10:01"]
    rung = shell.json("ticket", "call", ticket, *call, *times)
    assert rung["events"] == ["TicketOpened", "CallLogged", "LinksChanged"]
    again = shell.json("ticket", "message", ticket, "It is back", "--key", "k")
    assert (again["number"], again["repeated"]) == (told["number"], True)
