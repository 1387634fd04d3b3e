"""Questions in SQL to the tables."""

import csv
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from types import NoneType
from typing import Annotated, Any

import orjson
import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import (
    console,
    draw,
    draw_pairs,
    natural_widths,
    one_line,
    total_width,
)
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.app.cli.values import words
from deskledger.domain.shapes import INTEGER_MAX, fact
from deskledger.projections.analyst import ask
from deskledger.projections.question import Asked

app = typer.Typer()

ROWS_SHOWN_MAX = 1_000
_NUMBERS = ("INT", "DECIMAL", "DOUBLE", "FLOAT")


class Format(StrEnum):
    """How an answer is laid out."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@app.command()
@command
def sql(
    session: Session,
    question: Annotated[
        str, typer.Argument(metavar="SQL", help="One SELECT or EXPLAIN; - reads it from stdin.")
    ],
    *,
    layout: Annotated[Format | None, typer.Option("--format", help="By default a table.")] = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="Tables with values of persons may be asked.")
    ] = False,
    as_of: AsOf,
) -> None:
    """Ask the tables a question; `deskledger schema` says what there is to ask.

    Nothing can be changed by it. Times are in UTC.
    """
    as_of.take_without(session, personal=personal)
    chosen = layout or (Format.JSON if session.as_json else Format.TABLE)
    with ask(session.tables, words(question), personal=personal) as asked:
        match chosen:
            case Format.JSON:
                _write_json(session, asked)
                return
            case Format.CSV:
                _write_csv(asked)
            case Format.TABLE:
                _tell_table(session, asked)
        tell_freshness(session, asked.progress)


def _write_json(session: Session, asked: Asked) -> None:
    """One object, its rows one by one, so that a large answer is never held whole."""
    columns = _distinct([name for name, _ in asked.columns])
    head = [
        {"name": name, "type": kind} for name, (_, kind) in zip(columns, asked.columns, strict=True)
    ]
    fresh = session.json({"columns": head, **freshness(session, asked.progress)})
    sys.stdout.write(fresh.removesuffix("}") + ',"rows":[')
    for index, row in enumerate(_rows(asked)):
        named = zip(columns, asked.columns, row, strict=True)
        values = {name: _json_value(value, kind) for name, (_, kind), value in named}
        sys.stdout.write(("," if index else "") + session.json(values))
    sys.stdout.write("]}\n")


def _write_csv(asked: Asked) -> None:
    """A line of names, then the rows; NULL is an empty field, as is an empty text."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(name for name, _ in asked.columns)
    for row in _rows(asked):
        writer.writerow("" if value is None else _text(value) for value in row)


def _tell_table(session: Session, asked: Asked) -> None:
    rows = _rows(asked)
    shown = list(islice(rows, ROWS_SHOWN_MAX))
    right = [
        index for index, (_, kind) in enumerate(asked.columns) if any(n in kind for n in _NUMBERS)
    ]
    cells = [
        ["NULL" if value is None else one_line(_text(value)) for value in row] for row in shown
    ]
    names = [name for name, _ in asked.columns]
    if total_width(natural_widths(names, cells)) > console().width:
        _tell_records(session, names, cells)
    else:
        session.tell(draw(names, cells, right=right))
    more = sum(1 for _ in rows)
    if more:
        session.note(session.say("sql.more", shown=len(shown), total=len(shown) + more))


def _tell_records(session: Session, names: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Row by row where a table would be too wide for the terminal."""
    for index, row in enumerate(cells, 1):
        session.tell(f"— {index} —\n{draw_pairs(zip(names, row, strict=True))}")


def _rows(asked: Asked) -> Iterator[tuple[Any, ...]]:
    return chain.from_iterable(asked.rows)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime() if value.tzinfo is not None:
            return str(fact(value))
        case dict() | list() | tuple():
            return Session.json(_json_value(value))
        case bytes():
            return value.hex()
        case _:
            return str(value)


def _json_value(value: Any, kind: str = "") -> Any:
    """A value as JSON has it; what JSON has no form for becomes text."""
    if isinstance(value, str) and kind == "JSON":
        return orjson.loads(value)
    if isinstance(value, dict):
        return {str(key): _json_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(inner) for inner in value]
    if isinstance(value, Decimal):
        return float(value)
    exact = not isinstance(value, int) or abs(value) <= INTEGER_MAX
    return value if exact and isinstance(value, _JSON_KINDS) else _text(value)


_JSON_KINDS = (NoneType, bool, int, float, str)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names of columns as keys of an object: the second `a` becomes `a_2`."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
