"""Made-up tickets for the benchmarks: plausible events with sealed values, without decide."""

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from deskledger.eventlog.instants import format_instant

JsonObject = dict[str, Any]

GROUPS = ("first-line", "second-line", "billing", "network", "returns", "vip-care")
AGENTS_PER_GROUP = 25
CHANNELS = (("email", 5), ("chat", 3), ("phone", 2), ("wecom", 2))
TYPES = ("question", "incident", "complaint", "order", "access")
PRIORITIES = (("normal", 8), ("high", 3), ("low", 2), ("urgent", 1))
TEXTS = (
    "Hello, since this morning the order page answers with an error whenever I press Pay. ",
    "您好，我昨天下的订单到现在还没有发货，物流信息也没有更新，麻烦帮我查一下，谢谢。",
    "Thanks for the quick answer. I have restarted the device as you said, the light stays red. ",
    "We have reset your access. Please sign in again within 24 hours and choose a new password. ",
    "已经为您登记，仓库会在两个工作日内处理，处理完成后我们会第一时间通知您。",
)


@dataclass(slots=True)
class Scene:
    """What stories draw on: ids of the desk's agents by group, and the seal for personal values.

    `seal` takes stream, event type, JSON Pointer, subject and value; texts get keys of their own.
    """

    rng: random.Random
    seal: Callable[[str, str, str, str, Any], JsonObject]
    agents: dict[str, list[str]]


@dataclass(slots=True)
class Step:
    """One commit to be: when, what command, who, and its events."""

    at: datetime
    command: str
    actor: JsonObject
    on_behalf_of: JsonObject | None
    events: list[JsonObject]


@dataclass(slots=True)
class Ticket:
    """What the story must remember of its ticket to write true `before` and `since`."""

    stream: str
    customer: str
    opened_at: datetime
    channel: str
    status: str = "new"
    status_since: datetime = field(init=False)
    group: str | None = None
    agent: str | None = None
    party_since: datetime = field(init=False)
    priority: str = "normal"
    interactions: int = 0

    @property
    def subject(self) -> str:
        """The stream of whom the personal values are about."""
        return f"customer/{self.customer}"

    def __post_init__(self) -> None:
        self.status_since = self.party_since = self.opened_at


def choose(rng: random.Random, weighted: tuple[tuple[str, int], ...]) -> str:
    """One of the names, by weight."""
    names = [name for name, _ in weighted]
    return rng.choices(names, [weight for _, weight in weighted])[0]


def chance(rng: random.Random, percent: int) -> bool:
    """Whether something happens that happens so often."""
    return rng.randrange(100) < percent


def random_id(rng: random.Random) -> str:
    """A UUIDv4 from the seeded source, so that a seed gives the same desk again."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def event(kind: str, at: datetime, /, **fields: Any) -> JsonObject:
    """An event as it is stored, by nobody but the actor."""
    return {"type": kind, "v": 1, "occurred_at": format_instant(at), "by": None, **fields}


def ticket_story(scene: Scene, ticket: Ticket) -> Iterator[Step]:
    """The commits of one ticket's life, in order of time."""
    rng = scene.rng
    at = ticket.opened_at
    service = {"kind": "service", "id": "intake"}
    customer = {"kind": "customer", "id": ticket.customer}
    yield Step(at, "Together", service, customer, _opening(scene, ticket, at))
    at += timedelta(seconds=rng.expovariate(1 / 1800))
    ticket_agent = rng.choice(scene.agents[ticket.group or GROUPS[0]])
    agent = {"kind": "agent", "id": ticket_agent}
    taken = [_assigned(ticket, at, ticket.group, ticket_agent, "taken")]
    yield Step(at, "TakeTicket", agent, None, taken + _activated(ticket, at, "assigned"))
    for _ in range(rng.choices((1, 2), (8, 2))[0]):
        at += timedelta(seconds=rng.expovariate(1 / 3600))
        yield Step(at, "Together", agent, None, _answer(scene, ticket, at))
        at += timedelta(seconds=rng.expovariate(1 / 20000))
        if chance(rng, 35):
            yield Step(at, "ReceiveMessage", service, customer, _message(scene, ticket, at))
        if chance(rng, 20):
            at += timedelta(seconds=60)
            yield Step(at, "Together", agent, None, _sorted_out(scene, ticket, at))
    yield from _ending(scene, ticket, at, agent)


def _ending(scene: Scene, ticket: Ticket, at: datetime, agent: JsonObject) -> Iterator[Step]:
    rng = scene.rng
    at += timedelta(seconds=rng.expovariate(1 / 7200))
    yield Step(at, "SolveTicket", agent, None, _solved(ticket, at))
    if chance(rng, 7):
        at += timedelta(seconds=rng.expovariate(1 / 200000))
        writer = {"kind": "customer", "id": ticket.customer}
        service = {"kind": "service", "id": "intake"}
        yield Step(at, "ReceiveMessage", service, writer, _message(scene, ticket, at))
        at += timedelta(seconds=rng.expovariate(1 / 7200))
        yield Step(at, "SolveTicket", agent, None, _solved(ticket, at))
    if chance(rng, 97):
        at += timedelta(days=4)
        closer = {"kind": "service", "id": "closer"}
        status = _status(ticket, at, "closed")
        closed = event("TicketClosed", at, status=status, reason="timeout")
        yield Step(at, "CloseTicket", closer, None, [closed])


