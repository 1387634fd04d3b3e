"""Law: whatever is changed in whatever stored column, it is found, and named by its place."""

import shutil
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from deskledger.domain.errors import DeskError
from deskledger.replay.chains import verify_chains
from tests.replay.ledgers import change, found_by_script, rows, write_ledger

RECORDS = """
SELECT record.*, name, record.id >> 40 AS lane, record.id & 1099511627775 AS place
FROM record JOIN stream ON key = stream ORDER BY record.id
"""
STREAMS = "SELECT * FROM stream ORDER BY key"
PIECES = ["effective", "control", "void:conflict", "void:wrong_lane", "void:malformed", "", "lane"]
ANYTHING = st.one_of(
    st.none(),
    st.integers(-3, 30),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=20),
    st.text(max_size=20),
    st.sampled_from(PIECES),
)
KEYS = st.integers(-3, 30) | st.integers(-(2**63), 2**63 - 1)
"""All that SQLite takes for the key of a table's rows."""
often = settings(max_examples=60, deadline=None)


class Original:
    """A ledger that stays as it is, and copies of it to be damaged."""

    def __init__(self, directory: Path) -> None:
        self.path = write_ledger(directory)
        self.records = rows(self.path, RECORDS)
        self.streams = rows(self.path, STREAMS)
        self._copies = count()

    def copy(self) -> Path:
        copy = self.path.with_name(f"copy-{next(self._copies)}.sqlite")
        shutil.copyfile(self.path, copy)
        return copy

    def damaged(
        self, table: str, key: str, row: dict[str, Any], column: str, value: object
    ) -> Path:
        """A copy with one column changed; rejected where SQLite keeps the old value."""
        copy = self.copy()
        names = {"table": table, "key": key, "column": column}
        try:
            change(copy, UPDATE.format(**names), value=value, of=row[key])
        except (sqlite3.IntegrityError, OverflowError):
            # The file's own rules forbid it, so no such file can come to be.
            reject()
        (found,) = rows(copy, FOUND.format(**names), of=value if column == key else row[key])
        if (type(found["found"]), found["found"]) == (type(row[column]), row[column]):
            reject()
        return copy


UPDATE = "UPDATE {table} SET {column} = :value WHERE {key} = :of"
FOUND = "SELECT {column} AS found FROM {table} WHERE {key} = :of"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    return Original(tmp_path_factory.mktemp("desk"))


def other_value(data: st.DataObject, value: object) -> object:
    """Another value: often one that differs by little, or the same in another type."""
    draw = data.draw
    if isinstance(value, bytes) and value and draw(st.booleans()):
        at = draw(st.integers(0, len(value) - 1))
        return value[:at] + bytes([value[at] ^ draw(st.integers(1, 255))]) + value[at + 1 :]
    if isinstance(value, bytes) and draw(st.booleans()):
        return draw(st.sampled_from([value[:-1], value + b" ", value.decode("latin-1")]))
    if isinstance(value, int) and draw(st.booleans()):
        return value + draw(st.sampled_from([-1, 1, 1 << 40]))
    if isinstance(value, str) and draw(st.booleans()):
        return draw(st.sampled_from([value + " ", value.upper(), value.encode(), value[:-1]]))
    return draw(ANYTHING)


@often
@given(data=st.data())
@pytest.mark.parametrize(
    "column",
    ["stream", "command", "verdict", "version", "sequence", "lane_time", "lane_hash", "value"],
)
def test_a_changed_column_of_a_record_is_named_by_lane_record_and_stream(
    original: Original, column: str, data: st.DataObject
) -> None:
    record = data.draw(st.sampled_from(original.records))
    value = other_value(data, record[column])
    copy = original.damaged("record", "id", record, column, value)
    (difference,) = verify_chains(copy).differences
    assert (difference.lane, difference.record) == (record["lane"], record["place"])
    assert column == "stream" or difference.stream == record["name"]
    assert found_by_script(copy) == [(record["lane"], record["place"])]


