"""Every value of every figure, from tickets whose lives were walked through."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tests.figures.attainment import attainments
from tests.figures.business import DeskTime, business_values, steps_of
from tests.figures.lives import Episode, Ticket, Value, Work
from tests.figures.naive import micros

WEEK, MONTH, SOON = timedelta(days=7), timedelta(days=30), timedelta(minutes=30)


def values(
    tickets: Sequence[Ticket], known_at: datetime, desk_time: DeskTime | None = None
) -> Iterator[tuple[Ticket, Value]]:
    """Every value of every ticket, as it is to a reader at that time."""
    follow_ups: dict[str, list[datetime]] = {}
    customers: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        origin, customer = ticket.opening["origin"], ticket.opening["customer"]
        if customer is not None:
            customers.setdefault(customer, []).append(ticket)
        if origin is not None and origin["relation"] == "follow_up_of":
            follow_ups.setdefault(origin["ticket"], []).append(ticket.opened_at)
    for ticket in tickets:
        for value in ticket.values:
            yield ticket, value
        if ticket.first_contact is not None and ticket.opening["direction"] == "in":
            at, standing = ticket.first_contact
            yield ticket, Value("first_response_time", at, micros(at - ticket.opened_at), standing)
        for index, (at, standing, moved) in enumerate(ticket.given):
            if moved:
                wrong = any(
                    later <= at + SOON and new.group is not None and new.group != standing.group
                    for later, new, _ in ticket.given[index + 1 :]
                )
                yield ticket, Value("wrong_assignment", at, int(wrong), standing, at + SOON)
        for value in (*attainments(ticket, known_at), *business_values(ticket, desk_time)):
            yield ticket, value
        others = customers.get(ticket.opening["customer"], [])
        yield from _settles(ticket, others, follow_ups.get(ticket.id, []))


def _settles(
    ticket: Ticket, others: Sequence[Ticket], follow_ups: list[datetime]
) -> Iterator[tuple[Ticket, Value]]:
    lived = net = 0
    for number, episode in enumerate(ticket.episodes):
        lived += sum(episode.time.values())
        net += episode.time["new"] + episode.time["open"]
        at, standing = episode.settled_at, episode.settled
        if at is None or standing is None:
            continue
        if episode.discarded:
            yield ticket, Value("discarded", at, 1, standing)
            continue
        again = episode.reopened_at
        came_back = any(at < opened <= at + WEEK for opened in follow_ups) or (
            again is not None and again <= at + WEEK and episode.reopen_reason != "mistake"
        )
        told = {
            "settled": 1,
            "resolution_time": lived,
            "net_resolution_time": net,
            "handling_time": sum(episode.handled.values()),
            **_steps(episode, at),
            **{f"time_{status}": lasted for status, lasted in episode.time.items()},
            "automation_share": int(episode.automated),
            "never_assigned": int(episode.never_assigned),
        }
        for figure, amount in told.items():
            yield ticket, Value(figure, at, amount, standing)
        yield ticket, Value("reopen_rate", at, int(came_back), standing, at + WEEK)
        if number == 0 and not episode.automated:
            once = len(episode.contacts) <= 1 and not came_back
            yield ticket, Value("first_contact_resolution", at, int(once), standing, at + WEEK)
        repeated = any(
            other.opening["kind"] == "request"
            and other.opening["type_code"] == standing.type
            and at < other.opened_at <= at + MONTH
            for other in others
        )
        yield ticket, Value("repeat_rate", at, int(repeated), standing, at + MONTH)


def _steps(episode: Episode, settled_at: datetime) -> dict[str, int]:
    a, r = steps_of(episode, settled_at)
    return {
        "time_to_assignment": micros(a - episode.began_at),
        "time_to_response": micros(r - a),
        "time_to_solution": micros(settled_at - r),
    }


def works(ticket: Ticket) -> Iterator[Work]:
    """Everything in a ticket's life that goes to an agent's account."""
    yield from ticket.work
    for episode in ticket.episodes:
        if episode.settled_at is None or episode.discarded:
            continue
        if episode.solver is not None:
            yield Work("credited_settles", episode.settled_at, episode.solver, 1)
            if episode.reopened_at is not None:
                yield Work("credited_reopenings", episode.reopened_at, episode.solver, 1)
        for agent, lasted in episode.handled.items():
            if lasted:
                yield Work("handling_share", episode.settled_at, agent, lasted)