def _opening(scene: Scene, ticket: Ticket, at: datetime) -> list[JsonObject]:
    rng = scene.rng
    ticket.group = rng.choice(GROUPS) if chance(rng, 80) else None
    ticket.priority = choose(rng, PRIORITIES)
    kind = "TicketOpened"
    of = {"kind": "ticket-type", "id": "default", "version": 0}
    subject = rng.choice(TEXTS)[:60]
    reference = {"system": "shop", "kind": "order", "id": str(rng.randrange(10**8))}
    opened = event(
        kind,
        at,
        kind="request",
        customer=ticket.customer,
        channel=ticket.channel,
        inbox="support",
        direction="in",
        subject=scene.seal(ticket.stream, kind, "/subject", ticket.subject, subject),
        language=rng.choice(("en", "zh")),
        type_code=rng.choice(TYPES),
        category=[rng.choice(("web", "app", "store")), rng.choice(("payment", "login"))],
        impact=None,
        urgency=None,
        priority=ticket.priority,
        tier="standard",
        stage=None,
        status="new",
        party={"group": ticket.group, "agent": None},
        tags=["vip"] if chance(rng, 5) else [],
        fields={"product": rng.choice(("router", "phone", "plan")), "region": rng.randrange(30)},
        personal_fields=None,
        references=[reference] if chance(rng, 30) else [],
        ticket_type=of,
        workflow={**of, "kind": "workflow"},
        step="new",
        variant=None,
        form=None,
        origin=None,
    )
    return [opened, *_message(scene, ticket, at, opening=True)]


def _message(
    scene: Scene, ticket: Ticket, at: datetime, *, opening: bool = False
) -> list[JsonObject]:
    kind = "CustomerMessageReceived"
    author = {"kind": "customer", "id": ticket.customer}
    contact = _contact(scene, ticket, kind, "in", author) | {"opening": opening}
    sender = scene.seal(ticket.stream, kind, "/sender", ticket.subject, "li@example.com")
    message = event(kind, at, **contact, sender=sender, verified=True, recipients=None)
    if ticket.status in {"pending", "on_hold"}:
        return [message, *_activated(ticket, at, "customer_wrote")]
    if ticket.status == "solved":
        solver = ticket.agent
        status = _status(ticket, at, "open")
        reopened = event(
            "TicketReopened", at, status=status, reason="customer_wrote", solver=solver
        )
        return [message, reopened]
    return [message]


def _answer(scene: Scene, ticket: Ticket, at: datetime) -> list[JsonObject]:
    kind = "ReplySent"
    contact = _contact(scene, ticket, kind, "out", {"kind": "agent", "id": ticket.agent})
    to = scene.seal(ticket.stream, kind, "/to", ticket.subject, ["li@example.com"])
    events = [event(kind, at, **contact, to=to, cc=None)]
    if chance(scene.rng, 40) and ticket.status == "open":
        status = _status(ticket, at, "pending")
        events.append(event("TicketPaused", at, status=status, reason="customer", until=None))
    return events


def _sorted_out(scene: Scene, ticket: Ticket, at: datetime) -> list[JsonObject]:
    rng = scene.rng
    since = format_instant(ticket.opened_at)
    after = choose(rng, PRIORITIES)
    change = {"before": ticket.priority, "after": after, "since": since}
    ticket.priority = after
    events = [
        event(
            "TicketPrioritised", at, priority=change, impact=None, urgency=None, pinned=True,
            reason="triage",
        ),
        event("TagsChanged", at, added=[{"tag": "urgent-call"}], removed=[], before=[]),
    ]  # fmt: skip
    if chance(rng, 50):
        group = rng.choice(GROUPS)
        agent = rng.choice(scene.agents[group])
        events.append(_assigned(ticket, at, group, agent, "manual"))
    return events


def _contact(
    scene: Scene, ticket: Ticket, kind: str, direction: str, author: JsonObject
) -> JsonObject:
    ticket.interactions += 1
    text = scene.rng.choice(TEXTS) * scene.rng.randrange(1, 4)
    return {
        "interaction": random_id(scene.rng),
        "opening": False,
        "channel": ticket.channel,
        "inbox": "support",
        "direction": direction,
        "author": author,
        "text": scene.seal(ticket.stream, kind, "/text", ticket.subject, text),
        "format": "plain",
        "language": "en",
        "attachments": [],
        "thread": None,
        "used": [],
    }


def _assigned(
    ticket: Ticket, at: datetime, group: str | None, agent: str | None, reason: str
) -> JsonObject:
    change = {
        "before": {"group": ticket.group, "agent": ticket.agent},
        "after": {"group": group, "agent": agent},
        "since": format_instant(ticket.party_since),
    }
    ticket.group, ticket.agent, ticket.party_since = group, agent, at
    return event("TicketAssigned", at, party=change, reason=reason, considered=None)


def _activated(ticket: Ticket, at: datetime, reason: str) -> list[JsonObject]:
    if ticket.status == "open":
        return []
    return [event("TicketActivated", at, status=_status(ticket, at, "open"), reason=reason)]


def _solved(ticket: Ticket, at: datetime) -> list[JsonObject]:
    status = _status(ticket, at, "solved")
    solver = ticket.agent
    return [event("TicketSolved", at, status=status, resolution="fixed", note=None, solver=solver)]


def _status(ticket: Ticket, at: datetime, after: str) -> JsonObject:
    since = format_instant(ticket.status_since)
    change = {"before": ticket.status, "after": after, "since": since}
    ticket.status, ticket.status_since = after, at
    return change
