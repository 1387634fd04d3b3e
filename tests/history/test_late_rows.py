"""Rows that come behind later ones: filed at their time, and when they are the present."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deskledger.app.desk import Desk
from tests.history.build import commits, histories, imported, row, types, written

FIRST = row("C1", "Active", "10:00", topic="printer")
REPEATED = row("C1", "Active", "12:00", topic="printer")
LATE = row("C1", "Waiting", "11:00", topic="toner")


def present(desk: Desk) -> tuple[str, Any]:
    """Status and topic of the one ticket, as the desk knows them now."""
    (ticket,) = {commit["stream"] for commit in commits(desk)}
    state = desk.writer.streams.load(ticket).state
    return state.status.present.value, state.fields["topic"].present


def test_a_late_row_is_the_present_where_later_rows_only_repeated_what_was_known(
    desk: Desk, tmp_path: Path
) -> None:
    report = imported(desk, written(tmp_path, [FIRST, REPEATED, LATE]))
    assert (report.used, report.no_change) == (2, 1)
    assert types(histories(desk)["C1"])[-2:] == ["TicketPaused", "FieldsChanged"]
    assert present(desk) == ("pending", "toner")


def test_a_late_row_is_not_the_present_of_values_that_a_later_row_changed(
    desk: Desk, tmp_path: Path
) -> None:
    changed = row("C1", "Held", "12:00", topic="printer")
    imported(desk, written(tmp_path, [FIRST, changed, LATE]))
    assert present(desk) == ("on_hold", "toner")


def test_in_order_of_time_the_last_row_is_the_present(desk: Desk, tmp_path: Path) -> None:
    report = imported(desk, written(tmp_path, [FIRST, LATE, REPEATED]))
    assert report.used == 3
    assert present(desk) == ("open", "printer")


def test_a_late_row_in_a_file_of_its_own_is_no_other_than_one_behind_in_the_same(
    desk: Desk, tmp_path: Path
) -> None:
    imported(desk, written(tmp_path, [FIRST, REPEATED]))
    imported(desk, written(tmp_path, [LATE], "late.csv"))
    assert present(desk) == ("pending", "toner")
