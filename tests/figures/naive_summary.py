"""Values put together by period and dimension, by definition."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from deskledger.projections.figure_names import AGENT_TIMES, OF_CLOCKS, TIMES
from deskledger.projections.figures import Figure, FiguresAsked
from tests.figures.business import DeskTime
from tests.figures.lives import UNSETTLED, Promise, Standing, Ticket
from tests.figures.naive_values import values, works

Key = tuple[str, str | None, str]


def naive_figures(
    tickets: Sequence[Ticket],
    asked: FiguresAsked,
    zone: ZoneInfo,
    desk_time: DeskTime | None = None,
) -> dict[Key, Figure]:
    """The figures that are asked for, by period, dimension and name."""
    counted = [ticket for ticket in tickets if ticket.opening["kind"] == asked.kind]
    found: dict[Key, list[tuple[int, bool]]] = {}
    for ticket, value in values(tickets, asked.known_at, desk_time):
        day = value.at.astimezone(zone).date()
        if ticket.opening["kind"] != asked.kind or not _within(day, asked):
            continue
        if _narrowed(value.standing, asked):
            continue
        if asked.dimension in OF_CLOCKS and value.clock is None:
            continue
        told_by = dimension(ticket, value.standing, asked, value.clock)
        key = (_period(day, asked), told_by, value.figure)
        changes = value.final_at is not None and value.final_at > asked.known_at
        found.setdefault(key, []).append((value.amount, changes))
    told = {key: _put_together(key, amounts) for key, amounts in found.items()}
    if asked.dimension not in OF_CLOCKS:
        told.update(_levels(counted, asked, zone))
        if desk_time is not None:
            told.update(_stuck(counted, asked, zone, desk_time))
    if asked.dimension in {None, "agent"} and asked.group_id is None:
        told.update(_work(counted, asked, zone))
    return told


def quantile(amounts: Iterable[int], share: float) -> int:
    """The smallest value that at least this share of all does not exceed."""
    ordered = sorted(amounts)
    return ordered[max(1, math.ceil(len(ordered) * share)) - 1]


def dimension(
    ticket: Ticket, standing: Standing, asked: FiguresAsked, clock: Promise | None = None
) -> str | None:
    opening = ticket.opening
    if clock is not None and asked.dimension in OF_CLOCKS:
        return clock.policy if asked.dimension == "policy" else str(clock.shown["metric"])
    match asked.dimension:
        case None:
            return None
        case "channel" | "inbox" | "direction" | "variant":
            value: str | None = opening[asked.dimension]
            return value
        case "workflow":
            return f"{opening['workflow']['id']}/{opening['workflow']['version']}"
        case _:
            held: str | None = getattr(standing, asked.dimension)
            return held


def days(asked: FiguresAsked) -> Iterator[date]:
    day = asked.days.first
    while day <= asked.days.last:
        yield day
        day += timedelta(days=1)


def standing_before(
    ticket: Ticket, day_after: date, zone: ZoneInfo, known_at: datetime
) -> Standing | None:
    """How a ticket stood at the midnight before a day, or at the reader's now, if earlier."""
    known = [
        standing
        for at, standing in ticket.standings
        if at.astimezone(zone).date() < day_after and at < known_at
    ]
    return known[-1] if known else None


def _levels(
    tickets: Sequence[Ticket], asked: FiguresAsked, zone: ZoneInfo
) -> Iterator[tuple[Key, Figure]]:
    ends = {_period(day, asked): day for day in days(asked)}
    begins = {_period(day, asked): day for day in reversed(list(days(asked)))}
    for period, last in ends.items():
        if begins[period] > asked.known_at.astimezone(zone).date():
            continue
        levels: dict[str | None, list[int]] = {}
        after = last + timedelta(days=1)
        for ticket in tickets:
            standing = standing_before(ticket, after, zone, asked.known_at)
            if standing is None or standing.status not in UNSETTLED or _narrowed(standing, asked):
                continue
            level = levels.setdefault(dimension(ticket, standing, asked), [0, 0])
            level[0] += 1
            level[1] += _awaits(ticket, after, zone, asked.known_at)
        goes_on = asked.known_at.astimezone(zone).date() < after
        for value, counts in levels.items():
            for name, n in zip(("backlog", "awaiting_first_response"), counts, strict=True):
                yield (period, value, name), Figure(period, value, name, n, n, None, None, goes_on)


