"""Rows as JSON columns and back, so that every value that DuckDB gives comes out as it went in.

What JSON has a form for stands as itself. Any other value stands as an object with one member,
`$`, that holds its kind and its content: `{"$": ["decimal", "1.50"]}`.
"""

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any
from uuid import UUID

Row = tuple[Any, ...]

_INTEGER_MAX = 2**63 - 1
# Columns of these types hold nothing but what JSON has a form for.
_PLAIN = frozenset(
    {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
    | {"VARCHAR", "JSON"}
)
_KINDS: dict[str, Callable[[Any], Any]] = {
    "integer": int,
    "float": float,
    "decimal": Decimal,
    "bytes": bytes.fromhex,
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda parts: timedelta(*parts),
    "uuid": UUID,
    "list": lambda inner: [value_of(one) for one in inner],
    "tuple": lambda inner: tuple(value_of(one) for one in inner),
    "object": lambda pairs: {value_of(key): value_of(inner) for key, inner in pairs},
}


def told_rows(rows: Sequence[Row], types: Sequence[str]) -> list[Any]:
    """Rows as columns of JSON values.

    Args:
        rows: what DuckDB gave.
        types: the DuckDB type of each column.
    """
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    return [
        column if kind in _PLAIN else [told(value) for value in column]
        for column, kind in zip(columns, types, strict=True)
    ]


def rows_of(columns: Sequence[Sequence[Any]], types: Sequence[str]) -> list[Row]:
    """The rows that were told as columns."""
    read = [
        column if kind in _PLAIN else [value_of(value) for value in column]
        for column, kind in zip(columns, types, strict=True)
    ]
    return list(zip(*read, strict=True))


def told(value: Any) -> Any:
    """A value as JSON has it."""
    kind = value.__class__
    if kind in _AS_THEY_ARE or (kind is int and abs(value) <= _INTEGER_MAX):
        return value
    if kind is float and math.isfinite(value):
        return value
    name, form = _FORMS[kind]
    return {"$": [name, form(value)]}


def value_of(stated: Any) -> Any:
    """The value that was told."""
    if not isinstance(stated, dict):
        return stated
    kind, content = stated["$"]
    return _KINDS[kind](content)


_AS_THEY_ARE = frozenset({NoneType, bool, str})
_FORMS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    int: ("integer", str),
    float: ("float", str),
    Decimal: ("decimal", str),
    bytes: ("bytes", bytes.hex),
    datetime: ("instant", datetime.isoformat),
    date: ("date", date.isoformat),
    time: ("time", time.isoformat),
    timedelta: ("duration", lambda value: (value.days, value.seconds, value.microseconds)),
    UUID: ("uuid", str),
    list: ("list", lambda value: [told(one) for one in value]),
    tuple: ("tuple", lambda value: [told(one) for one in value]),
    dict: ("object", lambda value: [(told(key), told(one)) for key, one in value.items()]),
}