@often
@given(data=st.data())
def test_a_record_that_was_moved_is_found_where_it_was_or_where_it_is(
    original: Original, data: st.DataObject
) -> None:
    record = data.draw(st.sampled_from(original.records))
    moved = data.draw(st.integers(-(2**63), 2**63 - 1) | st.integers(0, (4 << 40) - 1))
    copy = original.damaged("record", "id", record, "id", moved)
    differences = verify_chains(copy, processes=1).differences
    places = {(found.lane, found.record) for found in differences}
    ends = {(lane, place) for lane in range(3) for place in (1, _last(original, lane) + 1)}
    was, now = (record["lane"], record["place"]), (moved >> 40, moved & (1 << 40) - 1)
    assert places
    assert places <= {was, now} | ends


def _last(original: Original, lane: int) -> int:
    places: list[int] = [x["place"] for x in original.records if x["lane"] == lane]
    return max(places)


@often
@given(data=st.data())
@pytest.mark.parametrize("column", ["key", "name", "noun", "number"])
def test_a_changed_column_of_a_stream_is_named_at_its_first_records(
    original: Original, column: str, data: st.DataObject
) -> None:
    stream = data.draw(st.sampled_from(original.streams))
    taken = {one["key"] for one in original.streams}
    free = KEYS.filter(lambda key: key not in taken)
    value = data.draw(free) if column == "key" else other_value(data, stream[column])
    copy = original.damaged("stream", "key", stream, column, value)
    (difference,) = verify_chains(copy).differences
    own = [record for record in original.records if record["stream"] == stream["key"]]
    first = own[0]["place"]
    effective = min((record["place"] for record in own if record["version"] == 1), default=first)
    assert difference.lane == own[0]["lane"]
    assert difference.record in {first, effective}
    assert column in {"key", "name"} or difference.stream == stream["name"]


@often
@given(data=st.data())
def test_a_changed_byte_of_the_file_is_found_unless_it_stores_nothing(
    original: Original, data: st.DataObject
) -> None:
    copy = original.copy()
    at = data.draw(st.integers(0, copy.stat().st_size - 1))
    with copy.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ data.draw(st.integers(1, 255))]))
    try:
        differs = verify_chains(copy).differences
    except DeskError:
        return
    assert differs or (rows(copy, RECORDS), rows(copy, STREAMS)) == (
        original.records,
        original.streams,
    )


@pytest.mark.parametrize("lanes", [1, 2, 4, 2**22, 2**40, 0, -1, None, "3 lanes", b"3"])
def test_another_number_of_lanes_is_found(original: Original, lanes: object) -> None:
    copy = original.copy()
    change(copy, "UPDATE meta SET value = :lanes WHERE name = 'lanes'", lanes=lanes)
    if isinstance(lanes, int) and 0 < lanes <= 2**22:
        assert verify_chains(copy).differences[0].what in {"desk", "record", "records"}
    else:
        with pytest.raises(DeskError):
            verify_chains(copy)


def test_a_stream_that_no_record_names_is_found(original: Original) -> None:
    copy = original.copy()
    change(copy, "INSERT INTO stream (name, noun, number) VALUES ('ticket/x', 'ticket', NULL)")
    (difference,) = verify_chains(copy).differences
    assert (difference.stream, difference.what) == ("ticket/x", "stream")


@pytest.mark.parametrize("identifier", [-1, 5 << 40, (3 << 40) | 1])
def test_a_record_outside_of_all_lanes_is_found(original: Original, identifier: int) -> None:
    copy = original.copy()
    statement = """
    INSERT INTO record (id, stream, command, verdict, sequence, lane_time, lane_hash, value)
    SELECT :id, stream, command, verdict, sequence, lane_time, lane_hash, value FROM record
    WHERE verdict = 'void:conflict' LIMIT 1
    """
    change(copy, statement, id=identifier)
    assert [found.what for found in verify_chains(copy).differences] == ["record"]


def test_an_index_that_lacks_a_command_is_found(original: Original) -> None:
    copy = original.copy()
    change(
        copy,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'IS NOT NULL', '> 1')"
        " WHERE name = 'record_command'",
    )
    change(copy, "REINDEX record_command")
    change(
        copy,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, '> 1', 'IS NOT NULL')"
        " WHERE name = 'record_command'",
    )
    assert [found.what for found in verify_chains(copy).differences] == ["file"]
