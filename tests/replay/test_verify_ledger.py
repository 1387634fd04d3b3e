"""docs/verify_ledger.py judges by the same rules as deskledger: the vectors hold for both."""

import base64
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.replay.ledgers import SCRIPT, SCRIPT_MODULE

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "ledger-format-1.json").read_text(encoding="utf-8")
)
DESK = VECTORS["genesis_prev"][0]["desk"]

# Where no log said when it received a record.
NEVER = 1 << 62

Case = dict[str, Any]


def data_of(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


@pytest.mark.parametrize("case", VECTORS["judge"], ids=lambda case: case["about"])
def test_the_script_gives_each_record_its_verdict(case: Case) -> None:
    lane = SCRIPT_MODULE.Lane(DESK, 1 if "one lane" in case["about"] else 12, case["lane"])
    for number, record in enumerate(case["records"], 1):
        if record.get("stops"):
            return
        halves = data_of(record["key_base64"]), data_of(record["value_base64"])
        lane.take(number, *halves, record.get("received_at", NEVER), *[None] * 7)
        found = lane.hash.hex(), lane.version, lane.sequence, lane.time
        names = ("lane_hash_hex", "version", "sequence", "lane_time")
        assert found == tuple(record[name] for name in names), record["about"]


@pytest.mark.parametrize("case", VECTORS["strict_json"], ids=lambda case: case["name"])
def test_the_script_reads_strict_json(case: Case) -> None:
    # The script's reader looks for the format in the same step.
    data = base64.b64decode(case["data_base64"]).replace(b"{", b'{"format":1,', 1)
    data = data.replace(b'{"format":1,}', b'{"format":1}', 1)
    try:
        SCRIPT_MODULE.strict_json(data)
    except (ValueError, KeyError):
        accepted = False
    else:
        accepted = True
    assert accepted == case["accepted"]


@pytest.mark.parametrize("case", VECTORS["lanes"])
def test_the_script_finds_the_lane_of_a_stream(case: Case) -> None:
    assert SCRIPT_MODULE.Lane("", case["lanes"], 0).lane_of(case["stream"]) == case["lane"]


@pytest.mark.parametrize("content", [None, b"", b"no ledger", b'{"lanes":[]}'])
def test_the_script_tells_what_it_cannot_read_from_what_differs(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "ledger.sqlite"
    if content is not None:
        path.write_bytes(content)
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, SCRIPT, path], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("No ledger")
    assert "Traceback" not in ran.stderr


def test_the_script_says_in_the_end_whether_it_holds(tmp_path: Path) -> None:
    EmbeddedLedger.create(tmp_path, desk=DESK, lanes=1)
    path = tmp_path / "ledger.sqlite"
    run = [sys.executable, str(SCRIPT), str(path)]
    assert subprocess.check_output(run, text=True).endswith("It holds.\n")  # noqa: S603 - ours
    with sqlite3.connect(path) as ledger:
        ledger.execute("UPDATE record SET value = value || ' '")
    ledger.close()
    ran = subprocess.run(run, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert ran.returncode == 1
    assert ran.stdout.endswith("It differs.\n")


def test_the_script_proves_a_copy_that_is_protected_from_writing(tmp_path: Path) -> None:
    EmbeddedLedger.create(tmp_path, desk=DESK, lanes=1)
    path = tmp_path / "ledger.sqlite"
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        run = [sys.executable, str(SCRIPT), str(path)]
        told = subprocess.check_output(run, text=True)  # noqa: S603 - our own script
    finally:
        tmp_path.chmod(0o755)
    assert told.endswith("It holds.\n")
