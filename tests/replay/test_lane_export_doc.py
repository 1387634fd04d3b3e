"""The reader in docs/lane-export.md is whole, and finds what was changed."""

import re
import subprocess
import sys
from pathlib import Path

from tests.replay.exports import change_lane, exported, verified
from tests.replay.ledgers import write_ledger

DOCUMENT = Path(__file__).parents[2] / "docs" / "lane-export.md"


def read(directory: Path) -> "subprocess.CompletedProcess[str]":
    (program,) = re.findall(
        r"^```python\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    command = [sys.executable, "-I", "-S", "-c", program, str(directory)]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def test_the_documented_reader_comes_to_the_same_hashes(tmp_path: Path) -> None:
    lanes = exported(write_ledger(tmp_path))
    done = read(lanes)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"lane {lane.lane}: {lane.records} records, {lane.hash.hex()}"
        for lane in verified(lanes).lanes
    ]


def test_the_documented_reader_finds_a_change_and_a_cut(tmp_path: Path) -> None:
    lanes = exported(write_ledger(tmp_path))
    change_lane(lanes, 1, lambda lines: lines.pop())
    assert "says another end" in read(lanes).stderr
    change_lane(lanes, 1, lambda lines: lines[7].update(value="{}"))
    assert "record 7 is not what it was" in read(lanes).stderr
