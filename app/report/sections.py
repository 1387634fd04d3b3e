"""What a report says, section by section: a table each, and the chart that shows it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from deskledger.app.report.findings import Findings
from deskledger.projections.figure_names import PER_AGENT, RATES, TIMES, Dimension
from deskledger.projections.figures import Figure

HEADLINES = (
    "opened",
    "settled",
    "reopened",
    "backlog",
    "awaiting_first_response",
    "stuck",
    "hand_over",
    *RATES,
    "tickets_per_agent",
)
DAILY = ("opened", "settled", "reopened", "backlog")
STATUSES = ("time_new", "time_open", "time_pending", "time_on_hold")
STEPS = ("time_to_assignment", "time_to_response", "time_to_solution", *STATUSES)
PART_FIGURES = ("opened", "settled", "backlog")
PARTS_SHOWN = 15
NOTHING = "–"
_HOUR = 3_600_000_000

Chart = dict[str, Any]
"""An option of ECharts."""


class Wording(NamedTuple):
    """How a report is worded.

    Attributes:
        say: a text of the report by its name.
        figure: what people call a figure.
        dimension: what people call a dimension.
        value: what people call a value of a dimension.
        span: a number of microseconds.
    """

    say: Callable[[str], str]
    figure: Callable[[str], str]
    dimension: Callable[[str], str]
    value: Callable[[Dimension, str | None], str]
    span: Callable[[int], str]


class Section(NamedTuple):
    """A table with its title; columns but the first stand at the right.

    Attributes:
        chart: what shows the table, None for nothing.
    """

    title: str
    headers: list[str]
    rows: list[list[str]]
    chart: Chart | None


def sections(found: Findings, wording: Wording) -> Iterator[Section]:
    """The sections of a report, in order; one that would be empty is left out."""
    made = (
        _headlines(found, wording),
        _days(found, wording),
        _times(found, wording),
        _steps(found, wording),
        _promises(found, wording),
        *(_part(found, wording, dimension) for dimension in found.parts),
    )
    return (one for one in made if one.rows)


def _headlines(found: Findings, wording: Wording) -> Section:
    rows = [
        [wording.figure(name), _shown(found.now.get(name)), _shown(found.before.get(name))]
        for name in HEADLINES
        if name in found.now or name in found.before
    ]
    headers = [wording.say("figure"), found.period, found.earlier]
    return Section(wording.say("headlines"), headers, rows, None)


def _days(found: Findings, wording: Wording) -> Section:
    counts = {name: [_count(found.daily.get((day, name))) for day in found.days] for name in DAILY}
    rows = [
        [day, *(str(counts[name][place]) for name in DAILY)] for place, day in enumerate(found.days)
    ]
    chart = _chart(found.days)
    chart["series"] = [
        _series(wording.figure(name), counts[name], "line" if name == "backlog" else "bar")
        for name in DAILY
    ]
    headers = [wording.say("day"), *map(wording.figure, DAILY)]
    return Section(wording.say("days"), headers, rows, chart)


def _times(found: Findings, wording: Wording) -> Section:
    rows = []
    for name in TIMES:
        one = found.now.get(name)
        if one is not None and name.removeprefix("business_") not in STEPS:
            before = found.before.get(name)
            rows.append([wording.figure(name), *_spans(one, wording), *_medians(before, wording)])
    named = ("figure", "n", "median", "p90", "median_before")
    chart = _chart(found.days, wording.say("hours"))
    chart["series"] = [
        _series(
            wording.figure(name),
            [_hours(found.daily.get((day, name))) for day in found.days],
            "line",
        )
        for name in ("first_response_time", "resolution_time")
    ]
    return Section(wording.say("times"), [*map(wording.say, named)], rows, chart)


def _steps(found: Findings, wording: Wording) -> Section:
    """Where the time went; the slowest step is the one with the largest sum."""
    known = [found.now[name] for name in STEPS if name in found.now]
    in_status = [one for one in known if one.figure in STATUSES and one.sum]
    slowest = max(in_status, key=lambda one: one.sum, default=None)
    rows = [
        [
            wording.figure(one.figure) + (f" ({wording.say('slowest')})" if one is slowest else ""),
            wording.span(one.sum),
            *_spans(one, wording)[1:],
        ]
        for one in known
    ]
    chart = _chart([wording.figure(one.figure) for one in known], wording.say("hours"))
    hours = [round(one.sum / _HOUR, 1) for one in known]
    chart["series"] = [_series(wording.say("sum"), hours, "bar")]
    named = ("step", "sum", "median", "p90")
    return Section(wording.say("steps"), [*map(wording.say, named)], rows, chart)


def _promises(found: Findings, wording: Wording) -> Section:
    """How many promises of each kind were kept."""
    before = {one.dimension: one for one in found.promises_before}
    rows = [
        [
            wording.value("metric", one.dimension),
            str(one.sum),
            str(one.n - one.sum),
            _shown(one),
            _shown(before.get(one.dimension)),
        ]
        for one in found.promises
    ]
    chart = _chart([row[0] for row in rows])
    chart["series"] = [
        _series(wording.say("kept"), [one.sum for one in found.promises], "bar"),
        _series(wording.say("missed"), [one.n - one.sum for one in found.promises], "bar"),
    ]
    named = ("kept", "missed", "attainment", "attainment_before")
    headers = [wording.dimension("metric"), *map(wording.say, named)]
    return Section(wording.say("promises"), headers, rows, chart)


def _part(found: Findings, wording: Wording, dimension: Dimension) -> Section:
    """The values of a dimension with the most settles and backlog first; the rest together."""
    table: dict[str | None, dict[str, Figure]] = {}
    for one in found.parts[dimension]:
        if one.figure in {*PART_FIGURES, "resolution_time", "handling_share"}:
            table.setdefault(one.dimension, {})[one.figure] = one
    ranked = sorted(
        table, key=lambda value: (-sum(_count(one) for one in table[value].values()), value or "")
    )
    if ranked == [None]:
        ranked = []
    rows = [
        [
            wording.value(dimension, value),
            *(str(_count(table[value].get(name))) for name in PART_FIGURES),
            *_medians(table[value].get("resolution_time"), wording),
        ]
        for value in ranked
    ]
    shown = ranked[:PARTS_SHOWN]
    chart = _chart([wording.value(dimension, value) for value in shown])
    chart["series"] = [
        _series(wording.figure(name), [_count(table[value].get(name)) for value in shown], "bar")
        for name in PART_FIGURES
    ]
    headers = [wording.dimension(dimension), *map(wording.figure, PART_FIGURES)]
    headers.append(wording.say("median_resolution"))
    return Section(wording.dimension(dimension), headers, rows, chart)


def _chart(labels: Sequence[str], unit: str = "") -> Chart:
    # Days may be left out where they are many; a name that is left out is missed.
    named = {} if any(label[:1].isdigit() for label in labels) else {"interval": 0, "rotate": 20}
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 8, "bottom": 8, "top": 36, "containLabel": True},
        "xAxis": {"type": "category", "data": list(labels), "axisLabel": named},
        "yAxis": {"type": "value", "name": unit},
        "animation": False,
    }


def _series(name: str, data: Sequence[float | None], kind: str) -> Chart:
    return {"name": name, "type": kind, "data": list(data)}


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return NOTHING
    mark = "*" if figure.provisional else ""
    if figure.figure in RATES:
        return f"{figure.sum / figure.n:.1%}{mark}"
    if figure.figure in PER_AGENT:
        return f"{figure.sum / figure.n:.1f}{mark}" if figure.n else NOTHING
    return f"{figure.n}{mark}"


def _spans(figure: Figure, wording: Wording) -> list[str]:
    known = (figure.median, figure.p90)
    return [str(figure.n), *(NOTHING if one is None else wording.span(one) for one in known)]


def _medians(figure: Figure | None, wording: Wording) -> list[str]:
    known = figure is not None and figure.median is not None
    return [
        wording.span(figure.median) if known and figure and figure.median is not None else NOTHING
    ]


def _count(figure: Figure | None) -> int:
    return 0 if figure is None or figure.median is not None else figure.n


def _hours(figure: Figure | None) -> float | None:
    if figure is None or figure.median is None:
        return None
    return round(figure.median / _HOUR, 2)
