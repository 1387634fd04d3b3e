"""What the tables are, for those who query them: every table and column with its meaning."""

from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from deskledger.projections.file import FORMAT
from deskledger.projections.sql import QUESTIONS, section, table_names, table_statements

VERSION = FORMAT
"""Version of the schema; within it, tables and columns are only added."""


class Column(NamedTuple):
    """A column: its type as DuckDB names it, whether it can be NULL, and what it means.

    Of a view DuckDB does not say what can be NULL; there it is where the meaning says so.
    """

    name: str
    type: str
    nullable: bool
    meaning: str


class Table(NamedTuple):
    """A table or view, what its rows are, and whether reading it needs a grant."""

    name: str
    meaning: str
    personal: bool
    columns: Sequence[Column]


def needs_grant(table: str) -> bool:
    """Whether a table holds personal values, or the bytes in which they are sealed."""
    return table.endswith("_personal") or table == "quarantine"


def tables() -> list[Table]:
    """Every table that can be queried, in the order of the questions that they answer."""
    with duckdb.connect(":memory:") as connection:
        for question in (*QUESTIONS, "progress"):
            for statement in table_statements(question):
                connection.execute(statement)
        found = connection.execute(section("schema", "tables")).fetchall()
        columns = connection.execute(section("schema", "columns")).fetchall()
    order = [table for question in (*QUESTIONS, "progress") for table in table_names(question)]
    described = {name: (meaning, view) for name, meaning, view in found}
    return [
        Table(
            table,
            described[table][0],
            needs_grant(table),
            [
                Column(name, kind, "NULL" in meaning if described[table][1] else nullable, meaning)
                for owner, name, kind, nullable, meaning in columns
                if owner == table
            ],
        )
        for table in order
    ]
