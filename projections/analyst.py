"""Questions of analysts in SQL: one reading statement, personal values on request only."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import orjson

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.progress import Progress
from deskledger.projections.schema import needs_grant
from deskledger.projections.sql import section
from deskledger.projections.store import ProjectionStore, read_progress

BATCH_ROWS = 1_000

_EXPLAIN = re.compile(r"\s*explain\s+(analyze\s+)?", re.IGNORECASE)
# Others read files, run SQL that stands in a text, or show parts of tables past their names.
_TABLE_FUNCTIONS = frozenset(
    {"duckdb_columns", "duckdb_tables", "generate_series", "json_each", "json_tree", "range"}
    | {"repeat", "unnest"}
)


@dataclass(frozen=True)
class Asked:
    """An answer that is being read.

    Attributes:
        columns: name and DuckDB type of each column.
        rows: batches of rows, in order; to be read before the question is closed.
        progress: how far the tables had come.
    """

    columns: tuple[tuple[str, str], ...]
    rows: Iterator[list[tuple[Any, ...]]]
    progress: list[Progress]


@contextmanager
def ask(store: ProjectionStore, sql: str, *, personal: bool) -> Iterator[Asked]:
    """Asks one SELECT or EXPLAIN, inside a transaction that cannot write.

    Args:
        store: the tables.
        sql: the question.
        personal: whether tables of personal values may be named.

    Raises:
        InvalidInput: it is no such statement, is wrong, or asks for personal values; the message
            says where.
        Unavailable: it needs more memory or disk than there is.
    """
    with store.reading() as connection, _understood():
        _check(connection, sql, personal=personal)
        progress = read_progress(connection, store.desk)
        connection.execute(sql)
        described = connection.description or []
        columns = tuple((name, str(kind)) for name, kind, *_ in described)
        yield Asked(columns, _batches(connection), progress)


def _batches(connection: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    while rows := connection.fetchmany(BATCH_ROWS):
        yield rows


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException, duckdb.FatalException) as error:
        raise Unavailable(f"The question could not be answered: {error}") from error
    except duckdb.Error as error:
        raise InvalidInput(f"The question cannot be answered: {error}") from error


def _check(connection: duckdb.DuckDBPyConnection, sql: str, *, personal: bool) -> None:
    statements = connection.extract_statements(sql)
    kinds = [statement.type for statement in statements]
    if kinds not in ([duckdb.StatementType.SELECT], [duckdb.StatementType.EXPLAIN]):
        raise InvalidInput("Ask one SELECT or EXPLAIN statement at a time; nothing was done.")
    asked = statements[0].query
    if kinds == [duckdb.StatementType.EXPLAIN]:
        asked = _EXPLAIN.sub("", asked, count=1)
    for function in _table_functions(connection, asked):
        if function not in _TABLE_FUNCTIONS:
            known = ", ".join(sorted(_TABLE_FUNCTIONS))
            told = f"The table function {function} is not offered; there are {known}."
            raise InvalidInput(told, function=function)
    named = sorted(name for name in connection.get_table_names(asked) if needs_grant(name))
    if named and not personal:
        told = f"{', '.join(named)} holds personal values; ask for them with --personal."
        raise InvalidInput(told, tables=named)


def _table_functions(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[str]:
    """The names of all table functions that a SELECT calls, wherever they stand in it."""
    (told,) = connection.execute(section("analyst", "statement"), {"sql": sql}).fetchall()[0]
    statement = orjson.loads(told)
    if statement["error"]:
        raise InvalidInput(f"The question cannot be read: {statement.get('error_message')}")
    yield from _called(statement)


def _called(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _called(inner)
    elif isinstance(node, dict):
        if node.get("type") == "TABLE_FUNCTION":
            yield str(node["function"]["function_name"])
        for inner in node.values():
            yield from _called(inner)
