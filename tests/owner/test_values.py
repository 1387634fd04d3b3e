"""Every value that DuckDB gives comes out of a message as it went in."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.projections.owner.values import rows_of, told_rows

ZONES = st.sampled_from([None, UTC, timezone(timedelta(hours=8)), timezone(timedelta(minutes=-90))])
PLAIN: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**127), 2**127),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(max_size=40),
    st.decimals(allow_nan=False),
    st.datetimes(timezones=ZONES),
    st.dates(),
    st.times(timezones=ZONES),
    st.timedeltas(),
    st.uuids(),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(max_size=5), st.integers(), st.dates()), inner),
    ),
    max_leaves=8,
)


def through(rows: list[tuple[Any, ...]], types: list[str]) -> list[tuple[Any, ...]]:
    return rows_of(orjson.loads(orjson.dumps(told_rows(rows, types))), types)


def kinds(value: Any) -> Any:
    """A value's type, and those of what it holds."""
    if isinstance(value, list | tuple):
        return type(value), [kinds(one) for one in value]
    if isinstance(value, dict):
        return dict, [(kinds(key), kinds(one)) for key, one in value.items()]
    return type(value)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=4))
def test_any_value_comes_out_as_it_went_in(rows: list[tuple[Any, ...]]) -> None:
    found = through(rows, ["ANY", "ANY"])
    assert found == rows
    assert [kinds(row) for row in found] == [kinds(row) for row in rows]


@pytest.mark.parametrize(
    "expression",
    [
        "170141183460469231731687303715884105727::HUGEINT",
        "340282366920938463463374607431768211455::UHUGEINT",
        "18446744073709551615::UBIGINT",
        "-0.0::DOUBLE",
        "'infinity'::DOUBLE",
        "0.1::FLOAT",
        "1.50::DECIMAL(38, 2)",
        "'\\x00\\xFF'::BLOB",
        "TIMESTAMPTZ '2026-01-01 01:02:03.123456+08'",
        "TIMESTAMP_NS '2026-01-01 01:02:03.123456789'",
        "'infinity'::TIMESTAMPTZ",
        "'-infinity'::DATE",
        "'294247-01-10'::DATE",
        "TIMETZ '01:02:03+05:30'",
        "INTERVAL '1 month 2 days 3 seconds'",
        "uuid()",
        "[[1, NULL], NULL]",
        "array_value(1, 2, 3)",
        "{'a': [now()], 'b': {'c': 1::HUGEINT}}",
        "map {'x': 1.5}",
        "map {[1]: DATE '2026-01-01'}",
        "'{\"a\": 1}'::JSON",
        "{'a': 1}::VARIANT",
        "'101'::BIT",
        "12345678901234567890123::BIGNUM",
        "union_value(k := 1)",
        "'x'::ENUM ('x', 'y')",
        "chr(0) || '\\n{}'",
        "NULL",
    ],
)
def test_every_type_of_duckdb_comes_out_as_it_went_in(expression: str) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        asked = f"SELECT {expression} AS a, 1 AS b FROM range(3)"  # noqa: S608 - our own
        rows = connection.execute(asked).fetchall()
        types = [str(kind) for _, kind, *_ in connection.description or []]
    found = through(rows, types)
    assert found == rows
    assert [kinds(row) for row in found if not isinstance(row[0], datetime)] == [
        kinds(row) for row in rows if not isinstance(row[0], datetime)
    ]


def test_a_number_that_is_none_stays_none() -> None:
    ((found,),) = through([(float("nan"),)], ["DOUBLE"])
    assert found != found  # noqa: PLR0124 - what tells it


def test_no_rows_are_no_rows() -> None:
    assert through([], ["BIGINT", "DATE"]) == []


def test_times_at_the_ends_of_the_calendar_are_kept() -> None:
    infinite = datetime.max  # noqa: DTZ901 - as DuckDB gives an infinite time
    row = (infinite, date.min, time.max, Decimal("1E+30"), timedelta.min)
    assert through([row], ["ANY"] * 5) == [row]
