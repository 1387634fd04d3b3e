"""docs/verify_ledger.py judges by the same rules as deskledger: the vectors hold for both."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.replay.ledgers import SCRIPT_MODULE

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "ledger-format-1.json").read_text(encoding="utf-8")
)
DESK = VECTORS["genesis_prev"][0]["desk"]

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
        lane.take(number, *halves, record.get("received_at"), *[None] * 7)
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
    assert SCRIPT_MODULE.lane_of(case["stream"], case["lanes"]) == case["lane"]
