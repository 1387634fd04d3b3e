"""The ten questions of docs/questions.md answered from the CSV file alone."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from tests.history.servicenow_rows import SETTLED, STATUS, accepted, idle_rows, refused

PRIORITY = {"1": "urgent", "2": "high", "3": "normal", "4": "low"}

Row = dict[str, str]
Answer = list[tuple[str, ...]]


class Span(NamedTuple):
    status: str
    began_at: datetime
    ended_at: datetime | None


class Case(NamedTuple):
    """An incident's accepted rows in order of time, and the spans of its status."""

    rows: list[Row]
    spans: list[Span]

    @property
    def opened_at(self) -> datetime:
        return self.spans[0].began_at

    @property
    def settled_at(self) -> datetime | None:
        return next((span.began_at for span in self.spans if span.status in SETTLED), None)


class Log(NamedTuple):
    """The whole file, and what is made of it."""

    raw: list[list[Row]]
    cases: list[Case]


def time(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def told(row: Row, name: str) -> str | None:
    return None if row[name] == "?" else row[name]


def case_of(raw: list[Row]) -> Case:
    """An incident's spans: a row that says what was known to hold at its time adds nothing.

    One incident's rows do not stand in the order of their times.
    """
    kept = accepted(raw)
    entered = [(time(kept[0]["opened_at"]), 0, "new")]
    for index, row in enumerate(kept, 1):
        at, status = time(row["sys_updated_at"]), STATUS[row["incident_state"]]
        place = bisect_right(entered, (at, index, status))
        if entered[place - 1][2] != status:
            entered.insert(place, (at, index, status))
    ends: list[datetime | None] = [*(at for at, _, _ in entered[1:]), None]
    spans = [Span(begun[2], begun[0], end) for begun, end in zip(entered, ends, strict=True)]
    return Case(sorted(kept, key=lambda row: time(row["sys_updated_at"])), spans)


def counted(found: Iterable[Any]) -> list[tuple[Any, int]]:
    """What was found with how often, the most frequent first, equal ones in order."""
    return sorted(Counter(found).items(), key=lambda item: (-item[1], item[0]))


def months(log: Log) -> Iterator[tuple[object, ...]]:
    opened = Counter(f"{case.opened_at:%Y-%m}" for case in log.cases)
    settled = Counter(f"{case.settled_at:%Y-%m}" for case in log.cases if case.settled_at)
    for month in sorted(opened | settled):
        yield month, opened[month], settled[month]


def backlog(log: Log) -> Iterator[tuple[object, ...]]:
    for month in range(3, 10):
        at = datetime(2016, month, 1, tzinfo=UTC)
        open_then = [
            span
            for case in log.cases
            for span in case.spans
            if span.began_at <= at and (span.ended_at is None or span.ended_at > at)
            if span.status not in SETTLED
        ]
        yield f"{at:%Y-%m-%d}", len(open_then)


def durations(log: Log) -> Iterator[tuple[object, ...]]:
    taken = defaultdict(list)
    for case in log.cases:
        if case.settled_at:
            minutes = int((case.settled_at - case.opened_at).total_seconds()) // 60
            taken[PRIORITY[case.rows[-1]["priority"][0]]].append(minutes)
    found = [
        (priority, len(minutes), _quantile(minutes, 0.5), _quantile(minutes, 0.9))
        for priority, minutes in taken.items()
    ]
    yield from sorted(found, key=lambda row: row[2])


def _quantile(values: list[int], part: float) -> int:
    """The smallest value that so large a part of the values does not exceed."""
    ordered = sorted(values)
    return next(value for index, value in enumerate(ordered, 1) if index >= part * len(ordered))


def waiting(log: Log) -> Iterator[tuple[object, ...]]:
    minutes: Counter[str] = Counter()
    cases = defaultdict(set)
    for number, case in enumerate(log.cases):
        for span in case.spans:
            spent = span.ended_at - span.began_at if span.ended_at else timedelta()
            if span.status not in SETTLED and spent:
                minutes[span.status] += int(spent.total_seconds()) // 60
                cases[span.status].add(number)
    for status, total in minutes.most_common():
        yield status, len(cases[status]), total // 60


def hand_overs(log: Log) -> Iterator[tuple[object, ...]]:
    moves = []
    for case in log.cases:
        groups = [told(row, "assignment_group") for row in case.rows]
        moves += [(one, two) for one, two in pairwise(groups) if one and two and one != two]
    named = [(_slug(one), _slug(two)) for one, two in moves]
    for (one, two), count in counted(named)[:10]:
        yield one, two, count


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def responsible(log: Log) -> Iterator[tuple[object, ...]]:
    found = [name for case in log.cases for name in {told(r, "assigned_to") for r in case.rows}]
    yield from counted(name for name in found if name)[:10]


def callers(log: Log) -> Iterator[tuple[object, ...]]:
    first = [(accepted(rows)[0]["caller_id"], case) for rows, case in _pairs(log)]
    categories = defaultdict(set)
    for caller, case in first:
        categories[caller].add(told(case.rows[-1], "category"))
    for caller, count in counted(caller for caller, _ in first if caller != "?")[:10]:
        yield caller, count, len(categories[caller] - {None})


def _pairs(log: Log) -> Iterator[tuple[list[Row], Case]]:
    yield from zip(log.raw, log.cases, strict=True)


def reopened(log: Log) -> Iterator[tuple[object, ...]]:
    incidents: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for case in log.cases:
        terms = [told(case.rows[-1], name) for name in ("category", "subcategory")]
        category = next((term for term in terms if term), None)
        if category is None:
            continue
        incidents[category] += 1
        statuses = [span.status for span in case.spans]
        undone = any(a in SETTLED and b not in SETTLED for a, b in pairwise(statuses))
        again[category] += undone
    found = [
        (category, count, again[category], round(100 * again[category] / count, 2))
        for category, count in incidents.items()
        if count >= 500
    ]
    yield from sorted(found, key=lambda row: (-row[3], row[0]))[:10]


def priorities(log: Log) -> Iterator[tuple[object, ...]]:
    changes = []
    agents = defaultdict(set)
    for case in log.cases:
        for one, two in pairwise(case.rows):
            change = PRIORITY[one["priority"][0]], PRIORITY[two["priority"][0]]
            if change[0] != change[1]:
                changes.append(change)
                agents[change].add(two["sys_updated_by"])
    for (was, became), count in counted(changes):
        yield was, became, count, len(agents[was, became])


def answers(log: Log) -> Iterator[tuple[object, ...]]:
    idle = [idle_rows(accepted(rows)) for rows in log.raw]
    early = [sum(map(refused, rows)) for rows in log.raw]
    yield "nothing", None, sum(idle), sum(map(bool, idle))
    yield "refused", "time_before_opening", sum(early), sum(map(bool, early))


FROM_THE_FILE: Sequence[Callable[[Log], Iterator[tuple[object, ...]]]] = (
    months,
    backlog,
    durations,
    waiting,
    hand_overs,
    responsible,
    callers,
    reopened,
    priorities,
    answers,
)
