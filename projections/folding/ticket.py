"""What a ticket is at present, event by event: the row of `ticket`, as `ticket.sql` has it."""

from collections.abc import Iterable
from typing import Any

import orjson

from deskledger.projections.folding.said import CLASSES, SETTLED, Said, instant, text

Row = dict[str, Any]
"""A row of a table, by the names of its columns."""

_SAME = ("kind", "channel", "inbox", "direction", "language")
_CLASS = ("stage", "tier", "priority", "impact", "urgency")
_UNTIL_REOPENED = ("settled_at", "resolution", "solver_id")


def opened(said: Said, columns: Iterable[str]) -> Row:
    """The row of a ticket that begins, with what its opening states once and for all."""
    after = said.after
    row: Row = dict.fromkeys(columns)
    row |= {name: text(after[name]) for name in (*_SAME, *_CLASS)}
    row |= {
        "number": said.ticket,
        "id": said.stream.split("/")[1],
        "customer_id": text(after["customer"]),
        "opened_at": said.at,
        "type": text(after["type_code"]),
        "category": after["category"],
        "pinned": False,
        "tags": sorted(after["tags"]),
        "fields": _json(after["fields"]),
        "configuration": _json(after["configuration"]),
        "origin": None if after["origin"] is None else _json(after["origin"]),
        **dict.fromkeys(("customer_contacts", "agent_contacts", "notes", "reopenings"), 0),
        "due_promised": False,
        "escalation_level": 0,
    }
    return row


def told(row: Row, said: Said) -> None:
    """Takes an event into the row; those of a ticket come in the order of their versions."""
    row["version"] = said.version
    if said.is_fact:
        row["latest_at"] = said.at
    _count(row, said)
    _wait(row, said)
    if said.settles:
        _settle(row, said)
    elif said.type == "TicketSolved":
        row["resolution"] = text(said.detail["resolution"])
    if said.status is not None:
        _stand(row, said)
    if said.sets_party:
        _hand(row, said)
    if said.type in CLASSES:
        _classify(row, said.after)
    _change(row, said)


def finished(row: Row) -> Row:
    """The row at the end of a batch: a ticket that is not settled shows nothing of a settle."""
    if row["status"] not in SETTLED:
        row |= dict.fromkeys(_UNTIL_REOPENED)
    if row["status"] != "closed":
        row["closed_at"] = None
    return row


def _count(row: Row, said: Said) -> None:
    if said.contact == "asked":
        row["customer_contacts"] += 1
    elif said.answers:
        row["agent_contacts"] += 1
        if row["first_answered_at"] is None:
            row["first_answered_at"] = said.at
    if said.type == "NoteAdded":
        row["notes"] += 1
    elif said.type == "TicketReopened":
        row["reopenings"] += 1
    if said.type in {"TicketActivated", "TicketReopened"}:
        row["activated_at"] = said.at


def _wait(row: Row, said: Said) -> None:
    """Since when the customer waits, here or in a ticket that was merged into this one."""
    waits = []
    if said.contact == "asked":
        waits.append(said.at)
    elif said.answers or said.settles:
        row["unanswered_since"] = None
    elif said.type == "LinksChanged":
        since = (instant(link.get("unanswered_since")) for link in said.detail.get("added", ()))
        waits += [at for at in since if at is not None]
    if waits:
        known = row["unanswered_since"]
        row["unanswered_since"] = min(waits if known is None else [known, *waits])


def _settle(row: Row, said: Said) -> None:
    row["settled_at"] = said.at
    row["resolution"] = text(said.detail.get("resolution"))
    row["solver_id"] = credited(said, row["agent_id"])


def credited(said: Said, responsible: str | None) -> str | None:
    """Who has the credit of a settle, where that agent was responsible."""
    if said.discards:
        return None
    if said.type == "TicketSolved":
        return text(said.detail["solver"])
    if said.decider in {"rule", "policy", "model"}:
        return responsible
    return said.acting_agent or responsible


def _stand(row: Row, said: Said) -> None:
    row["status"] = said.status
    row["status_since"] = said.at
    row["status_version"] = said.version
    row["status_reason"] = said.reason
    row["waits_until"] = instant(said.detail.get("until"))


def _hand(row: Row, said: Said) -> None:
    row["group_id"] = text(said.after["group"])
    row["agent_id"] = text(said.after["agent"])
    row["responsible_since"] = said.at
    row["party_version"] = said.version
    row["party_reason"] = said.reason
    if row["agent_id"] is not None and row["first_assigned_at"] is None:
        row["first_assigned_at"] = said.at


def _classify(row: Row, after: Row) -> None:
    if "type_code" in after:
        row["type"] = text(after["type_code"])
    row |= {name: text(after[name]) for name in _CLASS if name in after}
    row |= {name: after[name] for name in ("category", "pinned") if name in after}


def _change(row: Row, said: Said) -> None:
    match said.type:
        case "TicketClosed":
            row["closed_at"] = said.at
        case "Merged":
            row["closed_at"] = said.at
            row["merged_into"] = text(said.detail["into"])
        case "TagsChanged":
            added = {text(tag["tag"]) for tag in said.detail["added"]}
            row["tags"] = sorted(added | (set(row["tags"]) - set(said.detail["removed"])))
        case "FieldsChanged":
            fields = orjson.loads(row["fields"]) | said.after.get("fields", {})
            kept = {name: value for name, value in sorted(fields.items()) if value is not None}
            row["fields"] = _json(kept)
        case "TicketDueSet":
            row["due_at"] = instant(said.after["due"])
            row["due_promised"] = said.detail["promised"]
        case "TicketEscalated":
            row["escalation_level"] = max(row["escalation_level"], said.after["level"])
        case "ParticipantsChanged":
            _request(row, said)
        case _:
            pass


def _request(row: Row, said: Said) -> None:
    for one in said.detail["removed"]:
        if one["role"] == "requester":
            row["customer_id"] = None
    for one in said.detail["added"]:
        if one["role"] == "requester":
            row["customer_id"] = text(one["customer"])


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
