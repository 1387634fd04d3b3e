"""The desk's figures: how many, how long and which share, by period and dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from deskledger.domain.errors import InvalidInput
from deskledger.domain.report.period import Days
from deskledger.projections.figure_names import (
    AGENT_TIMES,
    LEVELS,
    OF_CLOCKS,
    PER_AGENT,
    TIMES,
    Dimension,
)
from deskledger.projections.periods import Length, Period, periods
from deskledger.projections.question import Connection, Question
from deskledger.projections.sql import section


class Figure(NamedTuple):
    """One figure of one period and one value of the dimension.

    Attributes:
        period: name of the period.
        dimension: value of the dimension; null where the tickets have none, or none was asked for.
        figure: one of `figure_names.FIGURES`.
        n: number of values; of a level, the level at the period's end; of what falls to one agent,
            the number of agents.
        sum: of microseconds, of the values that are a yes, or of what falls to the agents; n of a
            count.
        median, p90: observed values; of times only.
        provisional: whether what happens later may still change it.
    """

    period: str
    dimension: str | None
    figure: str
    n: int
    sum: int
    median: int | None
    p90: int | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class FiguresAsked:
    """Which figures are asked for.

    Attributes:
        days: local days of the desk.
        length: how they are cut into periods.
        dimension: by which they are told apart; None tells those of all tickets together.
        known_at: the reader's now, from which it follows what is provisional.
        kind: kind of the tickets that are counted.
        group_id, agent_id: count only what was this group's or agent's; None does not narrow.
    """

    days: Days
    length: Length
    known_at: datetime
    dimension: Dimension | None = None
    kind: Literal["request", "feedback", "task"] = "request"
    group_id: str | None = None
    agent_id: str | None = None


@Question
def figures(connection: Connection, asked: FiguresAsked) -> list[Figure]:
    """The figures of each period in order; one without values in a period is missing there.

    Raises:
        InvalidInput: the days lie the wrong way round, or the desk has no zone yet.
    """
    cut = periods(asked.days, asked.length, desk_zone(connection))
    parameters = _parameters(asked, cut)
    rows = connection.execute(_values(connection), parameters).fetchall()
    found = [_value(*row) for row in rows]
    found += _levels(connection, asked, cut, parameters)
    found += _of_agents(connection, asked, parameters)
    places = {period.name: place for place, period in enumerate(cut)}
    return sorted(found, key=lambda one: (places[one.period], one.figure, one.dimension or ""))


def _values(connection: Connection) -> str:
    """The query of all values: of a desk without a calendar, planning less takes half as long."""
    ((counted,),) = connection.execute(section("figures", "has_calendar")).fetchall()
    business = section("figures", "business") if counted else ""
    return section("figures", "values").format(business=business)


def desk_zone(connection: Connection) -> ZoneInfo:
    """The zone whose local dates are the desk's days.

    Raises:
        InvalidInput: the desk has none yet.
    """
    rows = connection.execute(section("desk_day", "zone")).fetchall()
    if not rows or rows[0][0] is None:
        raise InvalidInput("The desk has no zone; publish its configuration first.")
    return ZoneInfo(rows[0][0])


def _levels(
    connection: Connection,
    asked: FiguresAsked,
    cut: Sequence[Period],
    parameters: Mapping[str, Any],
) -> list[Figure]:
    """What stood at the end of each period; of one that goes on, at the reader's now."""
    begun = [period for period in cut if period.began_at < asked.known_at]
    if not begun or asked.dimension in OF_CLOCKS:
        return []
    stated = {
        name: value for name, value in parameters.items() if name not in {"begun", "began_at"}
    }
    stated["names"] = [period.name for period in begun]
    stated["ended"] = [period.ended_at for period in begun]
    stated["ended_at"] = begun[-1].ended_at
    stated["first_end"] = min(begun[0].ended_at, asked.known_at)
    rows = connection.execute(_backlog(connection), stated).fetchall()
    ends = {period.name: period.ended_at for period in begun}
    return [
        Figure(name, value, figure, level, level, None, None, ends[name] > asked.known_at)
        for name, value, *levels in rows
        for figure, level in zip(LEVELS, levels, strict=True)
        if level is not None
    ]


def _backlog(connection: Connection) -> str:
    """The query of all levels; what is stuck is looked for where the desk sets a limit."""
    ((limited,),) = connection.execute(section("stuck", "has_limit")).fetchall()
    parts = {name: section("stuck", name) for name in ("stuck", "step")}
    chosen = parts if limited else {"stuck": "NULL", "step": ""}
    return section("figures", "backlog").format(**chosen)


def _of_agents(
    connection: Connection, asked: FiguresAsked, parameters: Mapping[str, Any]
) -> list[Figure]:
    """What agents did; their work belongs to no group, and to no class of tickets."""
    if asked.dimension not in {None, "agent"} or asked.group_id is not None:
        return []
    stated = {name: parameters[name] for name in (*_OF_A_PERIOD, "dimension", "agent_id")}
    rows = connection.execute(section("agent_figures", "values"), stated).fetchall()
    found = [_value(*row) for row in rows]
    stated = {name: parameters[name] for name in _OF_AVAILABILITY}
    rows = connection.execute(section("agent_figures", "available"), stated).fetchall()
    found += [_value(*row) for row in rows]
    if asked.dimension is None and asked.agent_id is None:
        stated = {name: parameters[name] for name in (*_OF_A_PERIOD, "known_at")}
        rows = connection.execute(section("agent_figures", "productivity"), stated).fetchall()
        found += [
            Figure(name, None, PER_AGENT[0], agents, settled, None, None, provisional=False)
            for name, agents, settled in rows
        ]
    return found


_OF_AVAILABILITY = ("names", "begun", "ended", "known_at", "dimension", "agent_id")
_OF_A_PERIOD = ("names", "begun", "ended", "began_at", "ended_at", "kind")


def _value(  # noqa: PLR0913, PLR0917 - the columns of the query
    period: str,
    dimension: str | None,
    figure: str,
    n: int,
    total: int,
    quantiles: Sequence[int],
    provisional: bool,  # noqa: FBT001 - as above
) -> Figure:
    if figure in TIMES or figure in AGENT_TIMES:
        median, p90 = quantiles
        return Figure(period, dimension, figure, n, total, median, p90, provisional)
    return Figure(period, dimension, figure, n, total, None, None, provisional)


def _parameters(asked: FiguresAsked, cut: Sequence[Period]) -> dict[str, Any]:
    return {
        "names": [period.name for period in cut],
        "begun": [period.began_at for period in cut],
        "ended": [period.ended_at for period in cut],
        "began_at": cut[0].began_at,
        "ended_at": cut[-1].ended_at,
        "known_at": asked.known_at.astimezone(UTC),
        "dimension": asked.dimension,
        "kind": asked.kind,
        "group_id": asked.group_id,
        "agent_id": asked.agent_id,
    }
