"""What the importer makes of rows: commands, accounts, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.history.importer import ImportProgress
from tests.history.build import (
    commits,
    histories,
    imported,
    mapping,
    new_desk,
    row,
    size,
    types,
    written,
)

TALE = [
    row("C1", "New", "09:05"),
    row("C1", "Active", "09:30", owner="bob"),
    row("C1", "Active", "09:31", owner="bob"),
    row("C1", "Waiting", "10:00", owner="bob", topic="toner"),
    row("C1", "Done", "11:00", owner="bob", topic="toner", code="Code 6"),
    row("C1", "Over", "12:00", owner="bob", topic="toner", code="Code 6"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "desk") as made:
        yield made


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


def test_importing_twice_appends_nothing(desk: Desk, tmp_path: Path) -> None:
    log = written(tmp_path, TALE)
    imported(desk, log)
    before = desk.ledger.progress()
    report = imported(desk, log)
    assert report.already_imported == report.rows == len(TALE)
    assert desk.ledger.progress() == before


def test_rows_appended_to_a_log_are_imported_alone(desk: Desk, tmp_path: Path) -> None:
    imported(desk, written(tmp_path, TALE[:3]))
    report = imported(desk, written(tmp_path, [*TALE, row("C2", "New", "13:00")]))
    assert (report.already_imported, report.used, report.opened) == (3, 4, 1)


def test_a_file_of_the_new_rows_alone_goes_on_with_the_tickets_of_the_old(
    desk: Desk, tmp_path: Path
) -> None:
    imported(desk, written(tmp_path, TALE[:3]))
    report = imported(desk, written(tmp_path, [*TALE[3:], row("C2", "New", "13:00")]))
    assert (report.used, report.opened) == (4, 1)
    assert types(histories(desk)["C1"])[-1] == "TicketClosed"


def test_old_rows_whose_hindsight_the_source_has_rewritten_are_not_new(
    desk: Desk, tmp_path: Path
) -> None:
    imported(desk, written(tmp_path, [{**each, "code": "?"} for each in TALE[:4]]))
    rewritten = [{**each, "code": "Code 6"} for each in TALE]
    report = imported(desk, written(tmp_path, rewritten))
    assert (report.already_imported, report.used) == (4, 2)


def test_rows_imported_under_another_version_of_the_mapping_are_not_new(
    desk: Desk, tmp_path: Path
) -> None:
    imported(desk, written(tmp_path, TALE))
    before = size(desk)
    later = mapping(("version = 1", "version = 2"), ('topic = { column = "topic" }\n', ""))
    report = imported(desk, written(tmp_path, TALE), later)
    assert report.already_imported == len(TALE)
    assert size(desk) == before


def test_equal_rows_of_a_case_are_each_accounted_for(desk: Desk, tmp_path: Path) -> None:
    log = written(tmp_path, [TALE[0], TALE[1], TALE[1], TALE[1]])
    report = imported(desk, log)
    assert (report.used, report.no_change) == (2, 2)
    assert imported(desk, log).already_imported == 4


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


def test_columns_that_nothing_reads_are_named(desk: Desk, tmp_path: Path) -> None:
    fewer = mapping(('topic = { column = "topic" }\n', ""))
    assert imported(desk, written(tmp_path, TALE), fewer).unread == ("topic",)


def test_the_report_is_json_and_names_line_and_case_of_what_stopped(
    desk: Desk, tmp_path: Path
) -> None:
    report = imported(desk, written(tmp_path, [*TALE, row("C9", "Lost", "09:00")]))
    told = json.loads(json.dumps(report.as_json()))
    assert told["quarantined"] == {"status_unknown": 1}
    assert told["examples"] == {
        "status_unknown": [
            {
                "line": 8,
                "case": "C9",
                "detail": "the status is 'Lost', which the mapping does not list",
            }
        ]
    }


def test_of_many_rows_that_stop_for_one_reason_the_first_few_are_kept(
    desk: Desk, tmp_path: Path
) -> None:
    log = [row(f"C{number}", "Lost", "09:00") for number in range(20)]
    report = imported(desk, written(tmp_path, log))
    assert report.quarantined == {"status_unknown": 20}
    assert [example.line for example in report.examples["status_unknown"]] == [2, 3, 4, 5, 6]


def test_progress_rises_from_nothing_to_the_whole_file(desk: Desk, tmp_path: Path) -> None:
    told: list[ImportProgress] = []
    imported(desk, written(tmp_path, TALE), chunk_rows=2, progress=told.append)
    assert [reached.rows for reached in told] == [0, 2, 4, 6]
    assert (told[0].fraction, told[-1].fraction) == (0.0, 1.0)
