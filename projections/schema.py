"""What the tables are, for those who query them: every table and column with its meaning."""

from collections.abc import Sequence
from typing import NamedTuple

import duckdb

from deskledger.projections.file import FORMAT
from deskledger.projections.sql import QUESTIONS, section, table_statements

VERSION = FORMAT
"""Version of the schema; within it, tables and columns are only added."""


class Column(NamedTuple):
    """A column: its type as DuckDB names it, whether it can be NULL, and what it means."""

    name: str
    type: str
    nullable: bool
    meaning: str


class Table(NamedTuple):
    """A table, what its rows are, and whether reading it needs a grant."""

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
    return [
        Table(
            name,
            meaning,
            needs_grant(name),
            [Column(*column[1:]) for column in columns if column[0] == name],
        )
        for name, meaning in found
    ]
