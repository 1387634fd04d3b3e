"""Laws: an export proves what its ledger proves, and whatever is changed in it is found there."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from deskledger.domain.errors import DeskError
from deskledger.eventlog.progress import Checkpoint
from deskledger.replay import log_chains
from deskledger.replay.chains import verify_chains
from deskledger.replay.export.lane_files import lane_file
from deskledger.replay.export.lane_lines import read_record
from tests.eventlog.build import DESK
from tests.replay.exports import (
    Logged,
    Original,
    change_lane,
    exported,
    places,
    verified,
    write_replica,
)
from tests.replay.ledgers import LANES, change, write_ledger
from tests.replay.logs import logged_lanes

often = settings(max_examples=60, deadline=None)


@settings(max_examples=40, deadline=None)
@given(lanes=logged_lanes())
def test_the_export_of_any_log_proves_what_its_replica_proves(
    tmp_path_factory: pytest.TempPathFactory, lanes: dict[int, list[Logged]]
) -> None:
    path = write_replica(tmp_path_factory.mktemp("node"), lanes)
    report = verify_chains(path)
    assert report.differences == ()
    assert verified(exported(path)) == report
    for lane, records in lanes.items():
        lines = lane_file(path.parent / "lanes", lane, LANES).read_bytes().splitlines()[1:]
        found = [read_record(line) for line in lines]
        assert [(one.key, one.value) for one in found] == [one[2:] for one in records]


def test_the_export_of_a_ledger_proves_what_the_ledger_proves(original: Original) -> None:
    assert verified(original.lanes) == original.report
    kept = Checkpoint(DESK, original.report.lanes)
    assert verified(original.lanes, kept) == verify_chains(original.ledger, against=kept)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE record SET verdict = 'void:conflict' WHERE id = :id",
        "UPDATE record SET lane_time = lane_time + 1 WHERE id = :id",
        "UPDATE record SET value = CAST(value || ' ' AS BLOB) WHERE id = :id",
        "UPDATE record SET lane_hash = zeroblob(32) WHERE id = :id",
        "UPDATE record SET stream = stream - 1 WHERE id = :id",
        "DELETE FROM record WHERE id = :id",
    ],
)
def test_the_export_of_a_damaged_ledger_is_found_damaged_at_the_same_place(
    tmp_path: Path, damage: str
) -> None:
    path = write_ledger(tmp_path)
    change(path, damage, id=1 << 40 | 7)
    (expected,) = verify_chains(path).differences
    assert verified(exported(path)).differences == (expected,)


def test_child_processes_find_what_one_process_finds(original: Original) -> None:
    copy = original.copy()
    change_lane(copy, 1, lambda lines: lines[7].update(verdict="void:conflict"))
    alone = verified(copy)
    with patch.object(log_chains, "RECORDS_ALONE_MAX", 0):
        shared = verified(copy, processes=2)
    assert shared == alone
    assert places(shared) == [(1, 7)]


@often
@given(data=st.data())
@pytest.mark.parametrize("name", ["key", "value", "verdict", "hash", "lane_time"])
def test_whatever_is_changed_of_a_record_is_named_by_lane_and_record(
    original: Original, name: str, data: st.DataObject
) -> None:
    lane = data.draw(st.integers(0, LANES - 1))
    lines = original.lines(lane)
    record = data.draw(st.integers(1, len(lines) - 1))
    stated = lines[record][name]
    at = data.draw(st.integers(0, len(stated) - 1))
    other = data.draw(st.characters(codec="utf-8") | st.just(""))
    text = stated[:at] + other + stated[at + 1 :]
    if text == stated:
        reject()
    copy = original.copy()
    change_lane(copy, lane, lambda lines: lines[record].update({name: text}))
    (difference,) = verified(copy).differences
    assert (difference.lane, difference.record) == (lane, record)
    assert (
        difference.what
        in {
            "key": {"key", "lane_hash"},
            "value": {"lane_hash"},
            "verdict": {"verdict", "lane_hash"},
            "hash": {"lane_hash", "line"},
            "lane_time": {"lane_time", "line"},
        }[name]
    )


@often
@given(data=st.data())
def test_a_changed_byte_of_a_file_is_found_unless_it_says_the_same(
    original: Original, data: st.DataObject
) -> None:
    copy, lane = original.copy(), data.draw(st.integers(0, LANES - 1))
    path = lane_file(copy, lane, LANES)
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    byte = bytes([before[at] ^ data.draw(st.integers(1, 255))])
    after = before[:at] + byte + before[at + 1 :]
    path.write_bytes(after)
    record = before[:at].count(b"\n")
    try:
        report = verified(copy)
    except DeskError:
        assert record == 0
        return
    if not report.differences:
        assert _said(after) == _said(before)
    elif record:
        assert places(report) in ([(lane, record)], [(lane, record), (lane, record + 1)])


def _said(data: bytes) -> list[Any]:
    """What lines say, whatever their layout; the first one by those names that mean something."""
    header, *records = data.split(b"\n")
    known = ("format", "export", "desk", "lane", "lanes", "records", "sequence", "hash")
    stated = json.loads(header)
    return [*map(stated.get, known), *(read_record(line) for line in records if line)]
