"""Questions of analysts in SQL: one SELECT over the documented tables, and nothing else.

Several fences stand behind one another, since each alone has a hole: the statement's type, the
tables and functions that it names, a transaction that cannot write, a connection that cannot reach
outside and cannot be configured, a timer, and limits on what comes back.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import orjson

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.progress import Progress
from deskledger.projections.errors import GrantNeeded, QuestionStopped
from deskledger.projections.question import Asked, Limits, Tables
from deskledger.projections.schema import needs_grant
from deskledger.projections.sql import section

BATCH_ROWS = 1_000

_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(?:ANALYZE\s+)?(?:\([^)]*\)\s*)?", re.IGNORECASE)
# Others read files, run SQL that stands in a text, or show parts of tables past their names.
_TABLE_FUNCTIONS = frozenset(
    {"duckdb_columns", "duckdb_tables", "generate_series", "json_each", "json_tree", "range"}
    | {"repeat", "unnest"}
)
# These read or leave behind what is not in the tables.
_DENIED = frozenset({"currval", "getenv", "getvariable", "nextval", "setseed", "write_log"})


@contextmanager
def ask(
    tables: Tables, sql: str, *, personal: bool, limits: Limits | None = None
) -> Iterator[Asked]:
    """Asks one SELECT or EXPLAIN, inside a transaction that cannot write.

    Args:
        tables: what is asked.
        sql: the question.
        personal: whether tables of personal values may be named.
        limits: none by default; a server that answers many sets them.

    Raises:
        InvalidInput: it is no such statement, or is wrong; the message says where.
        GrantNeeded: it asks for personal values.
        QuestionStopped: it went beyond the limits; an answer is never cut short silently.
        Unavailable: it needs more memory or disk than there is.
    """
    with (
        tables.moment() as moment,
        moment.ask(sql, personal=personal, limits=limits) as asked,
    ):
        yield asked


@contextmanager
def ask_within(
    connection: duckdb.DuckDBPyConnection,
    progress: Sequence[Progress],
    sql: str,
    *,
    personal: bool,
    limits: Limits | None = None,
) -> Iterator[Asked]:
    """Asks inside the transaction of a connection, at which the tables had come to `progress`.

    Raises:
        InvalidInput, GrantNeeded, QuestionStopped, Unavailable: as `ask`.
    """
    within = limits or Limits()
    with _understood(), _timer(connection, within.seconds):
        _check(connection, sql, personal=personal)
        connection.execute(sql)
        described = connection.description or []
        columns = tuple((name, str(kind)) for name, kind, *_ in described)
        yield Asked(columns, _batches(connection, within), progress)


def _batches(
    connection: duckdb.DuckDBPyConnection, limits: Limits
) -> Iterator[list[tuple[Any, ...]]]:
    count = size = 0
    while rows := connection.fetchmany(BATCH_ROWS):
        count += len(rows)
        if limits.rows is not None and count > limits.rows:
            raise QuestionStopped(rows=limits.rows)
        if limits.bytes is not None:
            size += sum(_size(value) for row in rows for value in row)
            if size > limits.bytes:
                raise QuestionStopped(bytes=limits.bytes)
        yield rows


def _size(value: Any) -> int:
    match value:
        case str() | bytes():
            return len(value)
        case list() | tuple():
            return sum(map(_size, value), 8)
        case dict():
            return sum(map(_size, (*value, *value.values())), 8)
        case _:
            return 8


@contextmanager
def _timer(connection: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[None]:
    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException as error:
        raise QuestionStopped from error
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
    (told,) = connection.execute(section("analyst", "statement"), {"sql": asked}).fetchall()[0]
    statement = orjson.loads(told)
    if statement["error"]:
        raise InvalidInput(f"The question cannot be read: {statement.get('error_message')}")
    for node in _nodes(statement):
        _check_functions(node)
        table = node.get("table_name")
        if not personal and isinstance(table, str) and needs_grant(table.strip('"').lower()):
            raise GrantNeeded(table=table)


def _check_functions(node: dict[str, Any]) -> None:
    if node.get("type") == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name")).lower()
        if name not in _TABLE_FUNCTIONS:
            known = ", ".join(sorted(_TABLE_FUNCTIONS))
            told = f"The table function {name} is not offered; there are {known}."
            raise InvalidInput(told, function=name)
    function = node.get("function_name")
    if isinstance(function, str) and function.lower() in _DENIED:
        raise InvalidInput(f"The function {function} is not offered.", function=function)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in a parsed statement, wherever it stands."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
