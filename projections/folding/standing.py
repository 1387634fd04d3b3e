"""How a ticket stands, event by event: episodes, and the spans and hand-overs that are over."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from deskledger.projections.folding.said import SETTLED, Said, text
from deskledger.projections.folding.ticket import Row, credited

_MICROSECOND = timedelta(microseconds=1)
_TIMES = ("time_new", "time_open", "time_pending", "time_on_hold")
_NET = ("time_new", "time_open")
_COUNTS = ("agent_contacts", "hand_overs", *_TIMES, "handling_time")
LIFELONG = ("kind", "direction", "channel", "inbox", "workflow", "workflow_version", "variant")
"""What never changes in a ticket's life."""
STANDS = ("type", "tier", "priority", "stage", "group_id", "agent_id")
"""What of a ticket's row says how it stands, beside its status."""


@dataclass
class Ended:
    """Rows that are only ever added, for each table in the order that `COLUMNS` states."""

    status_span_ended: list[tuple[Any, ...]] = field(default_factory=list)
    ownership_span_ended: list[tuple[Any, ...]] = field(default_factory=list)
    standing_span_ended: list[tuple[Any, ...]] = field(default_factory=list)
    assignment: list[tuple[Any, ...]] = field(default_factory=list)
    first_response: list[tuple[Any, ...]] = field(default_factory=list)


COLUMNS = {
    "status_span_ended": ("ticket", "version", "status", "reason", "began_at", "ended_at"),
    "ownership_span_ended": (
        *("ticket", "version", "group_id", "agent_id", "reason", "began_at", "ended_at"),
    ),
    "standing_span_ended": (
        *("ticket", "version", "episode", "status", *STANDS, "began_at", "ended_at"),
    ),
    "assignment": (
        *("ticket", "version", "episode", "occurred_at", "reason", "group_before"),
        *("agent_before", "hand_over", *LIFELONG, *STANDS),
    ),
    "first_response": (*("ticket", "version", "opened_at", "occurred_at", *LIFELONG, *STANDS),),
}


def end_spans(ended: Ended, said: Said, ticket: Row, episode: Row | None) -> None:
    """Ends the spans that an event ends; the rows are those from before it.

    `episode` is the ticket's latest, whose times grow by the span that was its last.
    """
    number, at = said.ticket, said.at
    if said.status is not None and ticket["status"] is not None:
        span = (ticket["status_version"], ticket["status"], ticket["status_reason"])
        ended.status_span_ended.append((number, *span, ticket["status_since"], at))
    if said.sets_party and ticket["party_version"] is not None:
        party = (ticket["group_id"], ticket["agent_id"], ticket["party_reason"])
        ended.ownership_span_ended.append(
            (number, ticket["party_version"], *party, ticket["responsible_since"], at)
        )
    if said.stands and not said.answers and episode is not None:
        since = episode["standing_since"]
        if at > since:
            stood = (episode["standing_version"], episode["episode"], ticket["status"])
            ended.standing_span_ended.append((number, *stood, *_stands(ticket), since, at))
            _lengthen(episode, ticket, at)


def begun(said: Said, ticket: Row, before: Row | None, columns: Iterable[str]) -> Row:
    """The row of an episode that an event begins; `ticket` is from after the event.

    `before` is the ticket's episode until then, which it leaves as one that is over.
    """
    row: Row = dict.fromkeys(columns)
    row |= _lifelong(said) if before is None else {name: before[name] for name in LIFELONG}
    row |= dict.fromkeys(_COUNTS, 0)
    row |= {f"began_{name}": ticket[name] for name in STANDS}
    row |= {
        "ticket": said.ticket,
        "episode": 1,
        "began_at": said.at,
        "began_version": said.version,
        "earlier_time": 0,
        "earlier_net_time": 0,
        "taken_in_group": False,
    }
    if before is not None:
        before["reopened_at"], before["reopen_reason"] = said.at, said.reason
        row["episode"] = before["episode"] + 1
        row["taken_in_group"] = before["taken_in_group"]
        row["earlier_time"] = before["earlier_time"] + sum(before[name] for name in _TIMES)
        row["earlier_net_time"] = before["earlier_net_time"] + sum(before[name] for name in _NET)
    return row


