"""Every command that changes a ticket, from its words to its events."""

from typing import Any

import pytest

from tests.cli.runs import Shell


@pytest.fixture
def ticket(shell: Shell) -> str:
    return str(shell.json("ticket", "open", "--subject", "打印机坏了")["number"])


@pytest.mark.parametrize(
    ("arguments", "events"),
    [
        (["message", "Still broken"], ["CustomerMessageReceived"]),
        (["reply", "Try again", "--to", "a@example.com"], ["ReplySent", "TicketActivated"]),
        (["note", "Known fault", "--mention", "管理员"], ["NoteAdded"]),
        (
            [
                *["call", "--direction", "out", "--started", "2020-01-01T10:00"],
                *["--ended", "2020-01-01T10:05", "--summary", "Rang twice"],
            ],
            ["CallLogged", "TicketActivated"],
        ),
        (["assign", "--agent", "root@desk.example"], ["TicketAssigned", "TicketActivated"]),
        (["take"], ["TicketAssigned", "TicketActivated"]),
        (["pend", "--reason", "customer", "--until", "2099-01-01"], ["TicketPaused"]),
        (["hold", "--reason", "parts"], ["TicketPaused"]),
        (["resume"], ["TicketActivated"]),
        (["solve", "--resolution", "fixed", "--note", "-"], ["TicketAssigned", "TicketSolved"]),
        (["close", "--reason", "spam"], ["TicketClosed"]),
        (["classify", "--type", "fault", "--category", "a", "--tier", "vip"], ["TicketClassified"]),
        (["prioritise", "--priority", "urgent", "--pinned"], ["TicketPrioritised"]),
        (["tag", "vip", "printer"], ["TagsChanged"]),
        (["fields", "floor=3", "open:=true", "--subject", "Printer"], ["FieldsChanged"]),
        (["reference", "servicenow/incident/INC0000045"], ["ReferencesChanged"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_command_records_its_events(
    shell: Shell, ticket: str, arguments: list[str], events: list[str]
) -> None:
    name, *rest = arguments
    answer = shell.json("ticket", name, ticket, *rest, stdin="from stdin")
    assert (answer["outcome"], answer["events"]) == ("done", events)
    assert answer["position"]["sequence"] > 0


def test_a_solved_ticket_is_reopened(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "solve", ticket, "--resolution", "fixed")
    assert shell.json("ticket", "reopen", ticket)["events"] == ["TicketReopened"]


def test_a_taken_ticket_is_given_back(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "take", ticket)
    assert shell.json("ticket", "unassign", ticket)["events"] == ["TicketAssigned"]


def test_a_reply_can_solve_and_can_wait(shell: Shell, ticket: str) -> None:
    waiting = shell.json("ticket", "reply", ticket, "Which one?", "--pend", "customer")
    assert waiting["events"] == ["ReplySent", "TicketActivated", "TicketPaused"]
    solved = shell.json("ticket", "reply", ticket, "Done.", "--solve", "fixed")
    assert solved["events"] == ["ReplySent", "TicketAssigned", "TicketSolved"]


def test_an_empty_text_clears_what_a_missing_option_keeps(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "classify", ticket, "--type", "fault", "--tier", "vip", "--category", "a")
    shell.ok("ticket", "classify", ticket, "--type", "", "--category", "")
    shown = shell.json("ticket", "show", ticket)
    assert (shown["type_code"], shown["tier"], shown["category"]) == (None, "vip", [])


def test_fields_keep_their_types_and_are_cleared(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "fields", ticket, "a=1", "b:=1", "c:=true", 'd:=["x"]', "--personal", "p=q")
    shown = shell.json("ticket", "show", ticket)
    assert shown["fields"] == {"a": "1", "b": 1, "c": True, "d": ["x"]}
    assert shown["personal_fields"] == {"p": "q"}
    shell.ok("ticket", "fields", ticket, "a=", "--personal", "p=")
    shown = shell.json("ticket", "show", ticket)
    assert (shown["fields"], shown["personal_fields"]) == ({"b": 1, "c": True, "d": ["x"]}, {})


def test_a_reference_is_removed(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "reference", ticket, "shop/order/a/b")
    assert shell.json("ticket", "show", ticket)["references"] == [
        {"system": "shop", "kind": "order", "id": "a/b"}
    ]
    shell.ok("ticket", "reference", ticket, "shop/order/a/b", "--remove")
    assert shell.json("ticket", "show", ticket)["references"] == []


def test_opening_states_everything_at_once(shell: Shell) -> None:
    shell.ok("group", "form", "first-line", "--name", "en=First line")
    opened = shell.json(
        *["ticket", "open", "--subject", "Help", "--channel", "email", "--inbox", "support"],
        *["--from", "wang@example.com", "--name", "王小明", "--group", "first-line"],
        *["--type", "fault", "--category", "a", "--category", "b", "--priority", "high"],
        *["--tag", "x", "--field", "floor=3", "--personal", "room=5"],
        *["--reference", "shop/order/7", "--message", "Hello", "--note", "Calm", "--reply", "Hi"],
    )
    assert opened["events"] == [
        *["TicketOpened", "CustomerMessageReceived", "NoteAdded", "ReplySent", "TicketActivated"]
    ]
    shown = shell.json("ticket", "show", str(opened["number"]))
    expected: dict[str, Any] = {
        "subject": "Help",
        "channel": "email",
        "inbox": "support",
        "group": "first-line",
        "type_code": "fault",
        "category": ["a", "b"],
        "priority": "high",
        "tags": ["x"],
        "fields": {"floor": "3"},
        "personal_fields": {"room": "5"},
    }
    assert {name: shown[name] for name in expected} == expected
    assert shell.json("customer", "show", "wang@example.com")["id"] == shown["customer"]


def test_a_known_customer_is_named_by_address(shell: Shell) -> None:
    shell.ok("customer", "add", "+86 138 0013 8000", "--name", "李雷")
    opened = shell.json("ticket", "open", "--customer", "13800138000")
    assert "李雷" in shell.ok("ticket", "show", str(opened["number"]))


def test_several_commands_are_decided_as_one(shell: Shell, ticket: str) -> None:
    commands = '[{"type": "SendReply", "text": "Done"}, {"type": "SolveTicket"}]'
    refused = shell.fails(1, "ticket", "together", ticket, "-", stdin=commands)
    assert "Part 2: Say how the ticket was solved" in refused
    commands = commands.replace('"SolveTicket"', '"SolveTicket", "resolution": "fixed"')
    answer = shell.json("ticket", "together", ticket, "-", stdin=commands)
    assert answer["events"] == ["ReplySent", "TicketAssigned", "TicketActivated", "TicketSolved"]


def test_together_can_open_a_ticket(shell: Shell) -> None:
    commands = '[{"type": "OpenTicket", "channel": "email"}, {"type": "AddNote", "text": "x"}]'
    answer = shell.json("ticket", "together", "new", "-", stdin=commands)
    assert answer["events"] == ["TicketOpened", "NoteAdded"]


def test_a_repeated_key_gives_the_first_answer_and_changes_nothing(shell: Shell) -> None:
    opening = ["ticket", "open", "--from", "a@example.com", "--message", "x", "--key", "k1"]
    first, again = shell.json(*opening), shell.json(*opening)
    assert again == first | {"repeated": True}
    told = shell.run(*opening)
    assert "answered before" in told.stderr
    note = ["ticket", "note", str(first["number"]), "y", "--key", "k2"]
    assert shell.json(*note)["version"] == shell.json(*note)["version"]


def test_a_refusal_is_the_same_answer_for_ever(shell: Shell, ticket: str) -> None:
    solve = ["--json", "ticket", "solve", ticket, "--key", "k1"]
    first = shell.run(*solve)
    shell.ok("ticket", "take", ticket)
    again = shell.run(*solve)
    assert (first.exit_code, again.exit_code) == (1, 1)
    assert '"code":"resolution_required"' in again.stdout
    assert '"repeated":true' in again.stdout


def test_a_key_used_for_something_else_is_refused(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "note", ticket, "one", "--key", "k")
    assert "use a new key" in shell.fails(1, "ticket", "note", ticket, "two", "--key", "k")


def test_a_stated_time_is_in_the_desks_zone(shell: Shell) -> None:
    number = shell.json("ticket", "open", "--at", "2026-03-01T09:30")["number"]
    assert shell.json("ticket", "show", str(number))["opened_at"] == "2026-03-01T01:30:00.000000Z"
    assert "2026-03-01 09:30" in shell.ok("ticket", "show", str(number))


def test_a_late_status_is_marked_in_the_history(shell: Shell) -> None:
    number = str(shell.json("ticket", "open", "--at", "2026-03-01")["number"])
    shell.ok("ticket", "take", number)
    shell.ok("ticket", "hold", number, "--reason", "parts", "--at", "2026-03-02")
    told = shell.ok("ticket", "history", number)
    assert told.index("Paused") < told.index("Assigned")
    assert "[late, recorded " in told


def test_whoever_may_not_record_late_facts_is_refused(shell: Shell) -> None:
    shell.ok("agent", "add", "小王", "--role", "agent")
    number = str(shell.json("ticket", "open", "--at", "2026-03-01")["number"])
    shell.ok("ticket", "take", number)
    hold = ["ticket", "hold", number, "--reason", "parts", "--at", "2026-03-02"]
    assert "record_late" in shell.fails(1, "--as", "小王", *hold)


def test_an_agent_acts_by_name_number_email_or_id(shell: Shell, ticket: str) -> None:
    added = shell.json("agent", "add", "小王", "--email", "Wang@desk.example")
    identity = added["stream"].partition("/")[2]
    for name in ("小王", str(added["number"]), "wang@desk.example", identity, added["stream"]):
        shell.ok("ticket", "note", ticket, "x", "--as", name)
    events = shell.json("ticket", "history", ticket)["events"]
    assert [one["actor"]["id"] for one in events[1:]] == [identity] * 5


def test_a_message_was_written_by_the_customer_and_recorded_by_the_agent(shell: Shell) -> None:
    number = str(shell.json("ticket", "open", "--from", "a@example.com")["number"])
    shell.ok("ticket", "message", number, "hello")
    last = shell.json("ticket", "history", number)["events"][-1]
    assert (last["actor"]["kind"], last["on_behalf_of"]["kind"]) == ("agent", "customer")
