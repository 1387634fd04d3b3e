"""What a report says of a period in numbers: itself, the one before, its days and its parts."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from deskledger.domain.report.period import Days
from deskledger.projections.figure_names import Dimension
from deskledger.projections.figures import Figure, FiguresAsked, figures
from deskledger.projections.periods import Length, period_name
from deskledger.projections.question import Moment

Span = Literal["day", "week", "month"]

PARTS: Sequence[Dimension] = ("channel", "type", "priority", "group", "agent")
"""By what the tickets of a period are told apart."""

_DAYS_SHOWN_OF_A_DAY = 7


class ReportAsked(NamedTuple):
    """Which report is asked for.

    Attributes:
        span: how long its period is.
        day: any day of the period.
        known_at: the reader's now.
        group_id, agent_id: only of what was this group's or agent's; None does not narrow.
    """

    span: Span
    day: date
    known_at: datetime
    group_id: str | None = None
    agent_id: str | None = None


class Findings(NamedTuple):
    """What was found.

    Attributes:
        period: name of the period.
        earlier: name of the one before.
        now, before: the figures of both, by name.
        days: names of the days that are shown, in order; of a day's report the week up to it.
        daily: the figures of these days, by day and name.
        parts: the figures of the period by each of `PARTS`.
        promises, promises_before: SLA attainment of both periods by metric.
    """

    period: str
    earlier: str
    now: dict[str, Figure]
    before: dict[str, Figure]
    days: list[str]
    daily: dict[tuple[str, str], Figure]
    parts: dict[Dimension, list[Figure]]
    promises: list[Figure]
    promises_before: list[Figure]


def findings(moment: Moment, asked: ReportAsked) -> Findings:
    """Asks the tables for all that the report says.

    Raises:
        InvalidInput: the desk has no zone, or the day lies at an end of the calendar.
    """
    whole = days_around(asked.day, asked.span)
    earlier = days_around(whole.first - timedelta(days=1), asked.span)
    shown = whole
    if asked.span == "day":
        shown = Days(whole.last - timedelta(days=_DAYS_SHOWN_OF_A_DAY - 1), whole.last)

    def ask(days: Days, length: Length, dimension: Dimension | None = None) -> list[Figure]:
        known_at, group, agent = asked.known_at, asked.group_id, asked.agent_id
        return moment.answer(
            figures,
            FiguresAsked(days, length, known_at, dimension, group_id=group, agent_id=agent),
        )

    daily = ask(shown, "day")
    return Findings(
        period_name(whole.first, asked.span),
        period_name(earlier.first, asked.span),
        _by_name(ask(whole, "whole")),
        _by_name(ask(earlier, "whole")),
        [str(shown.first + timedelta(days=n)) for n in range((shown.last - shown.first).days + 1)],
        {(one.period, one.figure): one for one in daily},
        {dimension: ask(whole, "whole", dimension) for dimension in PARTS},
        ask(whole, "whole", "metric"),
        ask(earlier, "whole", "metric"),
    )


def days_around(day: date, span: Span) -> Days:
    """The days of the period of this length in which a day lies."""
    match span:
        case "day":
            return Days(day, day)
        case "week":
            monday = day - timedelta(days=day.weekday())
            return Days(monday, monday + timedelta(days=6))
        case "month":
            first = day.replace(day=1)
            return Days(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def _by_name(found: Iterable[Figure]) -> dict[str, Figure]:
    return {one.figure: one for one in found}
