"""What the importer makes of rows: commands, accounts, and nothing twice."""

from __future__ import annotations

from pathlib import Path

from deskledger.app.desk import Desk
from tests.history.build import (
    TALE,
    commits,
    histories,
    imported,
    mapping,
    row,
    size,
    types,
    written,
)


def test_a_row_becomes_the_events_by_which_it_differs_from_the_row_before(
    desk: Desk, tmp_path: Path
) -> None:
    report = imported(desk, written(tmp_path, TALE))
    assert (report.used, report.no_change, report.opened) == (5, 1, 1)
    assert types(histories(desk)["C1"]) == [
        "TicketOpened",
        "TicketAssigned",
        "TicketAssigned",
        "TicketActivated",
        "CommandAnswered",
        "TicketPaused",
        "FieldsChanged",
        "TicketSolved",
        "FieldsChanged",
        "TicketClosed",
    ]


def test_times_are_those_of_the_source_in_its_zone(desk: Desk, tmp_path: Path) -> None:
    imported(desk, written(tmp_path, TALE))
    events = [e for e in histories(desk)["C1"] if e["type"] != "CommandAnswered"]
    assert events[0]["occurred_at"] == "2026-03-02T08:00:00.000000Z"
    assert [event["occurred_at"][11:16] for event in events[1:]] == [
        "08:05",
        "08:30",
        "08:30",
        "09:00",
        "09:00",
        "10:00",
        "10:00",
        "11:00",
    ]


def test_one_row_is_one_commit_that_names_mapping_importer_and_agent(
    desk: Desk, tmp_path: Path
) -> None:
    imported(desk, written(tmp_path, TALE))
    found = list(commits(desk))
    assert len(found) == len(TALE)
    assert {commit["command"]["type"] for commit in found} == {"Together"}
    assert {commit["actor"]["kind"] for commit in found} == {"importer"}
    assert {commit["on_behalf_of"]["kind"] for commit in found} == {"agent"}
    assert [commit["source"] for commit in found] == [{"surface": "import", "id": "acme/1"}] * 6


def test_the_case_becomes_a_reference_of_the_ticket(desk: Desk, tmp_path: Path) -> None:
    imported(desk, written(tmp_path, TALE[:1]))
    (opened,) = [e for e in histories(desk)["C1"] if e["type"] == "TicketOpened"]
    assert opened["references"] == [{"system": "acme", "kind": "case", "id": "C1"}]


def test_names_of_two_columns_are_two_people_unless_the_mapping_joins_them(
    desk: Desk, tmp_path: Path
) -> None:
    log = written(tmp_path, [row("C1", "Active", "09:05", by="ann", owner="ann")])
    assert imported(desk, log).named["agents"] == 1
    apart = mapping(('by = "staff"\n', ""), ('owner = "staff"\n', ""), ('"acme"', '"other"'))
    assert imported(desk, log, apart).named["agents"] == 2
    assert len(list(commits(desk, "agent"))) == 1 + 3


def test_a_case_first_seen_solved_opens_new_at_its_own_beginning(
    desk: Desk, tmp_path: Path
) -> None:
    imported(desk, written(tmp_path, [row("C1", "Done", "11:00", code="Code 6")]))
    events = histories(desk)["C1"]
    assert types(events)[0] == "TicketOpened"
    assert events[0]["status"] == "new"
    solved = next(event for event in events if event["type"] == "TicketSolved")
    assert (solved["status"]["before"], solved["resolution"]) == ("new", "code-6")


def test_any_status_follows_any_other(desk: Desk, tmp_path: Path) -> None:
    states = ["Over", "Active", "Done", "Held", "Over", "Done", "Waiting", "Held", "Active"]
    log = [row("C1", state, f"10:{minute:02}") for minute, state in enumerate(states)]
    report = imported(desk, written(tmp_path, log))
    assert report.used == len(states)
    moves = [e for e in histories(desk)["C1"] if e.get("status") and e["type"] != "TicketOpened"]
    assert [(event["type"], event["status"]["after"]) for event in moves] == [
        ("TicketClosed", "closed"),
        ("TicketReopened", "open"),
        ("TicketSolved", "solved"),
        ("TicketReopened", "open"),
        ("TicketPaused", "on_hold"),
        ("TicketClosed", "closed"),
        ("TicketSolved", "solved"),
        ("TicketReopened", "open"),
        ("TicketPaused", "pending"),
        ("TicketPaused", "on_hold"),
        ("TicketActivated", "open"),
    ]


