"""What one command does to a made-up ticket: its events, and what the story remembers of them."""

from datetime import datetime

from scene import (
    GROUPS,
    PRIORITIES,
    TEXTS,
    TYPES,
    JsonObject,
    Scene,
    Ticket,
    chance,
    choose,
    event,
    random_id,
)

from deskledger.eventlog.instants import format_instant

URGENT_TAG = "urgent-call"


def opening(scene: Scene, ticket: Ticket, at: datetime) -> list[JsonObject]:
    """The ticket opens with its first message, in a group's queue or the intake's."""
    rng = scene.rng
    ticket.group = rng.choice(GROUPS) if chance(rng, 80) else None
    ticket.priority = choose(rng, PRIORITIES)
    ticket.tags = ["vip"] if chance(rng, 5) else []
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
        tags=ticket.tags,
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
    return [opened, *message(scene, ticket, at, opening=True)]


def message(
    scene: Scene, ticket: Ticket, at: datetime, *, opening: bool = False
) -> list[JsonObject]:
    """The customer writes, which wakes a ticket that waits and reopens one that was solved."""
    kind = "CustomerMessageReceived"
    author = {"kind": "customer", "id": ticket.customer}
    contact = _contact(scene, ticket, kind, "in", author) | {"opening": opening}
    sender = scene.seal(ticket.stream, kind, "/sender", ticket.subject, "li@example.com")
    events = [event(kind, at, **contact, sender=sender, verified=True, recipients=None)]
    if ticket.status in {"pending", "on_hold"}:
        events += activated(ticket, at, "customer_wrote")
    elif ticket.status == "solved":
        status = _status(ticket, at, "open")
        events.append(
            event(
                "TicketReopened", at, status=status, reason="customer_wrote", solver=ticket.solver
            )
        )
    return events


def answer(scene: Scene, ticket: Ticket, at: datetime) -> list[JsonObject]:
    """The agent replies."""
    kind = "ReplySent"
    contact = _contact(scene, ticket, kind, "out", {"kind": "agent", "id": ticket.agent})
    to = scene.seal(ticket.stream, kind, "/to", ticket.subject, ["li@example.com"])
    return [event(kind, at, **contact, to=to, cc=None)]


def sorted_out(scene: Scene, ticket: Ticket, at: datetime) -> list[JsonObject]:
    """Priority, tags and perhaps the responsible agent are set anew."""
    rng = scene.rng
    after = choose(rng, tuple(each for each in PRIORITIES if each[0] != ticket.priority))
    since = format_instant(ticket.priority_since)
    change = {"before": ticket.priority, "after": after, "since": since}
    ticket.priority, ticket.priority_since = after, at
    prioritised = {"priority": change, "impact": None, "urgency": None, "pinned": True}
    events = [event("TicketPrioritised", at, **prioritised, reason="triage")]
    if URGENT_TAG not in ticket.tags:
        added = [{"tag": URGENT_TAG}]
        events.append(event("TagsChanged", at, added=added, removed=[], before=ticket.tags))
        ticket.tags = [*ticket.tags, URGENT_TAG]
    if chance(rng, 50):
        group = rng.choice(GROUPS)
        others = [agent for agent in scene.agents[group] if agent != ticket.agent]
        events.append(assigned(ticket, at, group, rng.choice(others), "manual"))
    return events


def assigned(
    ticket: Ticket, at: datetime, group: str | None, agent: str | None, reason: str
) -> JsonObject:
    """Another party becomes responsible."""
    change = {
        "before": {"group": ticket.group, "agent": ticket.agent},
        "after": {"group": group, "agent": agent},
        "since": format_instant(ticket.party_since),
    }
    ticket.group, ticket.agent, ticket.party_since = group, agent, at
    return event("TicketAssigned", at, party=change, reason=reason, considered=None)


def activated(ticket: Ticket, at: datetime, reason: str) -> list[JsonObject]:
    """Work begins or goes on, where it does not yet."""
    if ticket.status == "open":
        return []
    return [event("TicketActivated", at, status=_status(ticket, at, "open"), reason=reason)]


def paused(
    ticket: Ticket, at: datetime, status: str, reason: str, until: datetime | None
) -> JsonObject:
    """An open ticket waits."""
    back_at = None if until is None else format_instant(until)
    change = _status(ticket, at, status)
    return event("TicketPaused", at, status=change, reason=reason, until=back_at)


def solved(ticket: Ticket, at: datetime) -> list[JsonObject]:
    """The agent has met the request."""
    ticket.solver = ticket.agent
    status = _status(ticket, at, "solved")
    settled = {"resolution": "fixed", "note": None, "solver": ticket.solver}
    return [event("TicketSolved", at, status=status, **settled)]


def closed(ticket: Ticket, at: datetime) -> list[JsonObject]:
    """Nobody came back to a solved ticket."""
    return [event("TicketClosed", at, status=_status(ticket, at, "closed"), reason="timeout")]


def _contact(
    scene: Scene, ticket: Ticket, kind: str, direction: str, author: JsonObject
) -> JsonObject:
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


def _status(ticket: Ticket, at: datetime, after: str) -> JsonObject:
    since = format_instant(ticket.status_since)
    change = {"before": ticket.status, "after": after, "since": since}
    ticket.status, ticket.status_since = after, at
    return change
