"""The drill on an export: each change of its files is named by its place."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import ForeignFile
from deskledger.eventlog.progress import Checkpoint
from deskledger.replay.chain_report import Difference
from deskledger.replay.export.lane_files import lane_file
from tests.eventlog.build import DESK, OTHER_DESK, commit, ticket
from tests.replay.exports import (
    Lines,
    Original,
    change_lane,
    exported,
    places,
    renumbered,
    verified,
)
from tests.replay.ledgers import LANES, checkpoint_of, write_ledger


def test_two_records_that_changed_places_are_named_at_the_first(original: Original) -> None:
    def swap(lines: Lines) -> None:
        lines[7], lines[8] = lines[8], lines[7]

    copy = original.copy()
    change_lane(copy, 1, swap)
    assert verified(copy).differences[0].what == "record"
    change_lane(copy, 1, renumbered)
    assert places(verified(copy)) == [(1, 7)]


def test_a_record_taken_out_or_put_in_is_named_where_it_was(original: Original) -> None:
    def take_out(lines: Lines) -> None:
        del lines[7]
        renumbered(lines)

    def put_in(lines: Lines) -> None:
        value = commit(ticket(99), desk=OTHER_DESK).decode()
        lines.insert(7, {**lines[7], "key": ticket(99), "value": value})
        renumbered(lines)

    def repeat(lines: Lines) -> None:
        lines.insert(7, dict(lines[6]))
        renumbered(lines)

    for damage in (take_out, put_in, repeat):
        copy = original.copy()
        change_lane(copy, 1, damage)
        assert places(verified(copy)) == [(1, 7)], damage


def test_a_cut_tail_is_found_by_the_first_line_or_else_against_a_checkpoint(
    original: Original,
) -> None:
    kept = Checkpoint(DESK, original.report.lanes)

    def cut(lines: Lines) -> None:
        del lines[7:]

    def hide(lines: Lines) -> None:
        last = lines[-1]
        sequence = sum(_events(line) for line in lines[1:])
        lines[0].update(records=last["record"], hash=last["hash"], sequence=sequence)

    copy = original.copy()
    change_lane(copy, 1, cut)
    assert verified(copy).differences == (Difference(1, 7, None, "records", 19, 6),)
    change_lane(copy, 1, hide)
    assert verified(copy).differences == ()
    assert verified(copy, kept).differences == (Difference(1, 7, None, "records", 19, 6),)


def _events(line: dict[str, Any]) -> int:
    return len(json.loads(line["value"])["events"]) if line["verdict"] == "effective" else 0


@pytest.mark.parametrize("name", ["records", "sequence", "hash", "desk", "lanes"])
def test_a_changed_first_line_is_found(original: Original, name: str) -> None:
    def change_it(lines: Lines) -> None:
        stated = lines[0][name]
        other = stated + 1 if isinstance(stated, int) else stated.translate({ord("0"): "1"})
        lines[0][name] = other

    copy = original.copy()
    change_lane(copy, 1, change_it)
    (difference,) = verified(copy).differences
    assert difference.lane == 1


def test_an_export_made_anew_is_found_against_a_checkpoint_and_only_then(
    original: Original, tmp_path: Path
) -> None:
    anew, kept = exported(write_ledger(tmp_path)), Checkpoint(DESK, original.report.lanes)
    assert verified(anew).differences == ()
    assert places(verified(anew, kept)) == [(0, 21), (1, 19), (2, 11)]


def test_a_lane_that_is_missing_is_named(original: Original) -> None:
    copy = original.copy()
    lane_file(copy, 1, LANES).unlink()
    assert verified(copy).differences == (Difference(1, 1, "lane/1", "records", "a genesis", 0),)


def test_a_lane_of_another_desk_is_named(original: Original, tmp_path: Path) -> None:
    other = exported(write_ledger(tmp_path, OTHER_DESK))
    copy = original.copy()
    shutil.copyfile(lane_file(other, 1, LANES), lane_file(copy, 1, LANES))
    (difference,) = verified(copy).differences
    assert (difference.lane, difference.record, difference.what) == (1, 1, "desk")
    against = checkpoint_of(tmp_path / "ledger.sqlite", OTHER_DESK)
    assert verified(original.lanes, against).differences[0] == Difference(
        None, None, None, "desk", OTHER_DESK, DESK
    )


def test_one_lane_alone_can_be_verified(original: Original) -> None:
    kept = Checkpoint(DESK, original.report.lanes)
    report = verified(lane_file(original.lanes, 1, LANES), kept)
    expected = replace(
        original.report, against=kept, lanes=original.report.lanes[1:2], verdicts=report.verdicts
    )
    assert report == expected
    assert report.records == original.report.lanes[1].records


def test_a_lane_in_two_files_is_refused(original: Original) -> None:
    copy = original.copy()
    shutil.copyfile(lane_file(copy, 1, LANES), copy / "lane-1b.jsonl")
    with pytest.raises(InvalidInput, match="both hold lane 1"):
        verified(copy)


def test_what_is_no_export_is_refused(original: Original, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds no exported lane"):
        verified(tmp_path)
    (tmp_path / "lane-00.jsonl").write_text("[]\n")
    with pytest.raises(ForeignFile, match=r"lane-00\.jsonl"):
        verified(tmp_path)
    with pytest.raises(FileNotFoundError):
        verified(tmp_path / "nothing")
    copy = original.copy()
    for lane in range(LANES):
        change_lane(copy, lane, lambda lines: lines[1].update(value="{}", key=None))
    with pytest.raises(ForeignFile):
        verified(copy)


@pytest.mark.parametrize("line", ["", "{}", "no json", "[1]"])
def test_a_line_that_is_no_record_is_named_by_its_place(original: Original, line: str) -> None:
    copy = original.copy()
    path = lane_file(copy, 1, LANES)
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[7] = line
    path.write_text("\n".join(lines), encoding="utf-8")
    (difference,) = verified(copy).differences
    assert (difference.lane, difference.record, difference.what) == (1, 7, "line")


def test_lines_of_another_layout_prove_the_same(original: Original) -> None:
    copy = original.copy()
    for lane in range(LANES):
        path = lane_file(copy, lane, LANES)
        lines = [json.loads(line) for line in path.read_bytes().splitlines()]
        path.write_text("\n".join(json.dumps(line, sort_keys=True) for line in lines))
    assert verified(copy) == original.report
