"""The SQL of the projections, read from the `.sql` files beside this module."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

QUESTIONS = (
    "ticket",
    "ticket_personal",
    "ticket_event",
    "interaction",
    "status_span",
    "ownership_span",
    "episode",
    "standing_span",
    "first_response",
    "handover",
    "clock",
    "sla_attainment",
    "figure_value",
    "configuration",
    "ticket_entry",
    "queue_entry",
    "due_soon",
    "ticket_reference",
    "ticket_link",
    "ticket_participant",
    "refusal",
    "stream_event",
    "customer",
    "customer_timeline",
    "agent",
    "availability_span",
    "agent_group",
    "desk_day",
    "agent_day",
    "ticket_step",
    "zone_stretch",
    "business_day",
    "business_span",
    "business_value",
    "business_share",
)
"""The files of the analysts' tables; `progress` and `batch` serve the store itself."""

_SECTION = re.compile(r"^-- name: ([a-z_]+)\n", re.MULTILINE)
_TABLE = re.compile(
    r"((?:^-- [^\n]*\n)+)CREATE (TABLE|VIEW) ([a-z_]+) \(\n((?:^ [^\n]*\n)+)\)", re.MULTILINE
)
_COLUMN = re.compile(r"^  ([a-z_]+)[^\n]*? -- ([^\n]*\n(?:^    -- [^\n]*\n)*)", re.MULTILINE)
_MARKER = re.compile(r"\n? *-- ")


@cache
def sections(question: str) -> dict[str, str]:
    """The named parts of `<question>.sql`, in the order in which they stand there.

    A part begins with a line `-- name: <name>` and reaches to the next such line; what stands
    before the first is a comment about the file.
    """
    text = files(__package__).joinpath(f"{question}.sql").read_text(encoding="utf-8")
    parts = _SECTION.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def section(question: str, name: str) -> str:
    """One named part of `<question>.sql`: its statements, or its one query."""
    return sections(question)[name]


def table_statements(question: str) -> Iterator[str]:
    """Statements that create the tables of `<question>.sql` and describe them in the database.

    The comment above a table or view and the comments behind its columns become the descriptions
    that analysts read, so that a column and what it means stand on one line.
    """
    tables = section(question, "tables")
    yield tables
    for described, kind, table, columns in _TABLE.findall(tables):
        yield f"COMMENT ON {kind} {table} IS {_literal(described)}"
        for column, meaning in _COLUMN.findall(columns):
            yield f"COMMENT ON COLUMN {table}.{column} IS {_literal(meaning)}"


def table_names(question: str) -> list[str]:
    """The tables and views of `<question>.sql`, in order."""
    return [table for _, _, table, _ in _TABLE.findall(section(question, "tables"))]


def _literal(comment: str) -> str:
    words = " ".join(part.strip() for part in _MARKER.split("\n" + comment) if part.strip())
    return "'" + words.replace("'", "''") + "'"
