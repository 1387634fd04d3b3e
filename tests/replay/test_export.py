"""Exporting lanes: whole files or none, beside writers, and only over lanes of the same desk."""

import subprocess
import sys
from pathlib import Path

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.replay.chains import verify_chains
from deskledger.replay.export.forms import header_of
from deskledger.replay.export.lane_files import export_lanes, lane_file
from tests.eventlog.build import OTHER_DESK, Chain, new_ledger, ticket
from tests.replay.exports import exported, verified
from tests.replay.ledgers import LANES, appending, change, rows, write_ledger

CHILD = """
import resource, sys
from pathlib import Path
from deskledger.replay.export.lane_files import export_lanes
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
export_lanes(Path(sys.argv[1]), Path(sys.argv[2]), lambda _: None)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_ledger(tmp_path)


def names(directory: Path) -> list[str]:
    return sorted(found.name for found in directory.iterdir())


def test_each_lane_has_a_file_whose_first_line_says_how_far_it_goes(path: Path) -> None:
    files = export_lanes(path, path.parent / "lanes", lambda _: None)
    assert [file.path.name for file in files] == [f"lane-0{lane}.jsonl" for lane in range(LANES)]
    ends = [(one.records, one.sequence, one.hash) for one in verify_chains(path).lanes]
    assert [file.header[3:] for file in files] == ends
    assert [header_of(file.path) for file in files] == [file.header for file in files]


def test_files_are_listed_in_the_order_of_lanes() -> None:
    found = [lane_file(Path(), lane, 120).name for lane in range(120)]
    assert found == sorted(found)


def test_progress_counts_every_record(path: Path, tmp_path: Path) -> None:
    told: list[int] = []
    export_lanes(path, tmp_path / "lanes", told.append)
    assert sum(told) == 51


def test_exporting_writes_nothing_to_the_ledger(path: Path) -> None:
    before = rows(path, "SELECT * FROM record"), path.stat().st_mtime_ns
    exported(path)
    assert (rows(path, "SELECT * FROM record"), path.stat().st_mtime_ns) == before


def test_a_ledger_can_be_exported_while_others_append(path: Path, tmp_path: Path) -> None:
    with appending(path):
        reports = [verified(exported(path, tmp_path / "lanes")) for _ in range(5)]
    assert [report.differences for report in reports] == [()] * 5
    assert all(report.records > 51 for report in reports)


def test_an_export_takes_the_place_of_an_earlier_one(path: Path) -> None:
    directory = exported(path)
    with EmbeddedLedger.open(path.parent) as ledger:
        ledger.append([Chain(ticket(50)).next()])
    exported(path)
    assert names(directory) == [
        "lane-00.jsonl",
        "lane-01.jsonl",
        "lane-02.jsonl",
        "manifest.json",
    ]
    assert verified(directory).records == 52


def test_lanes_of_another_desk_are_left_as_they_are(path: Path, tmp_path: Path) -> None:
    (other := tmp_path / "other").mkdir()
    directory = exported(write_ledger(other, OTHER_DESK))
    before = {name: (directory / name).read_bytes() for name in names(directory)}
    with pytest.raises(InvalidInput, match="no lane of this desk"):
        exported(path, directory)
    assert {name: (directory / name).read_bytes() for name in names(directory)} == before
    (directory / "lane-00.jsonl").write_text("something else")
    with pytest.raises(InvalidInput, match=r"lane-00\.jsonl"):
        exported(path, directory)


def test_a_file_in_the_place_of_the_directory_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="no directory"):
        exported(path, tmp_path / "file")
    with pytest.raises(Unavailable, match="cannot be written"):
        exported(path, tmp_path / "file" / "below")


def test_a_full_disk_says_so_and_leaves_whole_files_alone(tmp_path: Path) -> None:
    with new_ledger(tmp_path, lanes=3) as ledger:
        long = Chain(ticket(3))
        ledger.append([long.next(events=40) for _ in range(20)])
    directory = tmp_path / "lanes"
    arguments = [str(tmp_path / "ledger.sqlite"), str(directory), str(40_000)]
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", CHILD, *arguments], capture_output=True, text=True, check=False
    )
    assert "Unavailable" in done.stderr
    assert "File too large" in done.stderr
    # The long ticket is in lane 1: the lane before it is whole, nothing of its own was kept.
    assert names(directory) == ["lane-00.jsonl"]
    assert verified(directory / "lane-00.jsonl").differences == ()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE record SET value = 'text' WHERE id = :id",
        "UPDATE record SET lane_time = 1 << 62 WHERE id = :id",
        "UPDATE record SET lane_time = 'noon' WHERE id = :id",
        "UPDATE record SET verdict = x'00' WHERE id = :id",
        "UPDATE record SET lane_hash = 'hash' WHERE id = :id",
    ],
)
def test_what_no_ledger_holds_is_not_exported(path: Path, damage: str) -> None:
    change(path, damage, id=1 << 40 | 7)
    with pytest.raises(LedgerDamaged, match="Lane 1, record 7"):
        exported(path)
    assert names(path.parent / "lanes") == ["lane-00.jsonl"]
