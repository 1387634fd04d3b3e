"""Rows of a store's tables, in a form in which they can be compared."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import orjson

from deskledger.domain.shapes import instant_text
from deskledger.projections.store import ProjectionStore

Row = dict[str, Any]

_JSON = frozenset(
    {
        "addresses",
        "after",
        "attachment_names",
        "attachments",
        "before",
        "configuration",
        "detail",
        "facts",
        "fields",
        "identities",
        "limits",
        "names",
        "origin",
        "since",
        "skills",
        "used",
    }
)


def rows(store: ProjectionStore, table: str, numbers: Collection[int] = ()) -> list[Row]:
    """The rows of a table in a fixed order, perhaps only those of some tickets."""
    every = f"SELECT * FROM {table} ORDER BY ALL"  # noqa: S608 - our own names
    with store.reading() as connection:
        found = connection.execute(every).fetchall()
        names = [name for name, *_ in connection.description or []]
    if numbers:
        place = names.index("ticket" if "ticket" in names else "number")
        found = [row for row in found if row[place] in numbers]
    return [
        {name: _shown(name, value) for name, value in zip(names, row, strict=True)} for row in found
    ]


def one(store: ProjectionStore, table: str, number: int) -> Row:
    """The only row of a table about this number."""
    (row,) = rows(store, table, [number])
    return row


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_text(value.astimezone(UTC))
    if name in _JSON and isinstance(value, str):
        return orjson.loads(value)
    return value
