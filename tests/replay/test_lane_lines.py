"""The lines of an exported lane carry every byte, and can be read in one way only."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.eventlog.errors import ForeignFile, NewerVersion
from deskledger.eventlog.strict_json import INTEGER_MAX, Malformed
from deskledger.replay.export.lane_lines import (
    LaneHeader,
    LaneLine,
    header_line,
    read_header,
    read_record,
    record_line,
)
from tests.eventlog.build import DESK

parts = st.none() | st.binary(max_size=60) | st.text(max_size=60).map(str.encode)
lines = st.builds(
    LaneLine,
    record=st.integers(1, INTEGER_MAX),
    lane_time=st.integers(0, 253402300799999999),
    verdict=st.text(max_size=20),
    hash=st.binary(min_size=32, max_size=32),
    key=parts,
    value=parts,
    timestamp=st.none() | st.integers(0, INTEGER_MAX),
)
HEADER = LaneHeader(DESK, 2, 12, 7, 9, bytes(32))
LINE = LaneLine(1, 0, "control", bytes(32), b"lane/2", b"{}")


@given(lines)
def test_a_record_comes_back_as_it_was(line: LaneLine) -> None:
    written = record_line(line)
    assert read_record(written) == line
    assert written.endswith(b"\n")
    assert b"\n" not in written[:-1]


@given(st.text())
def test_text_stands_as_text_and_other_bytes_in_base64(text: str) -> None:
    body = json.loads(record_line(LINE._replace(value=text.encode())))
    assert body["value"] == text
    data = text.encode() + b"\xff"
    body = json.loads(record_line(LINE._replace(value=data)))
    assert base64.b64decode(body["value_base64"]) == data
    assert "value" not in body


@given(lines, st.randoms(use_true_random=False))
def test_another_layout_of_the_same_line_says_the_same(line: LaneLine, random: object) -> None:
    body = json.loads(record_line(line))
    names = sorted(body)
    getattr(random, "shuffle")(names)  # noqa: B009 - hypothesis' own Random
    other = json.dumps({name: body[name] for name in names}, ensure_ascii=True)
    assert read_record(other.encode()) == line


def test_a_time_of_the_log_beyond_every_number_is_told_as_the_last_one() -> None:
    written = record_line(LINE._replace(timestamp=2**62))
    assert read_record(written).timestamp == INTEGER_MAX


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"record": 0}, "record"),
        ({"record": "1"}, "record"),
        ({"lane_time": "1970-01-01"}, "lane_time"),
        ({"lane_time": None}, "lane_time"),
        ({"verdict": None}, "verdict"),
        ({"hash": "AB"}, "hash"),
        ({"hash": None}, "hash"),
        ({"key": 1}, "key"),
        ({"key_base64": "AA=="}, "either key or key_base64"),
        ({"value": ["{}"]}, "value"),
        ({"timestamp": -1}, "timestamp"),
        ({"timestamp": True}, "timestamp"),
    ],
)
def test_a_line_that_is_no_record_is_refused(change: dict[str, object], what: str) -> None:
    body = json.loads(record_line(LINE)) | change
    with pytest.raises(Malformed, match=what):
        read_record(json.dumps(body).encode())


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"[]\n",
        record_line(LINE)[:-5],
        record_line(LINE).replace(b'"record":1', b'"record":1,"record":1'),
        record_line(LINE).replace(b'"value":"{}"', b'"value_base64":"e30"'),
        record_line(LINE).replace(b'"value":"{}"', b'"value_base64":null'),
        record_line(LINE._replace(value=bytes(8 << 20))),
    ],
)
def test_bytes_that_are_no_line_are_refused(line: bytes) -> None:
    with pytest.raises(Malformed):
        read_record(line)


def test_the_first_line_comes_back_as_it_was() -> None:
    assert read_header(header_line(HEADER)) == HEADER


def test_names_that_are_not_known_are_not_looked_at() -> None:
    more = json.dumps(json.loads(header_line(HEADER)) | {"more": {"a": [1]}})
    assert read_header(more.encode()) == HEADER
    more = json.dumps(json.loads(record_line(LINE)) | {"more": {"a": [1]}})
    assert read_record(more.encode()) == LINE


@pytest.mark.parametrize(
    "change",
    [
        {"export": "desk"},
        {"format": 0},
        {"desk": "desk"},
        {"lane": 12},
        {"lane": -1},
        {"records": None},
        {"sequence": 1.5},
        {"hash": "x"},
    ],
)
def test_another_first_line_is_foreign(change: dict[str, object]) -> None:
    body = json.loads(header_line(HEADER)) | change
    with pytest.raises(ForeignFile):
        read_header(json.dumps(body).encode())
    with pytest.raises(ForeignFile):
        read_header(b"PK\x03\x04")


def test_a_newer_format_says_to_update() -> None:
    body = json.loads(header_line(HEADER)) | {"format": 2}
    with pytest.raises(NewerVersion, match="Update"):
        read_header(json.dumps(body).encode())