def stood(ended: Ended, said: Said, ticket: Row, episode: Row, *, first_answer: bool) -> None:
    """Takes an event that says how the ticket stands into its episode.

    Both rows are of after the event; `first_answer` says that none had answered before.
    """
    if not said.answers:
        episode["standing_since"], episode["standing_version"] = said.at, said.version
    hand_over = said.sets_party and _handed(said, ticket, episode)
    goes_on = ticket["status"] not in SETTLED
    if goes_on:
        _count(episode, said, ticket, hand_over=hand_over)
    if goes_on or said.settles:
        episode |= {name: ticket[name] for name in STANDS}
    if said.settles:
        _settle(episode, said, ticket)
    lifelong = [episode[name] for name in LIFELONG]
    if said.type == "TicketAssigned" or (said.opens and (ticket["agent_id"] or ticket["group_id"])):
        given = (said.ticket, said.version, episode["episode"], said.at)
        reason = None if said.opens else said.reason
        before = (said.group_before, said.agent_before, hand_over)
        ended.assignment.append((*given, reason, *before, *lifelong, *_stands(ticket)))
    if first_answer:
        response = (said.ticket, said.version, ticket["opened_at"], said.at)
        ended.first_response.append((*response, *lifelong, *_stands(ticket)))


def _lifelong(said: Said) -> Row:
    after, workflow = said.after, said.after["configuration"]["workflow"]
    return {
        **{name: text(after[name]) for name in ("kind", "direction", "channel", "inbox")},
        "workflow": text(workflow["id"]),
        "workflow_version": workflow["version"],
        "variant": text(after["configuration"]["variant"]),
    }


def _stands(ticket: Row) -> list[Any]:
    return [ticket[name] for name in STANDS]


def _lengthen(episode: Row, ticket: Row, at: datetime) -> None:
    if ticket["status"] in SETTLED:
        return
    lasted = (at - episode["standing_since"]) // _MICROSECOND
    episode[f"time_{ticket['status']}"] += lasted
    if ticket["status"] == "open" and ticket["agent_id"] is not None:
        episode["handling_time"] += lasted


def _handed(said: Said, ticket: Row, episode: Row) -> bool:
    """Whether the party changed from one agent or group to another; keeps who has taken it.

    Leaving the intake, and the first take inside a group since the ticket came to it, are none.
    """
    group, agent = ticket["group_id"], ticket["agent_id"]
    moved = said.opens or group != said.group_before
    taken = episode["taken_in_group"] and not moved
    episode["taken_in_group"] = taken or agent is not None
    if said.opens or not (agent or group) or not (said.agent_before or said.group_before):
        return False
    if said.agent_before is not None:
        return bool(agent != said.agent_before)
    return moved or (agent is not None and taken)


def _count(episode: Row, said: Said, ticket: Row, *, hand_over: bool) -> None:
    if ticket["agent_id"] is not None and episode["first_assigned_at"] is None:
        episode["first_assigned_at"] = said.at
    if said.answers:
        episode["agent_contacts"] += 1
        if episode["first_response_at"] is None:
            episode["first_response_at"] = said.at
    episode["hand_overs"] += hand_over


def _settle(episode: Row, said: Said, ticket: Row) -> None:
    decider = said.decider
    by_itself = decider in {"customer", "bot", "rule", "policy", "model"}
    episode |= {
        "settled_at": said.at,
        "settled_version": said.version,
        "discarded": said.discards,
        "settled_by": decider,
        "settle_reason": said.reason,
        "solver_id": credited(said, ticket["agent_id"]),
        "resolution": text(said.detail["resolution"]) if said.type == "TicketSolved" else None,
        "automated": None
        if said.discards
        else episode["agent_contacts"] == 0 and (by_itself or said.reason == "timeout"),
        "never_assigned": ticket["first_assigned_at"] is None,
    }
