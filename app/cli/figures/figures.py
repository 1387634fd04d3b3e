"""The desk's figures: how many, how long and which share, by period and dimension."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.lists.paging import Whose
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.code_names import CodeNames
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.names import Names
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.domain.errors import InvalidInput
from deskledger.domain.report.period import Days, days_of
from deskledger.domain.ticket.events import Kind
from deskledger.projections.figure_names import (
    AGENT_TIMES,
    FIGURES,
    PER_AGENT,
    RATES,
    TIMES,
    Dimension,
)
from deskledger.projections.figures import Figure, FiguresAsked, figures
from deskledger.projections.periods import Length

app = typer.Typer()

NONE = "–"
PROVISIONAL = "*"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


@app.command("figures")
@command
def figures_command(
    session: Session,
    *,
    whose: Whose,
    period: Annotated[
        str | None,
        typer.Argument(
            metavar="[PERIOD]", help="2026-03, 2026-W10, 2026-03-02, or two of them: A/B."
        ),
    ] = None,
    length: Annotated[
        Length, typer.Option("--each", help="Cut it into days, weeks or months.")
    ] = "whole",
    dimension: Annotated[
        Dimension | None, typer.Option("--by", help="Tell the tickets apart by this.")
    ] = None,
    named: Annotated[
        list[str] | None, typer.Option("--figure", metavar="NAME", help="Only this; repeatable.")
    ] = None,
    kind: Annotated[Kind, typer.Option(help="Kind of the tickets that count.")] = "request",
    as_of: AsOf,
) -> None:
    """Show the figures of a day, week, month or any stretch of days; of this month by default.

    A value belongs to the local day of the event that ends it, with what the ticket was then.
    What a * marks may still change because of what happens later.
    """
    past = as_of.take(session)
    asked = FiguresAsked(
        days=_days(session, period),
        length=length,
        known_at=session.desk.clock() if past is None else past.at,
        dimension=dimension,
        kind=kind,
        **whose.ids(session),
    )
    wanted = _wanted(named)
    answered = figures(session.tables, asked)
    found = [one for one in answered.value if one.figure in wanted]
    if session.as_json:
        told = [one._asdict() for one in found]
        fresh = freshness(session, answered.progress)
        session.answer({"asked": asdict(asked), "figures": told, **fresh})
        return
    tell_figures(session, found, dimension)
    tell_freshness(session, answered.progress)


def figure_text(figure: Figure, language: str) -> list[str]:
    """What people read of a figure: number, sum or share, median and 90 % quantile."""
    if figure.figure in {*TIMES, *AGENT_TIMES}:
        times = (figure.sum, figure.median, figure.p90)
        return [str(figure.n), *(NONE if one is None else span(one, language) for one in times)]
    if figure.figure in RATES:
        return [str(figure.n), f"{figure.sum / figure.n:.1%}", "", ""]
    if figure.figure in PER_AGENT:
        return [str(figure.n), f"{figure.sum / figure.n:.1f}" if figure.n else NONE, "", ""]
    return [str(figure.n), "", "", ""]


def span(microseconds: int, language: str) -> str:
    """A span of time in its two largest units, rounded down."""
    names = {"d": "天", "h": "小时", "min": "分", "s": "秒"} if language == "zh" else {}
    rest = timedelta(microseconds=microseconds) // timedelta(seconds=1)
    parts: list[str] = []
    for seconds, unit in _UNITS:
        count, rest = divmod(rest, seconds)
        if count or parts:
            parts.append(f"{count} {names.get(unit, unit)}")
    return " ".join(parts[:2]) or f"0 {names.get('s', 's')}"


def dimension_namer(session: Session, dimension: Dimension | None) -> Callable[[str | None], str]:
    """What people call a value of the dimension."""
    names = Names(session.desk, session.language)
    telling = {"agent": names.agent, "group": names.group}
    told = telling.get(dimension or "") or partial(CodeNames(session).called, dimension or "")
    return lambda value: NONE if value is None else told(value)


def tell_figures(session: Session, found: Sequence[Figure], dimension: Dimension | None) -> None:
    """Shows figures as a table, in the order in which people read them."""
    if not found:
        session.tell(session.say("figures.none"))
        return
    name = dimension_namer(session, dimension)
    headers = [session.say("column.period")]
    headers += [session.code("dimension", dimension)] if dimension else []
    headers += [session.say(f"column.{one}") for one in ("figure", "n", "sum", "median", "p90")]
    rows = [
        [
            one.period,
            *([name(one.dimension)] if dimension else []),
            session.code("figure", one.figure) + (PROVISIONAL if one.provisional else ""),
            *figure_text(one, session.language),
        ]
        for one in sorted(found, key=_order)
    ]
    right = range(len(headers) - 4, len(headers))
    session.tell(draw(headers, rows, right=tuple(right)))
    if any(one.provisional for one in found):
        session.note(session.say("figures.provisional"))


def _order(figure: Figure) -> tuple[str, str, int]:
    return figure.period, figure.dimension or "", FIGURES.index(figure.figure)


def _wanted(named: Sequence[str] | None) -> Sequence[str]:
    unknown = set(named or ()) - set(FIGURES)
    if unknown:
        told = f"There is no figure {', '.join(sorted(unknown))}; choose from {', '.join(FIGURES)}."
        raise InvalidInput(told, figures=sorted(unknown))
    return named or FIGURES


def _days(session: Session, period: str | None) -> Days:
    if period is None:
        today = session.desk.clock().astimezone(session.zone)
        return days_of(f"{today:%Y-%m}")
    first, _, last = period.partition("/")
    return Days(days_of(first).first, days_of(last or first).last)
