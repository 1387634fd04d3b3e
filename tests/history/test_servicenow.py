"""The real ServiceNow log: each row counted against the file itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from deskledger.app.desk import Desk
from tests.history.real_logs import SERVICENOW, SharedImport, shared_import
from tests.history.servicenow_rows import (
    FIELDS,
    FINAL,
    SETTLED,
    STATUS,
    Case,
    Row,
    accepted,
    at,
    believed,
    commits_by_case,
    idle_rows,
    refused,
    rows_by_case,
    said,
    ticket_after,
    unknown,
)


@pytest.fixture(scope="module")
def raw() -> dict[str, list[Row]]:
    return rows_by_case()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SharedImport:
    return shared_import(tmp_path_factory, SERVICENOW, "servicenow")


@pytest.fixture(scope="module")
def desk(shared: SharedImport) -> Iterator[Desk]:
    with Desk.open(shared.directory) as opened:
        yield opened


@pytest.fixture(scope="module")
def cases(raw: dict[str, list[Row]], desk: Desk) -> dict[str, Case]:
    commits = commits_by_case(desk)
    return {case: Case(rows, commits[case]) for case, rows in raw.items()}


def test_the_file_has_the_quirks_that_are_told_of_it(raw: dict[str, list[Row]]) -> None:
    rows = [row for own in raw.values() for row in own]
    pairs = [pair for own in raw.values() for pair in pairwise(own)]
    states = [[row["incident_state"] for row in own] for own in raw.values()]
    counts = [[int(row["sys_mod_count"]) for row in own] for own in raw.values()]
    times = [[at(row["sys_updated_at"]) for row in own] for own in raw.values()]
    assert (len(raw), len(rows)) == (20_769, 119_998)
    assert all(len({row[name] for row in own}) == 1 for own in raw.values() for name in FINAL)
    assert sum(said(one) == said(other) for one, other in pairs) == 24_564
    assert sum(map(refused, rows)) == 5
    assert sum(len(set(own)) < len(own) for own in counts) == 5
    assert sum(own != sorted(own) for own in counts) == 4
    assert sum(own != sorted(own) for own in times) == 1
    assert sum(map(unknown, rows)) == 2
    moves = [(a["incident_state"], b["incident_state"]) for a, b in pairs]
    assert moves.count(("Closed", "Active")) == 8
    assert sum(own[0] != "New" for own in states) == 7_386
    assert sum(own[0] == "Resolved" for own in states) == 1_682
    assert sum(len({row["caller_id"] for row in own}) > 1 for own in raw.values()) == 3
    nobody = [[row["assigned_to"] == "?" for row in own] for own in raw.values()]
    nowhere = [[row["assignment_group"] == "?" for row in own] for own in raw.values()]
    both = [list(zip(a, b, strict=True)) for a, b in zip(nobody, nowhere, strict=True)]
    assert sum((True, True) in own for own in both) == 1_168
    assert sum((False, True) in own for own in both) == 3_063


def test_every_row_is_accounted_for(shared: SharedImport, raw: dict[str, list[Row]]) -> None:
    report = shared.report
    rows = [row for own in raw.values() for row in own]
    idle = sum(idle_rows(accepted(own)) for own in raw.values())
    assert report["rows"] == len(rows) == 119_998
    assert report["refused"] == {"time_before_opening": sum(map(refused, rows))}
    assert report["quarantined"] == {"status_unknown": sum(map(unknown, rows))}
    assert report["no_change"] == idle
    assert report["used"] == len(rows) - idle - 5 - 2
    assert report["opened"] == len(raw)
    assert (report["already_imported"], report["unread"]) == (0, [])


def test_each_row_is_one_commit_at_its_own_time(cases: dict[str, Case]) -> None:
    for rows, commits in cases.values():
        kept = accepted(rows)
        assert len(commits) == len(kept)
        assert commits[0].events[0]["occurred_at"] == at(rows[0]["opened_at"])
        for row, commit in zip(kept, commits, strict=True):
            changes = [
                e for e in commit.events if e["type"] not in {"TicketOpened", "CommandAnswered"}
            ]
            assert {event["occurred_at"] for event in changes} <= {at(row["sys_updated_at"])}


def told(row: Row, name: str) -> str | None:
    return None if row[name] == "?" else row[name]


def test_after_each_row_the_ticket_is_what_the_row_says(cases: dict[str, Case]) -> None:
    compared = 0
    for rows, commits in cases.values():
        kept = accepted(rows)
        times = [at(row["sys_updated_at"]) for row in kept]
        if times != sorted(times):
            continue
        state: dict[str, Any] = {}
        for row, commit in zip(kept, commits, strict=True):
            state = ticket_after(state, commit)
            assert state["status"] == STATUS[row["incident_state"]]
            group = told(row, "assignment_group")
            assert state["party"]["group"] == (group and group.lower().replace(" ", "-"))
            assert (state["party"]["agent"] is None) == (row["assigned_to"] == "?")
            assert state["category"] == [
                term for name in ("category", "subcategory") if (term := told(row, name))
            ]
            for field, name in FIELDS.items():
                assert state["fields"].get(field) == told(row, name)
            assert state["fields"]["reassignments"] == int(row["reassignment_count"])
            assert state["fields"]["made_sla"] == (row["made_sla"] == "true")
            compared += 1
    assert compared == 119_998 - 7 - 4


def test_impact_urgency_and_priority_are_the_rows(cases: dict[str, Case]) -> None:
    level = {"1": "high", "2": "medium", "3": "low"}
    priority = {"1": "urgent", "2": "high", "3": "normal", "4": "low"}
    for rows, commits in cases.values():
        state: dict[str, Any] = {}
        for row, commit in zip(accepted(rows), commits, strict=True):
            state = ticket_after(state, commit)
            assert state["impact"] == level[row["impact"][0]]
            assert state["urgency"] == level[row["urgency"][0]]
            assert state["priority"] == priority[row["priority"][0]]


def test_a_ticket_opens_new_whatever_its_first_row_says(cases: dict[str, Case]) -> None:
    first_seen_solved = 0
    for rows, commits in cases.values():
        assert commits[0].events[0]["status"] == "new"
        solved = any(event["type"] == "TicketSolved" for event in commits[0].events)
        assert solved == (accepted(rows)[0]["incident_state"] == "Resolved")
        first_seen_solved += solved
    assert first_seen_solved == 1_682


def test_final_values_are_read_only_where_they_were_known(cases: dict[str, Case]) -> None:
    for rows, commits in cases.values():
        known = False
        for row, commit in zip(accepted(rows), commits, strict=True):
            known = known or believed(row)
            set_now = [
                event["fields"]["closed_code"]
                for event in commit.events
                if event["type"] == "FieldsChanged" and "closed_code" in event["fields"]
            ]
            assert "closed_code" not in commit.events[0].get("fields", {}) or set_now
            for change in set_now:
                assert known
                assert change["before"] is None
                assert change["after"] == row["closed_code"].replace(" ", "-")
            for event in commit.events:
                if event["type"] == "TicketSolved":
                    code = row["closed_code"].replace(" ", "-") if believed(row) else "unstated"
                    assert event["resolution"] == (code if code != "?" else "unstated")


def test_moves_out_of_a_settled_status_reopen(cases: dict[str, Case]) -> None:
    from_closed = 0
    for rows, commits in cases.values():
        states = [STATUS[row["incident_state"]] for row in accepted(rows)]
        undone = sum(a in SETTLED and b not in SETTLED for a, b in pairwise(states))
        reopened = [e for c in commits for e in c.events if e["type"] == "TicketReopened"]
        assert len(reopened) == undone
        from_closed += sum(event["status"]["before"] == "closed" for event in reopened)
    assert from_closed == 8


def test_each_person_column_is_a_namespace_of_its_own(
    cases: dict[str, Case], shared: SharedImport, desk: Desk
) -> None:
    names: dict[tuple[str, str], str] = {}

    def check(column: str, row: Row, agent: str | None) -> None:
        if row[column] == "?":
            assert agent is None
        else:
            assert agent is not None
            assert names.setdefault((column, row[column]), agent) == agent

    for rows, commits in cases.values():
        state: dict[str, Any] = {}
        for row, commit in zip(accepted(rows), commits, strict=True):
            state = ticket_after(state, commit)
            check("sys_updated_by", row, commit.behalf)
            check("assigned_to", row, state["party"]["agent"])
            check("opened_by", row, state["fields"].get("opened_by"))
            if believed(row):
                check("resolved_by", row, state["fields"].get("resolved_by"))
    assert len(set(names.values())) == len(names) == shared.report["named"]["agents"]
    assert len(desk.ledger.streams("agent", 0, 10_000)) == len(names) + 1


def test_each_caller_of_an_opening_is_one_customer_and_later_callers_are_kept(
    cases: dict[str, Case], desk: Desk
) -> None:
    customers: dict[str, str | None] = {}
    changed = 0
    for rows, commits in cases.values():
        kept = accepted(rows)
        customer = commits[0].events[0]["customer"]
        assert (customer is None) == (kept[0]["caller_id"] == "?")
        assert customers.setdefault(kept[0]["caller_id"], customer) == customer
        events = [event for commit in commits for event in commit.events]
        moves = [e for e in events if "caller" in (e.get("personal_fields") or {})]
        callers = sum(a["caller_id"] != b["caller_id"] for a, b in pairwise(kept))
        assert sum(event["type"] == "FieldsChanged" for event in moves) == callers
        changed += callers > 0
    customers.pop("?")
    assert len(set(customers.values())) == len(customers)
    assert len(desk.ledger.streams("customer", 0, 10_000)) == len(customers)
    assert changed == 3
