"""Rows as columns: instants are those that were stored, whoever reads the text."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.eventlog.instants import format_instant
from deskledger.projections.columns import record_batch

INSTANT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema([("at", INSTANT)])
INSTANTS = st.none() | st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside it


@given(instants=st.lists(INSTANTS, min_size=1))
def test_instants_are_read_as_arrow_reads_them(instants: list[datetime | None]) -> None:
    texts = [None if one is None else format_instant(one) for one in instants]
    column = record_batch([(text,) for text in texts], SCHEMA).column("at")
    assert column.equals(pa.array(texts, pa.string()).cast(INSTANT))


@pytest.mark.parametrize("text", ["2026-11-23T05:00:00.000000", "2026-11-23", "now", ""])
def test_what_names_no_instant_is_no_value_of_the_column(text: str) -> None:
    with pytest.raises(ValueError, match=text or "''"):
        record_batch([(text,)], SCHEMA)