def test_a_value_that_disappears_is_cleared(desk: Desk, tmp_path: Path) -> None:
    log = [
        row("C1", "Active", "09:05", owner="bob"),
        row("C1", "Active", "09:06", owner="?", team="?", topic="?"),
    ]
    imported(desk, written(tmp_path, log))
    assigned, changed = histories(desk)["C1"][-2:]
    assert assigned["party"]["after"] == {"group": None, "agent": None}
    assert changed["fields"]["topic"]["after"] is None


def test_hindsight_is_read_only_on_rows_that_settle(desk: Desk, tmp_path: Path) -> None:
    log = [row("C1", "Active", "09:05", code="Code 6"), row("C1", "Done", "09:06", code="Code 6")]
    imported(desk, written(tmp_path, log))
    events = histories(desk)["C1"]
    assert "code" not in events[0]["fields"]
    (changed,) = [event for event in events if event["type"] == "FieldsChanged"]
    assert changed["fields"]["code"]["after"] == "code-6"
    assert changed["occurred_at"] == "2026-03-02T08:06:00.000000Z"


def test_hindsight_waits_for_the_time_from_which_it_is_known(desk: Desk, tmp_path: Path) -> None:
    known = mapping(
        ('hindsight = ["code"]', 'hindsight = ["code", "opened"]\nknown_from = "opened"'),
        ('occurred_at = "opened"\n', ""),
    )
    log = [
        row("C1", "Done", "09:05", code="Code 6", opened="2026-03-02 10:00"),
        row("C1", "Active", "09:30", code="Code 6", opened="2026-03-02 10:00"),
        row("C1", "Done", "10:00", code="Code 6", opened="2026-03-02 10:00"),
    ]
    imported(desk, written(tmp_path, log), known)
    solved = [event for event in histories(desk)["C1"] if event["type"] == "TicketSolved"]
    assert [event["resolution"] for event in solved] == ["unstated", "code-6"]


def test_the_rows_of_a_case_need_not_stand_together(desk: Desk, tmp_path: Path) -> None:
    other = [{**each, "id": "C2"} for each in TALE]
    mixed = [each for pair in zip(TALE, other, strict=True) for each in pair]
    imported(desk, written(tmp_path, mixed), chunk_rows=5)
    found = histories(desk)
    assert types(found["C1"]) == types(found["C2"])
    assert types(found["C1"])[-1] == "TicketClosed"


def test_rows_out_of_order_are_filed_at_their_time(desk: Desk, tmp_path: Path) -> None:
    log = [TALE[0], TALE[3], TALE[1]]
    report = imported(desk, written(tmp_path, log))
    assert report.used == 3
    late = histories(desk)["C1"][-2:]
    assert types(late) == ["TicketAssigned", "TicketActivated"]
    assert {event["occurred_at"] for event in late} == {"2026-03-02T08:30:00.000000Z"}
    (ticket,) = {commit["stream"] for commit in commits(desk)}
    assert desk.writer.streams.load(ticket).state.status.present == "pending"


def test_a_row_before_the_opening_is_refused_and_the_next_one_opens(
    desk: Desk, tmp_path: Path
) -> None:
    early = row("C1", "New", "08:00")
    log = written(tmp_path, [early, *TALE])
    report = imported(desk, log, chunk_rows=1)
    assert report.refused == {"time_before_opening": 1}
    assert report.examples["time_before_opening"][0].line == 2
    assert types(histories(desk)["C1"])[:3] == [
        "TicketOpened",
        "TicketAssigned",
        "CommandAnswered",
    ]
    before = size(desk)
    assert imported(desk, log).already_imported == len(TALE) + 1
    assert size(desk) == before


def test_a_case_that_nothing_can_open_leaves_nothing_but_the_account(
    desk: Desk, tmp_path: Path
) -> None:
    log = written(tmp_path, [row("C1", "New", "08:00"), row("C1", "Active", "08:30")])
    first = imported(desk, log)
    assert first.refused == {"time_before_opening": 2}
    assert not list(commits(desk))
    before = size(desk)
    assert imported(desk, log).as_json() == first.as_json()
    assert size(desk) == before


def test_a_row_whose_opening_cannot_be_read_is_recorded_behind_the_one_that_opens(
    desk: Desk, tmp_path: Path
) -> None:
    log = written(tmp_path, [row("C1", "New", "09:05", opened="soon"), *TALE[1:]])
    report = imported(desk, log)
    assert report.quarantined == {}
    assert (report.opened, report.rows) == (1, len(TALE))
    before = size(desk)
    assert imported(desk, log).already_imported == len(TALE)
    assert size(desk) == before
