"""Plain records are what the client itself reads in a batch, without what nobody judges."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.errors import CorruptRecordError
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder

from deskledger.eventlog.kafka.plain_records import plain_records

NONE, GZIP, LZ4, ZSTD = 0, 1, 3, 4
APPEND_TIME = 8
ATTRIBUTES_AT, COUNT_AT, RECORDS_AT = 22, 60, 61

payloads = st.none() | st.binary(max_size=300)
headers = st.lists(st.tuples(st.text(max_size=5), payloads), max_size=2)
contents = st.lists(
    st.tuples(st.integers(0, 2**45), payloads, payloads, headers), min_size=1, max_size=70
)


def batch_of(rows: list[tuple[int, bytes | None, bytes | None, Any]], codec: int) -> bytearray:
    builder = DefaultRecordBatchBuilder(
        2, codec, is_transactional=False, producer_id=-1, producer_epoch=-1, base_sequence=-1,
        batch_size=1 << 20,
    )  # fmt: skip
    for offset, row in enumerate(rows):
        assert builder.append(offset, *row) is not None
    return bytearray(builder.build())


@given(contents, st.sampled_from([NONE, GZIP, LZ4, ZSTD]), st.sampled_from([0, APPEND_TIME]))
def test_plain_records_are_those_that_the_client_reads(
    rows: list[tuple[int, bytes | None, bytes | None, Any]], codec: int, stamped: int
) -> None:
    data = batch_of(rows, codec)
    data[ATTRIBUTES_AT] |= stamped
    known = [(r.offset, r.timestamp, r.key, r.value) for r in DefaultRecordBatch(data)]
    assert list(plain_records(DefaultRecordBatch(data))) == known


@given(contents, st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_is_found_or_gives_as_many_records(
    rows: list[tuple[int, bytes | None, bytes | None, Any]], place: int, change: int
) -> None:
    data = batch_of(rows, NONE)
    data[RECORDS_AT + place % (len(data) - RECORDS_AT)] ^= change
    try:
        found = list(plain_records(DefaultRecordBatch(data)))
    except CorruptRecordError:
        return
    assert len(found) == len(rows)


@pytest.mark.parametrize("count", [0, 2])
def test_a_batch_with_more_or_fewer_records_than_it_says_is_corrupt(count: int) -> None:
    data = batch_of([(0, b"key", b"value", [])], NONE)
    data[COUNT_AT] = count
    with pytest.raises(CorruptRecordError):
        list(plain_records(DefaultRecordBatch(data)))
