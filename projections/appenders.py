"""Rows that are in memory, written without a statement being parsed."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import duckdb

Action = Literal["insert", "update"]
KEPT_MAX = 12
"""Appenders that are kept, those used last.

A row of 40 columns takes half as long again with a new one, and one for 50 columns of text holds
more than a megabyte.
"""


class Appenders:
    """Writes rows through one connection, inside its transaction."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Takes the connection, which is the store's own."""
        self._connection = connection
        self._kept: OrderedDict[tuple[str, ...], duckdb.Appender] = OrderedDict()

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Adds rows, each with values of these columns.

        Raises:
            duckdb.Error: a value is not of its column's type, or the table does not take it.
        """
        self._append(self._appender("insert", table, columns, None), rows)

    def update(
        self, table: str, key: Sequence[str], columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """Changes the columns in the rows with these keys; the values of the key come first.

        Raises:
            duckdb.Error: as `insert`.
        """
        self._append(self._appender("update", table, [*key, *columns], list(key)), rows)

    def _append(self, appender: duckdb.Appender, rows: Iterable[Sequence[Any]]) -> None:
        try:
            appender.append_rows(rows)
            appender.flush()
        finally:
            appender.clear()

    def _appender(
        self, action: Action, table: str, columns: Sequence[str], key: list[str] | None
    ) -> duckdb.Appender:
        name = (action, table, *columns)
        if name in self._kept:
            self._kept.move_to_end(name)
        else:
            if len(self._kept) >= KEPT_MAX:
                self._kept.popitem(last=False)
            self._kept[name] = self._connection.appender(
                table, columns=list(columns), action=action, key=key
            )
        return self._kept[name]
