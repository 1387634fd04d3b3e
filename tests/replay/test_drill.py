"""The drill: whoever has the file and SQLite changes it, and each change is named by its place."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deskledger.eventlog.progress import write_checkpoint
from deskledger.replay.chain_report import Difference
from deskledger.replay.chains import verify_chains
from tests.eventlog.build import DESK, OTHER_DESK, ticket
from tests.replay.ledgers import (
    SCRIPT,
    change,
    checkpoint_of,
    found_by_script,
    found_by_verify,
    rows,
    write_ledger,
)

TICKET = ticket(3)
LANE = 1 << 40
RECORD = LANE | 7
VOID = LANE | 9
OTHER_BYTE = """
UPDATE record SET value = CAST(replace(CAST(value AS TEXT), 'NoteAdded', 'NoteAddee') AS BLOB)
WHERE id = :id
"""
OTHER_KEY = """
UPDATE record SET stream = (SELECT key FROM stream WHERE name = :other) WHERE id = :id
"""
INSERT = """
INSERT INTO record (id, stream, command, verdict, version, sequence, lane_time, lane_hash, value)
VALUES (:id, :stream, :command, :verdict, :version, :sequence, :lane_time, :lane_hash, :value)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_ledger(tmp_path)


def one_byte_of_a_value(path: Path) -> None:
    change(path, OTHER_BYTE, id=RECORD)


def one_byte_of_a_void_value(path: Path) -> None:
    change(path, OTHER_BYTE, id=VOID)


def a_verdict_to_void(path: Path) -> None:
    change(
        path,
        "UPDATE record SET verdict = 'void:conflict', version = NULL WHERE id = :id",
        id=RECORD,
    )


def a_verdict_to_effective(path: Path) -> None:
    change(path, "UPDATE record SET verdict = 'effective' WHERE id = :id", id=VOID)


def a_verdict_to_another_reason(path: Path) -> None:
    change(path, "UPDATE record SET verdict = 'void:conflict' WHERE id = :id", id=VOID)


def a_key(path: Path) -> None:
    change(path, OTHER_KEY, id=RECORD, other=ticket(2))


def the_key_of_a_void_record(path: Path) -> None:
    change(path, OTHER_KEY, id=VOID, other=ticket(2))


CHANGES: dict[Callable[[Path], None], tuple[int, str]] = {
    one_byte_of_a_value: (7, "lane_hash"),
    one_byte_of_a_void_value: (9, "lane_hash"),
    a_verdict_to_void: (7, "verdict"),
    a_verdict_to_effective: (9, "verdict"),
    a_verdict_to_another_reason: (9, "verdict"),
    a_key: (7, "key"),
    the_key_of_a_void_record: (9, "key"),
}


def test_an_untouched_ledger_is_as_it_should_be(path: Path) -> None:
    report = verify_chains(path)
    assert report.differences == ()
    assert (report.desk, report.records, report.effective) == (DESK, 51, 34)
    assert report.void == {"conflict": 6, "duplicate_command": 4, "wrong_lane": 4}
    assert found_by_script(path) == []
    assert found_by_verify(path, checkpoint_of(path)) == []
    assert found_by_script(path, checkpoint_of(path)) == []


