"""Checkpoints come back as they were written, and a fault is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.progress import Checkpoint, Progress, read_checkpoint, write_checkpoint
from tests.eventlog.build import DESK

COUNTS = st.integers(0, 2**53 - 1)
LANES = st.dictionaries(
    st.integers(0, 100), st.tuples(COUNTS, COUNTS, st.binary(min_size=32, max_size=32)), max_size=12
)


@given(LANES)
def test_a_checkpoint_reads_back_in_the_order_of_lanes(
    lanes: dict[int, tuple[int, int, bytes]],
) -> None:
    progress = [Progress(DESK, lane, *counts) for lane, counts in lanes.items()]
    written = write_checkpoint(Checkpoint(DESK, tuple(progress)))
    in_order = tuple(sorted(progress, key=lambda lane: lane.lane))
    assert read_checkpoint(written) == Checkpoint(DESK, in_order)


@given(st.binary(max_size=60))
def test_any_other_file_is_refused_as_input(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_checkpoint(data)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x", "not valid JSON"),
        ('{"format":2}', "not of format 1"),
        ('{"format":1,"desk":"x"}', "names no desk"),
        (f'{{"format":1,"desk":"{DESK}"}}', "no list `lanes`"),
        (f'{{"format":1,"desk":"{DESK}","lanes":[7]}}', "needs lane, records, sequence and hash"),
    ],
)
def test_a_fault_is_named(text: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_checkpoint(text.encode())
