"""Laws: an export proves what its ledger proves, and whatever is changed in it is found there."""

import json
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.errors import ForeignFile
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.progress import Checkpoint
from deskledger.replay import log_chains
from deskledger.replay.chain_report import Difference
from deskledger.replay.chains import verify_chains
from deskledger.replay.export.lane_files import lane_file
from deskledger.replay.export.lane_lines import read_record
from tests.eventlog.build import DESK, NOON, NOTE, OTHER_DESK, Chain, commit, ticket
from tests.replay.exports import (
    Lines,
    Logged,
    change_lane,
    exported,
    places,
    renumbered,
    verified,
    write_replica,
)
from tests.replay.ledgers import LANES, change, checkpoint_of, write_ledger

often = settings(max_examples=60, deadline=None)
MILLISECONDS = int(NOON.timestamp() * 1000)

anything = st.none() | st.binary(max_size=30) | st.text(max_size=30).map(str.encode)


class Original:
    """An export that stays as it is, and copies of it to be changed."""

    def __init__(self, directory: Path) -> None:
        self.ledger = write_ledger(directory)
        self.report = verify_chains(self.ledger)
        self.lanes = exported(self.ledger)
        self._copies = count()

    def copy(self) -> Path:
        copy = self.lanes.with_name(f"copy-{next(self._copies)}")
        shutil.copytree(self.lanes, copy)
        return copy

    def lines(self, lane: int) -> Lines:
        path = lane_file(self.lanes, lane, LANES)
        return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    return Original(tmp_path_factory.mktemp("desk"))


@st.composite
def logged_lanes(draw: st.DrawFn) -> dict[int, list[Logged]]:
    """Lanes as foreign producers may leave them: commits in order, twice, astray, and garbage."""
    chains = [Chain(ticket(number)) for number in range(4)]
    lanes: dict[int, list[tuple[bytes | None, bytes | None]]] = {
        lane: [genesis_record(DESK, lane, LANES)] for lane in range(LANES)
    }
    for _ in range(draw(st.integers(0, 25))):
        chain = draw(st.sampled_from(chains))
        own = lane_of(chain.stream, LANES)
        text = draw(st.text(max_size=8))
        kind = draw(st.sampled_from(["next", "next", "again", "astray", "stale", "garbage"]))
        key: bytes | None = chain.stream.encode()
        if kind == "garbage":
            lane = draw(st.integers(0, LANES - 1))
            lanes[lane].append((draw(anything | st.just(key)), draw(anything)))
        elif kind == "again":
            lanes[own].append(draw(st.sampled_from(lanes[own])))
        elif kind == "stale":
            lanes[own].append((key, commit(chain.stream, chain.version, chain.hash)))
        else:
            lane = own if kind == "next" else (own + 1) % LANES
            value = Chain.next(chain, event={**NOTE, "text": text}).value
            lanes[lane].append((key, value))
    times = st.sampled_from([-1, 0, MILLISECONDS - 5, MILLISECONDS, MILLISECONDS + 10**9, 2**62])
    return {
        lane: [Logged(2 * at, draw(times), *record) for at, record in enumerate(records)]
        for lane, records in lanes.items()
    }


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
