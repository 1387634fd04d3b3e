"""Importing again, and rows that come later, record nothing twice."""

from __future__ import annotations

from pathlib import Path

from deskledger.app.desk import Desk
from tests.history.build import (
    TALE,
    histories,
    imported,
    mapping,
    row,
    size,
    types,
    written,
)


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
