"""What the tables should say of one ticket, computed from its events one by one, without SQL."""

from collections.abc import Sequence
from typing import Any

from tests.projections.records import ACTOR

SETTLED = {"solved", "closed"}
Versioned = tuple[int, dict[str, Any]]


def in_order(events: Sequence[dict[str, Any]]) -> list[Versioned]:
    """The events with their versions, in the order in which they happened; answers left out."""
    facts = [
        (version, event)
        for version, event in enumerate(events, 1)
        if event["type"] != "CommandAnswered"
    ]
    return sorted(facts, key=lambda fact: (fact[1]["occurred_at"], fact[0]))


def status_of(event: dict[str, Any]) -> str | None:
    """The status that an event gives the ticket, None if it says nothing about it."""
    stated = event.get("status")
    if isinstance(stated, dict):
        return str(stated["after"])
    return stated


def party_of(event: dict[str, Any]) -> tuple[str | None, str | None] | None:
    """Group and agent that an event gives the ticket, None if it says nothing about them."""
    party = event.get("party")
    if party is None or event["type"] not in {"TicketOpened", "TicketAssigned"}:
        return None
    party = party.get("after", party)
    return party["group"], party["agent"]


def status_spans(events: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Version, status, beginning and end of each span."""
    said = [(v, status_of(e), e["occurred_at"]) for v, e in in_order(events) if status_of(e)]
    return _spans(said)


def ownership_spans(events: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Version, (group, agent), beginning and end of each span."""
    said = [(v, party_of(e), e["occurred_at"]) for v, e in in_order(events) if party_of(e)]
    return _spans(said)


def contact_of(event: dict[str, Any]) -> str | None:
    """asked, answered or None."""
    match event["type"]:
        case "CustomerMessageReceived" if event["by"] is None:
            return "asked"
        case "ReplySent" if event["author"]["kind"] == "agent":
            return "answered"
        case "CallLogged" if event["answered"] and event["agent"]:
            return "answered"
        case "CallLogged" if not event["answered"] and event["direction"] == "in":
            return "asked"
    return None


def unanswered_since(events: Sequence[dict[str, Any]]) -> str | None:
    """Since when a customer waits for an answer, here or in a ticket that was merged into it."""
    unanswered: list[str] = []
    status: str | None = None
    for _, event in in_order(events):
        contact = contact_of(event)
        before, status = status, status_of(event) or status
        if contact == "asked":
            unanswered.append(event["occurred_at"])
        if event["type"] == "LinksChanged":
            said = (link.get("unanswered_since") for link in event["added"])
            unanswered += [since for since in said if since]
        if contact == "answered" or (status in SETTLED and before not in SETTLED):
            unanswered = []
    return min(unanswered, default=None)


def waiting_since(events: Sequence[dict[str, Any]]) -> str:
    """Since when the customer waits, as the queue is ordered."""
    answered = any(contact_of(event) == "answered" for event in events)
    begun = ("TicketActivated", "TicketReopened")
    active = [event["occurred_at"] for _, event in in_order(events) if event["type"] in begun]
    opened = in_order(events)[0][1]["occurred_at"]
    since = unanswered_since(events)
    if since is not None:
        return since
    return active[-1] if answered and active else str(opened)


def settle(events: Sequence[dict[str, Any]]) -> tuple[str | None, str | None, str | None]:
    """When the ticket was settled, how, and to whose credit; all None while it is not."""
    found: tuple[str | None, str | None, str | None] = (None, None, None)
    status: str | None = None
    agent: str | None = None
    for _, event in in_order(events):
        party = party_of(event)
        agent = party[1] if party else agent
        before, status = status, status_of(event) or status
        settles = status in SETTLED and before not in SETTLED
        solver = credited(event, agent) if settles else found[2]
        if event["type"] == "TicketSolved":
            found = (event["occurred_at"] if settles else found[0], event["resolution"], solver)
        elif settles:
            found = (event["occurred_at"], None, solver)
    return found if status in SETTLED else (None, None, None)


def credited(event: dict[str, Any], responsible: str | None) -> str | None:
    """Who has the credit of a settle, where the same agent acts in every commit."""
    if event["type"] == "TicketSolved":
        solver: str | None = event["solver"]
        return solver
    if event["type"] == "Merged" or event["reason"] in {"spam", "duplicate", "test"}:
        return None
    by = event["by"]
    decided_alone = by is not None and by["kind"] != "macro"
    return responsible if decided_alone else ACTOR["id"]


def tags(events: Sequence[dict[str, Any]]) -> list[str]:
    """The tags at present, in alphabetical order."""
    held: set[str] = set()
    for _, event in in_order(events):
        if event["type"] == "TicketOpened":
            held = set(event["tags"])
        if event["type"] == "TagsChanged":
            held |= {tag["tag"] for tag in event["added"]}
            held -= set(event["removed"])
    return sorted(held)


def fields(events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The plain fields that are set at present."""
    held: dict[str, Any] = {}
    for _, event in in_order(events):
        if event["type"] == "TicketOpened":
            held = dict(event["fields"])
        if event["type"] == "FieldsChanged":
            held |= {name: change["after"] for name, change in event["fields"].items()}
    return {name: value for name, value in held.items() if value is not None}


def subject(events: Sequence[dict[str, Any]]) -> str | None:
    """The subject at present."""
    held = None
    for _, event in in_order(events):
        if event["type"] == "TicketOpened":
            held = event["subject"]
        if event["type"] == "FieldsChanged" and "subject" in event["personal_fields"]:
            held = event["personal_fields"]["subject"]["after"]
    return held


def references(events: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """System, kind and id of the present references, in order."""
    held: set[tuple[str, str, str]] = set()
    for _, event in in_order(events):
        if event["type"] == "ReferencesChanged":
            held |= {_key(added) for added in event["added"]}
            held -= {_key(removed) for removed in event["removed"]}
    return sorted(held)


def links(events: Sequence[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """Relation, ticket and whether it blocks, of the present links, in order."""
    held: dict[tuple[str, str], bool] = {}
    for _, event in in_order(events):
        if event["type"] == "LinksChanged":
            held |= {(one["relation"], one["ticket"]): one["blocking"] for one in event["added"]}
            for one in event["removed"]:
                held.pop((one["relation"], one["ticket"]), None)
            held |= {("child", child): False for child in event["unblocked"]}
    return sorted((*name, blocking) for name, blocking in held.items())


def merged_into(events: Sequence[dict[str, Any]]) -> str | None:
    """The ticket of which this one has become a part."""
    return next((event["into"] for event in events if event["type"] == "Merged"), None)


def customer(events: Sequence[dict[str, Any]]) -> str | None:
    """The requester at present."""
    held = None
    for _, event in in_order(events):
        if event["type"] == "TicketOpened":
            held = event["customer"]
        if event["type"] == "ParticipantsChanged":
            for one in (*event["removed"], *event["added"]):
                if one["role"] == "requester":
                    held = one["customer"] if "sees_from" in one else None
    return held


def participants(events: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Role, kind, and id or address, of those who take part beside the requester, in order."""
    held: set[tuple[str, str, str]] = set()
    for _, event in in_order(events):
        if event["type"] == "ParticipantsChanged":
            for one in (*event["removed"], *event["added"]):
                for noun in ("customer", "agent", "address"):
                    if one[noun] is not None and one["role"] != "requester":
                        name = (one["role"], noun, one[noun])
                        (held.add if "sees_from" in one else held.discard)(name)
    return sorted(held)


def due(events: Sequence[dict[str, Any]]) -> tuple[str | None, bool]:
    """By when the ticket is to be done, and whether the customer was told."""
    said = [event for _, event in in_order(events) if event["type"] == "TicketDueSet"]
    return (said[-1]["due"]["after"], said[-1]["promised"]) if said else (None, False)


def escalation_level(events: Sequence[dict[str, Any]]) -> int:
    """The highest level that was ever recorded."""
    told = [event["level"]["after"] for event in events if event["type"] == "TicketEscalated"]
    return max(told, default=0)


def attribute(events: Sequence[dict[str, Any]], name: str) -> Any:
    """The present value of a plain attribute."""
    held = None
    for _, event in in_order(events):
        if event["type"] == "TicketOpened":
            held = event[name]
        elif event["type"] in {"TicketClassified", "TicketPrioritised"} and event.get(name):
            held = event[name]["after"]
    return held


def _key(reference: dict[str, Any]) -> tuple[str, str, str]:
    return reference["system"], reference["kind"], reference["id"]


def _spans(said: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    ends = [*(at for _, _, at in said[1:]), None]
    return [(*span, end) for span, end in zip(said, ends, strict=True)]
