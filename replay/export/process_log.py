"""Tickets as cases for process mining: what happened, and how the ticket stood after each event.

Read from the tables without personal values, some tickets at a time, so that a desk of any size
passes through.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from deskledger.projections.question import Moment
from deskledger.projections.sql import section

TICKETS_AT_ONCE = 2_000

# What an event may say of a ticket that holds until another says otherwise, and nobody's person.
STANDING = (
    "status",
    "group",
    "agent",
    "type_code",
    "stage",
    "tier",
    "priority",
    "impact",
    "urgency",
    "category",
    "tags",
)


class Case(NamedTuple):
    """A ticket, by the columns of `ticket`."""

    number: int
    id: str
    kind: str
    customer: str | None
    channel: str
    inbox: str | None
    direction: str
    type: str | None
    opened_at: datetime


class Happened(NamedTuple):
    """An event of a ticket, by the columns of `ticket_event`; who `acted` did it in the world."""

    ticket: int
    version: int
    lane: int
    sequence: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    late: bool
    acted_kind: str
    acted_id: str
    agent: str | None
    reason: str | None
    after: str | None
    resolution: str | None

    @property
    def said(self) -> dict[str, Any]:
        """What it says of the ticket's standing, by name."""
        told = orjson.loads(self.after) if self.after else {}
        return {name: told[name] for name in STANDING if name in told}


class Step(NamedTuple):
    """An event, and how the ticket stood after it."""

    event: Happened
    standing: Mapping[str, Any]


class Trace(NamedTuple):
    """A ticket and its events in the order in which they happened."""

    case: Case
    steps: list[Step]


def traces(moment: Moment) -> Iterator[Trace]:
    """Every ticket of the tables at one moment, by number, with its events."""
    after = 0
    while cases := _cases(moment, after):
        bounds = {"first": cases[0].number, "last": cases[-1].number}
        events = _rows(moment, section("process_log", "events").format(**bounds))
        found = {
            number: list(some)
            for number, some in groupby(map(Happened._make, events), attrgetter("ticket"))
        }
        for case in cases:
            yield Trace(case, list(_steps(found.get(case.number, []))))
        after = cases[-1].number


def _steps(events: list[Happened]) -> Iterator[Step]:
    standing: dict[str, Any] = {}
    for event in events:
        standing = standing | event.said
        yield Step(event, standing)


def _cases(moment: Moment, after: int) -> list[Case]:
    asked = section("process_log", "tickets").format(after=after, limit=TICKETS_AT_ONCE)
    return list(map(Case._make, _rows(moment, asked)))


def _rows(moment: Moment, asked: str) -> list[tuple[Any, ...]]:
    with moment.ask(asked, personal=False) as answer:
        return [row for rows in answer.rows for row in rows]
