"""Made-up tickets for the benchmarks: plausible events with sealed values, without decide."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from happenings import activated, answer, assigned, closed, message, opening, paused, solved
from happenings import sorted_out as put_in_order
from scene import GROUPS, JsonObject, Scene, Step, Ticket, chance, choose

# What the tickets that are not settled in the end wait for; see _waiting.
WAITS = (("agent", 28), ("queue", 12), ("unread", 25), ("customer", 23), ("supplier", 12))
# Of the tickets opened long ago, this share waits still; more and more of the recent ones do.
_WAITING_OLD = 0.004
_WAITING_LATEST = 0.2
# By when, in parts of the desk's life, the share of the recent ones has fallen to a third.
_WAITING_FALL = 0.055

_INTAKE = {"kind": "service", "id": "intake"}
_CLOSER = {"kind": "service", "id": "closer"}


def waiting_share(age: float) -> float:
    """The share of tickets of an age, in parts of the desk's life, that is unsettled in the end.

    Over the whole life that is 1.5 %.
    """
    return _WAITING_OLD + _WAITING_LATEST * math.exp(-age / _WAITING_FALL)


def ticket_story(scene: Scene, ticket: Ticket, *, waits: bool) -> Iterator[Step]:
    """The commits of one ticket's life, in order of time; one that waits is not settled."""
    rng = scene.rng
    wait = choose(rng, WAITS) if waits else None
    at = ticket.opened_at
    customer = {"kind": "customer", "id": ticket.customer}
    yield Step(at, "Together", _INTAKE, customer, opening(scene, ticket, at))
    if wait == "unread":
        return
    at += timedelta(seconds=rng.expovariate(1 / 1800))
    taker = rng.choice(scene.agents[ticket.group or GROUPS[0]])
    taken = [assigned(ticket, at, ticket.group, taker, "taken")]
    yield Step(at, "TakeTicket", _agent(ticket), None, taken + activated(ticket, at, "assigned"))
    for _ in range(rng.choices((1, 2), (8, 2))[0]):
        at += timedelta(seconds=rng.expovariate(1 / 3600))
        yield Step(at, "Together", _agent(ticket), None, _answered(scene, ticket, at))
        at += timedelta(seconds=rng.expovariate(1 / 20000))
        if chance(rng, 35):
            yield Step(at, "ReceiveMessage", _INTAKE, customer, message(scene, ticket, at))
        if chance(rng, 20):
            at += timedelta(seconds=60)
            actor = _agent(ticket)
            yield Step(at, "Together", actor, None, put_in_order(scene, ticket, at))
    yield from _ending(scene, ticket, at) if wait is None else _waiting(scene, ticket, at, wait)


def _answered(scene: Scene, ticket: Ticket, at: datetime) -> list[JsonObject]:
    events = answer(scene, ticket, at)
    if chance(scene.rng, 40) and ticket.status == "open":
        events.append(paused(ticket, at, "pending", "customer", None))
    return events


def _waiting(scene: Scene, ticket: Ticket, at: datetime, wait: str) -> Iterator[Step]:
    """The customer writes once more; the ticket stays with its agent, goes back or waits."""
    rng = scene.rng
    customer = {"kind": "customer", "id": ticket.customer}
    at += timedelta(seconds=rng.expovariate(1 / 3600))
    yield Step(at, "ReceiveMessage", _INTAKE, customer, message(scene, ticket, at))
    at += timedelta(seconds=rng.expovariate(1 / 3600))
    back_at = max(at, scene.ends_at) + timedelta(hours=rng.randrange(2, 24 * 30))
    agent = _agent(ticket)
    match wait:
        case "customer":
            events = answer(scene, ticket, at)
            events.append(paused(ticket, at, "pending", "customer", back_at))
            yield Step(at, "Together", agent, None, events)
        case "supplier":
            until = back_at if chance(rng, 50) else None
            events = [paused(ticket, at, "on_hold", "supplier", until)]
            yield Step(at, "HoldTicket", agent, None, events)
        case "queue":
            returned = assigned(ticket, at, ticket.group, None, "returned")
            yield Step(at, "UnassignTicket", agent, None, [returned])


def _ending(scene: Scene, ticket: Ticket, at: datetime) -> Iterator[Step]:
    rng = scene.rng
    at += timedelta(seconds=rng.expovariate(1 / 7200))
    yield Step(at, "SolveTicket", _agent(ticket), None, solved(ticket, at))
    if chance(rng, 7):
        at += timedelta(seconds=rng.expovariate(1 / 200000))
        customer = {"kind": "customer", "id": ticket.customer}
        yield Step(at, "ReceiveMessage", _INTAKE, customer, message(scene, ticket, at))
        at += timedelta(seconds=rng.expovariate(1 / 7200))
        yield Step(at, "SolveTicket", _agent(ticket), None, solved(ticket, at))
    if chance(rng, 97):
        at += timedelta(days=4)
        yield Step(at, "CloseTicket", _CLOSER, None, closed(ticket, at))


def _agent(ticket: Ticket) -> JsonObject:
    return {"kind": "agent", "id": ticket.agent}
