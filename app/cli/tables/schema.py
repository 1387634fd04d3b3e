"""What the tables and their columns mean."""

from typing import Annotated, Any

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw, draw_pairs
from deskledger.domain.errors import InvalidInput
from deskledger.projections.schema import VERSION, Table, tables

app = typer.Typer()


@app.command("schema")
@command
def show_schema(
    session: Session,
    table: Annotated[str | None, typer.Argument(metavar="TABLE", help="Only this one.")] = None,
) -> None:
    """Describe the tables that `deskledger sql` can ask, or one of them with its columns."""
    found = [one for one in tables() if table in (None, one.name)]
    if not found:
        told = f"There is no table {table!r}; `deskledger schema` lists them."
        raise InvalidInput(told, table=table)
    if session.as_json:
        session.answer({"version": VERSION, "tables": [_object(one) for one in found]})
    elif table is None:
        headers = [session.say(f"column.{name}") for name in ("table", "meaning")]
        session.tell(draw(headers, [[one.name, _meaning(session, one)] for one in found]))
    else:
        _tell_table(session, found[0])


def _tell_table(session: Session, table: Table) -> None:
    session.tell(f"{table.name}\n{_meaning(session, table)}\n")
    rows = [
        [column.name, column.type + ("" if column.nullable else " NOT NULL"), column.meaning]
        for column in table.columns
    ]
    session.tell(draw_pairs(rows))


def _meaning(session: Session, table: Table) -> str:
    mark = f" [{session.say('schema.personal')}]" if table.personal else ""
    return table.meaning + mark


def _object(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "meaning": table.meaning,
        "personal": table.personal,
        "columns": [column._asdict() for column in table.columns],
    }