@pytest.mark.parametrize("damage", CHANGES, ids=lambda damage: damage.__name__)
def test_a_change_of_one_record_is_named_by_lane_record_and_stream(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    (difference,) = verify_chains(path).differences
    record, what = CHANGES[damage]
    found = (difference.lane, difference.record, difference.stream, difference.what)
    assert found == (1, record, TICKET, what)
    assert found_by_script(path) == [(1, record)]


def test_two_records_with_each_others_bytes_are_named_at_the_first(path: Path) -> None:
    change(
        path,
        "CREATE TEMP TABLE kept AS SELECT * FROM record WHERE id IN (:one, :two)",
        """
        UPDATE record SET (stream, value) =
          (SELECT stream, value FROM kept WHERE id = :one + :two - record.id)
        WHERE id IN (:one, :two)
        """,
        one=RECORD,
        two=RECORD + 1,
    )
    (difference,) = verify_chains(path).differences
    assert (difference.lane, difference.record, difference.stream) == (1, 7, TICKET)
    assert found_by_script(path) == [(1, 7)]


def test_two_records_that_changed_places_are_named_at_the_first(path: Path) -> None:
    change(
        path,
        "UPDATE record SET id = -1 WHERE id = :one",
        "UPDATE record SET id = :one WHERE id = :two",
        "UPDATE record SET id = :two WHERE id = -1",
        one=RECORD,
        two=RECORD + 1,
    )
    (difference,) = verify_chains(path).differences
    assert (difference.lane, difference.record, difference.stream) == (1, 7, TICKET)
    assert found_by_script(path) == [(1, 7)]


def test_a_record_taken_out_is_named_by_the_gap(path: Path) -> None:
    change(path, "DELETE FROM record WHERE id = :id", id=RECORD)
    (difference,) = verify_chains(path).differences
    assert (difference.lane, difference.record, difference.what) == (1, 7, "record")
    assert found_by_script(path) == [(1, 7)]


def test_a_cut_tail_is_found_against_a_checkpoint_and_only_then(path: Path) -> None:
    kept = checkpoint_of(path)
    change(path, "DELETE FROM record WHERE id >= :id AND id >> 40 = 1", id=RECORD)
    blind = verify_chains(path)
    assert (blind.differences, blind.against) == ((), None)
    assert found_by_script(path) == []
    report = verify_chains(path, against=kept)
    assert report.differences == (Difference(1, 7, None, "records", 19, 6),)
    assert found_by_script(path, kept) == [(1, 7)]


def test_a_ledger_written_anew_is_found_against_a_checkpoint_and_only_then(
    path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "anew"
    other.mkdir()
    anew, kept = write_ledger(other), checkpoint_of(path)
    assert found_by_verify(anew) == found_by_script(anew) == []
    differences = verify_chains(anew, against=kept).differences
    assert [(found.lane, found.record, found.what) for found in differences] == [
        (0, 21, "checkpoint"),
        (1, 19, "checkpoint"),
        (2, 11, "checkpoint"),
    ]
    assert found_by_script(anew, kept) == [(0, 21), (1, 19), (2, 11)]


def test_a_checkpoint_of_another_desk_is_named(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    kept = checkpoint_of(write_ledger(other, OTHER_DESK), OTHER_DESK)
    first = verify_chains(path, against=kept).differences[0]
    assert first == Difference(None, None, None, "desk", OTHER_DESK, DESK)
    assert found_by_script(path, kept) == [(0, 21), (1, 19), (2, 11)]


def test_a_ledger_that_says_it_is_of_another_desk_is_named_in_every_lane(path: Path) -> None:
    change(path, "UPDATE meta SET value = :desk WHERE name = 'desk'", desk=OTHER_DESK)
    differences = verify_chains(path).differences
    assert [(found.lane, found.record, found.stream, found.what) for found in differences] == [
        (lane, 1, f"lane/{lane}", "desk") for lane in range(3)
    ]
    assert found_by_script(path) == [(0, 1), (1, 1), (2, 1)]


def test_records_of_another_desk_are_named_where_they_begin(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_ledger(other, OTHER_DESK)
    taken = rows(other / "ledger.sqlite", "SELECT * FROM record WHERE id >> 40 = 1")
    change(path, "DELETE FROM record WHERE id >> 40 = 1")
    for row in taken:
        change(path, INSERT, **row)
    (difference,) = verify_chains(path).differences
    assert (difference.lane, difference.record, difference.stream) == (1, 1, "lane/1")
    assert found_by_script(path) == [(1, 1)]


def test_the_script_exits_with_1_and_names_the_place(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint.json"
    kept.write_bytes(write_checkpoint(checkpoint_of(path)))
    assert _run(path, kept).returncode == 0
    one_byte_of_a_value(path)
    run = _run(path, kept)
    assert run.returncode == 1
    assert f"lane 1, record 7, stream {TICKET}: lane_hash should be" in run.stdout
    assert "lane 2: 11 records, 14 events" in run.stdout


def _run(*arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def test_the_script_is_one_page_and_shares_no_code() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    imported = {
        line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))
    }
    assert imported <= set(sys.stdlib_module_names)