def _stuck(
    tickets: Sequence[Ticket], asked: FiguresAsked, zone: ZoneInfo, desk_time: DeskTime
) -> Iterator[tuple[Key, Figure]]:
    """How many tickets were in one status for longer than the desk allowed at a period's end."""
    ends = {_period(day, asked): day + timedelta(days=1) for day in days(asked)}
    for period, after in ends.items():
        begins = min(day for day in days(asked) if _period(day, asked) == period)
        goes_on = asked.known_at < desk_time.begin(after)
        at = min(asked.known_at, desk_time.begin(after))
        limit = desk_time.step_limit(at)
        if limit is None or desk_time.begin(begins) >= asked.known_at:
            continue
        levels: dict[str | None, int] = {}
        for ticket in tickets:
            standing = standing_before(ticket, after, zone, asked.known_at)
            if standing is None or standing.status not in UNSETTLED or _narrowed(standing, asked):
                continue
            value = dimension(ticket, standing, asked)
            levels[value] = levels.get(value, 0) + (at - in_step_since(ticket, at) > limit)
        for value, n in levels.items():
            yield (
                (period, value, "stuck"),
                Figure(period, value, "stuck", n, n, None, None, goes_on),
            )


def in_step_since(ticket: Ticket, at: datetime) -> datetime:
    """When the ticket came into the status in which it was just before an instant."""
    held = [(began, one.status) for began, one in ticket.standings if began < at]
    since = held[-1][0]
    for began, status in reversed(held):
        if status != held[-1][1]:
            break
        since = began
    return since


def _work(
    tickets: Sequence[Ticket], asked: FiguresAsked, zone: ZoneInfo
) -> Iterator[tuple[Key, Figure]]:
    """What each agent did, and how many settles fell to one."""
    found: dict[Key, list[tuple[int, bool]]] = {}
    settled: dict[str, list[str | None]] = {}
    for ticket in tickets:
        for work in works(ticket):
            day = work.at.astimezone(zone).date()
            if _within(day, asked) and asked.agent_id in {None, work.agent}:
                agent = work.agent if asked.dimension == "agent" else None
                found.setdefault((_period(day, asked), agent, work.figure), []).append(
                    (work.amount, False)
                )
        for episode in ticket.episodes:
            if episode.settled_at is None or episode.discarded:
                continue
            day = episode.settled_at.astimezone(zone).date()
            if _within(day, asked):
                settled.setdefault(_period(day, asked), []).append(episode.solver)
    yield from ((key, _put_together(key, amounts)) for key, amounts in found.items())
    if asked.dimension is None and asked.agent_id is None:
        for period, solvers in settled.items():
            n = len(set(solvers) - {None})
            figure = Figure(period, None, "tickets_per_agent", n, len(solvers), None, None, False)
            yield figure[:3], figure


def _awaits(ticket: Ticket, after: date, zone: ZoneInfo, known_at: datetime) -> bool:
    if ticket.opening["direction"] != "in":
        return False
    if ticket.first_contact is None:
        return True
    at = ticket.first_contact[0]
    return at >= known_at or at.astimezone(zone).date() >= after


def _put_together(key: Key, found: Sequence[tuple[int, bool]]) -> Figure:
    amounts = [amount for amount, _ in found]
    is_time = key[2] in {*TIMES, *AGENT_TIMES}
    return Figure(
        *key,
        len(amounts),
        sum(amounts),
        quantile(amounts, 0.5) if is_time else None,
        quantile(amounts, 0.9) if is_time else None,
        any(changes for _, changes in found),
    )


def _within(day: date, asked: FiguresAsked) -> bool:
    return asked.days.first <= day <= asked.days.last


def _narrowed(standing: Standing, asked: FiguresAsked) -> bool:
    """Whether the question leaves it out."""
    return (asked.group_id is not None and standing.group != asked.group_id) or (
        asked.agent_id is not None and standing.agent != asked.agent_id
    )


def _period(day: date, asked: FiguresAsked) -> str:
    match asked.length:
        case "day":
            return day.isoformat()
        case "week":
            return "{:04}-W{:02}".format(*day.isocalendar()[:2])
        case "month":
            return f"{day:%Y-%m}"
        case _:
            first, last = asked.days
            return str(first) if first == last else f"{first}/{last}"
