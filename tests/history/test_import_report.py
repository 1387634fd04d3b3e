"""What an import says of its rows: columns, places, reasons and progress."""

from __future__ import annotations

import json
from pathlib import Path

from deskledger.app.desk import Desk
from deskledger.consumers.history.importer import ImportProgress
from tests.history.build import (
    TALE,
    imported,
    mapping,
    row,
    written,
)


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
