"""SLA attainment a second time: clock by clock, by definition."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tests.figures.lives import Promise, Standing, Ticket, Value

Event = dict[str, Any]
OPEN_END = datetime(9999, 12, 31, tzinfo=UTC)


def is_of_a_clock(event: Event) -> bool:
    """Whether an event says what a clock does, and nothing of the ticket itself."""
    return event["type"] == "MarkReached" or bool(event["type"].startswith("Clock"))


def promises(events: Iterable[Event]) -> Iterator[Promise]:
    """Each clock as its latest event shows it; the events stand as they were recorded."""
    shown: dict[tuple[str, int], Event] = {}
    policies: dict[tuple[str, int], str] = {}
    for event in events:
        key = (event["metric"], event["instance"])
        shown[key] = event
        if "name" in event:
            policies[key] = event["name"]
    return (Promise(event, policies[key]) for key, event in shown.items())


def attainments(ticket: Ticket, known_at: datetime) -> Iterator[Value]:
    """A value of each clock that counts."""
    for promise in ticket.promises:
        clock = promise.shown
        counted_at = _counted_at(clock, known_at)
        if counted_at is None:
            continue
        began = [episode for episode in ticket.episodes if episode.began_at <= counted_at]
        episode = began[-1]
        if episode.settled_at is not None and episode.discarded:
            continue
        final_at = OPEN_END if episode.settled_at is None else None
        standing = _standing(ticket, clock, counted_at)
        met = int(clock["state"] == "met")
        yield Value("sla_attainment", counted_at, met, standing, final_at, promise)


def _counted_at(clock: Event, known_at: datetime) -> datetime | None:
    """When a clock counts; None where it does not, or not yet."""
    match clock["state"]:
        case "met":
            return datetime.fromisoformat(clock["stopped_at"])
        case "breached":
            return datetime.fromisoformat(clock["noticed_at"])
        case "running":
            due = datetime.fromisoformat(clock["due"])
            return due if due < known_at else None
        case _:
            return None


def _standing(ticket: Ticket, clock: Event, at: datetime) -> Standing:
    """How the ticket stood; of a group's turn, how it had stood up to its end."""
    is_turn = clock["metric"] == "group_ownership" and clock["state"] == "met"
    if is_turn and at > datetime.fromisoformat(clock["started_at"]):
        return [standing for since, standing in ticket.standings if since < at][-1]
    return [standing for since, standing in ticket.standings if since <= at][-1]
