"""The drill on restoring: what is damaged is refused by its place, and nothing half-made stays."""

import json
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.errors import ForeignFile, LedgerDamaged
from deskledger.replay.export.forms import Form
from deskledger.replay.export.lane_files import export_lanes, lane_file
from deskledger.replay.export.manifest import NAME
from deskledger.replay.restore import restoring
from deskledger.replay.restore.restoring import find_export, restore_desk
from tests.eventlog.build import OTHER_DESK
from tests.replay.exports import Lines, Original, change_lane, exported, renumbered
from tests.replay.ledgers import LANES, write_ledger

Change = Callable[[Lines], object]


def refused(copy: Path) -> DeskError:
    """What is said of an export; nothing may be left of the attempt."""
    desk = copy.parent / "desk" / "here"
    with pytest.raises(DeskError) as found:
        restore_desk(find_export(copy), desk)
    assert not desk.exists()
    assert not desk.parent.exists() or not list(desk.parent.iterdir())
    return found.value


def swap(lines: Lines) -> None:
    lines[7], lines[8] = lines[8], lines[7]


def swap_and_renumber(lines: Lines) -> None:
    swap(lines)
    renumbered(lines)


def take_out(lines: Lines) -> None:
    del lines[7]


def change_value(lines: Lines) -> None:
    lines[7]["value"] = lines[7]["value"].replace("NoteAdded", "NoteErased")


@pytest.mark.parametrize(
    "change",
    [
        swap,
        swap_and_renumber,
        take_out,
        change_value,
        lambda lines: lines[7].update(verdict="void:conflict"),
        lambda lines: lines[7].update(hash="00" * 32),
        lambda lines: lines[7].update(lane_time="2026-03-02T12:00:00.000001Z"),
        lambda lines: lines[7].update(value=None),
    ],
)
def test_a_changed_record_is_named_by_file_line_lane_and_record(
    original: Original, change: Change
) -> None:
    copy = original.copy()
    change_lane(copy, 1, change)
    if change is swap_and_renumber:
        copy_header(original, copy)
    error = refused(copy)
    assert isinstance(error, LedgerDamaged)
    place = {name: error.facts.get(name) for name in ("file", "line", "lane", "record")}
    path = str(lane_file(copy, 1, LANES))
    assert place == {"file": path, "line": 8, "lane": 1, "record": 7}
    assert f"{path}, line 8: lane 1, record 7" in str(error)


def test_child_processes_name_the_same_place(original: Original) -> None:
    copy = original.copy()
    change_lane(copy, 1, change_value)
    alone = refused(copy)
    with patch.object(restoring, "RECORDS_ALONE_MAX", 0):
        together = refused(copy)
    assert (str(together), together.facts) == (str(alone), alone.facts)
    assert together.facts["record"] == 7


def copy_header(original: Original, copy: Path) -> None:
    """Gives a lane its first line again."""
    first = original.lines(1)[0]
    change_lane(copy, 1, lambda lines: lines[0].update(first))


def test_a_cut_file_is_named_by_its_last_line(original: Original) -> None:
    copy = original.copy()
    path = lane_file(copy, 1, LANES)
    data = path.read_bytes()
    path.write_bytes(b"".join(data.splitlines(keepends=True)[:7]))
    assert refused(copy).facts["record"] == 7
    path.write_bytes(data[: len(data) // 2])
    assert refused(copy).facts["what"] == "line"


def test_other_bytes_that_say_the_same_are_not_the_file_that_was_exported(
    original: Original,
) -> None:
    copy = original.copy()
    change_lane(copy, 1, lambda lines: lines[7].update(more="names that nobody reads"))
    error = refused(copy)
    assert isinstance(error, LedgerDamaged)
    assert "not the file that the manifest lists" in str(error)


def test_lanes_that_changed_places_or_are_missing_are_refused(original: Original) -> None:
    copy = original.copy()
    one, other = (lane_file(copy, lane, LANES) for lane in (1, 2))
    one.rename(copy / "aside")
    other.rename(one)
    (copy / "aside").rename(other)
    assert "another lane" in str(refused(copy))
    one.unlink()
    assert f"{one} is missing" in str(refused(copy))


def test_lanes_of_another_desk_are_refused(original: Original, tmp_path: Path) -> None:
    copy = original.copy()
    other = lane_file(exported(write_ledger(tmp_path, OTHER_DESK)), 1, LANES)
    lane_file(copy, 1, LANES).write_bytes(other.read_bytes())
    assert isinstance(refused(copy), ForeignFile)


def test_an_export_that_was_not_finished_is_refused(original: Original) -> None:
    copy = original.copy()
    (copy / NAME).unlink()
    error = refused(copy)
    assert isinstance(error, InvalidInput)
    assert "no finished export" in str(error)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": 2}, "newer"),
        ({"export": "tables"}, "another kind"),
        ({"desk": "desk"}, "desk"),
        ({"files": []}, "every lane"),
        ({"files": [{"file": "../lane-00.jsonl", "bytes": 1, "sha256": ""}]}, "file"),
        ({"lanes": 4}, "lanes are missing"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(
    original: Original, change: dict[str, object], told: str
) -> None:
    copy = original.copy()
    body = json.loads((copy / NAME).read_bytes())
    (copy / NAME).write_text(json.dumps({**body, **change}))
    assert told in str(refused(copy))


def test_every_flipped_byte_of_a_parquet_file_is_found(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    lanes = tmp_path / "lanes"
    export_lanes(path, lanes, lambda _: None, form=Form.PARQUET)
    file = lane_file(lanes, 1, LANES, Form.PARQUET)
    whole = file.read_bytes()
    for place in range(0, len(whole), 211):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        assert str(file) in str(refused(lanes))
    file.write_bytes(whole[:-40])
    assert str(file) in str(refused(lanes))


def test_a_record_changed_in_parquet_is_named_by_its_row(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    lanes = tmp_path / "lanes"
    export_lanes(path, lanes, lambda _: None, form=Form.PARQUET)
    file = lane_file(lanes, 1, LANES, Form.PARQUET)
    table = pq.read_table(file)
    pq.write_table(table.take([*range(6), 7, 6, *range(8, table.num_rows)]), file)
    error = refused(lanes)
    assert (error.facts["file"], error.facts["record"]) == (str(file), 7)
    assert f"{file}, row 7" in str(error)
