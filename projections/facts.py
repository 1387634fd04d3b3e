"""What an event says, as a row: why, what it set, what that replaced, and its sealed values."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from deskledger.projections.personal import Place, Sealed

JsonObject = dict[str, Any]
Values = list[tuple[Place, str, Sealed]]

Facts = tuple[str | None, str | None, str | None, str | None, str | None, Values | None]
"""Reason, before, after, since and detail, all but the reason as JSON; and the sealed values.

Each sealed value comes with the place where it is to stand in the JSON of personal values, and
with its JSON Pointer in the event.
"""

COMMON = frozenset({"type", "v", "occurred_at", "by"})
_CHANGE = {"before", "after", "since"}
_CONFIGURATION = ("ticket_type", "workflow", "form", "step", "variant")
_STATUS = {
    status: f'{{"status":"{status}"}}'
    for status in ("new", "open", "pending", "on_hold", "solved", "closed")
}


def begun(event: JsonObject) -> Facts:
    """A stream's first event: everything that it states holds from then on."""
    after, values = _stated(event)
    return None, None, _json(after), None, None, values


def opened(event: JsonObject) -> Facts:
    """A ticket began; what was in force is one attribute, the party's parts are one each."""
    after, values = _stated(event)
    after |= after.pop("party")
    after["fields"] = dict(sorted(after["fields"].items()))
    after["configuration"] = {name: after.pop(name) for name in _CONFIGURATION}
    return None, None, _json(after), None, None, values


def activated(event: JsonObject) -> Facts:
    """The status changed, with no further facts."""
    return event["reason"], *_status(event["status"]), None, None


def paused(event: JsonObject) -> Facts:
    """The ticket waits, perhaps until a certain time."""
    until = event["until"]
    detail = None if until is None else _json({"until": until})
    return event["reason"], *_status(event["status"]), detail, None


def solved(event: JsonObject) -> Facts:
    """The ticket is solved: how, and to whose credit."""
    note = event["note"]
    detail = _json({"resolution": event["resolution"], "solver": event["solver"]})
    values: Values | None = None if note is None else [(("note",), "/note", note)]
    return None, *_status(event["status"]), detail, values


def reopened(event: JsonObject) -> Facts:
    """The ticket is open again; the solver is that of the settle which this undoes."""
    detail = _json({"solver": event["solver"]})
    return event["reason"], *_status(event["status"]), detail, None


def merged(event: JsonObject) -> Facts:
    """A ticket or customer became a part of another; only an open ticket's status changes."""
    detail = _json({"into": event["into"]})
    changed = (None, None, None) if event["status"] is None else _status(event["status"])
    return None, *changed, detail, None


def participants_changed(event: JsonObject) -> Facts:
    """Who takes part changed; an address is personal."""
    values: Values = []
    detail: JsonObject = {}
    for name in ("added", "removed"):
        detail[name] = [{**one, "address": None} for one in event[name]]
        values += (
            ((name, str(index)), f"/{name}/{index}/address", one["address"])
            for index, one in enumerate(event[name])
            if one["address"] is not None
        )
    return None, None, None, None, _json(detail), values


def redacted(event: JsonObject) -> Facts:
    """Parts of a contact were made unreadable."""
    detail = _json({"interaction": event["interaction"], "parts": event["parts"]})
    return event["reason"], None, None, None, detail, None


def party_changed(event: JsonObject) -> Facts:
    """The responsible party changed: group and agent."""
    change = event["party"]
    since, considered = change["since"], event["considered"]
    return (
        event["reason"],
        _json(change["before"]),
        _json(change["after"]),
        f'{{"group":"{since}","agent":"{since}"}}',
        None if considered is None else _json({"considered": considered}),
        None,
    )


def attributes_changed(event: JsonObject) -> Facts:
    """Some attributes changed, each with what it was; fields that are no change are details."""
    before: JsonObject = {}
    after: JsonObject = {}
    since: JsonObject = {}
    detail: JsonObject = {}
    for name, value in event.items():
        if value is None or name in COMMON or name == "reason":
            continue
        if value.__class__ is dict and value.keys() == _CHANGE:
            before[name], after[name] = value["before"], value["after"]
            since[name] = value["since"]
        else:
            detail[name] = value
    if "pinned" in detail:
        after["pinned"] = detail.pop("pinned")
    return event.get("reason"), _json(before), _json(after), _json(since), _json(detail), None


def fields_changed(event: JsonObject) -> Facts:
    """Custom fields changed; a personal one shows as null, its change is sealed as one value."""
    plain, sealed = event["fields"], event["personal_fields"]
    before: JsonObject = {"fields": {name: change["before"] for name, change in plain.items()}}
    after: JsonObject = {"fields": {name: change["after"] for name, change in plain.items()}}
    since = {"fields": {name: change["since"] for name, change in plain.items()}}
    if sealed:
        before["personal_fields"] = after["personal_fields"] = dict.fromkeys(sealed)
    values: Values = [
        (("personal_fields", name), f"/personal_fields/{name}", change)
        for name, change in sealed.items()
    ]
    return None, _json(before), _json(after), _json(since), None, values


def tags_changed(event: JsonObject) -> Facts:
    """Tags were added or removed."""
    added, removed, before = event["added"], event["removed"], event["before"]
    after = sorted({tag["tag"] for tag in added} | set(before) - set(removed))
    detail = _json({"added": added, "removed": removed})
    return None, _json({"tags": before}), _json({"tags": after}), None, detail, None


def identities_changed(event: JsonObject) -> Facts:
    """Addresses of a customer were added or removed."""
    values: Values = []
    added = []
    for index, identity in enumerate(event["added"]):
        place = ("identities", identity["identity"])
        values.append((place, f"/added/{index}/address", identity["address"]))
        added.append({**identity, "address": None})
    detail = _json({"added": added, "removed": event["removed"]})
    return None, None, None, None, detail, values


def stated(event: JsonObject) -> Facts:
    """Any other event: its fields are details, null ones apart."""
    detail = {
        name: value
        for name, value in event.items()
        if value is not None and name not in COMMON and name != "reason"
    }
    return event.get("reason"), None, None, None, _json(detail), None


FACTS: Mapping[str, Callable[[JsonObject], Facts]] = {
    "TicketOpened": opened,
    "TicketAssigned": party_changed,
    "TicketPaused": paused,
    "TicketActivated": activated,
    "TicketSolved": solved,
    "TicketReopened": reopened,
    "TicketClosed": activated,
    "TicketClassified": attributes_changed,
    "TicketPrioritised": attributes_changed,
    "FieldsChanged": fields_changed,
    "TagsChanged": tags_changed,
    "ReferencesChanged": stated,
    "LinksChanged": stated,
    "Merged": merged,
    "ParticipantsChanged": participants_changed,
    "TicketDueSet": attributes_changed,
    "TicketEscalated": attributes_changed,
    "InteractionRedacted": redacted,
    "ClockStarted": stated,
    "ClockPaused": stated,
    "ClockResumed": stated,
    "ClockFulfilled": stated,
    "ClockBreached": stated,
    "ClockEnded": stated,
    "ClockRescheduled": stated,
    "MarkReached": stated,
    "CommandAnswered": stated,
    "CustomerRegistered": begun,
    "CustomerStandingChanged": attributes_changed,
    "IdentitiesChanged": identities_changed,
    "IdentityMoved": attributes_changed,
    "AgentJoined": begun,
    "AgentProfileChanged": attributes_changed,
    "AgentLeft": stated,
    "AgentAvailabilityChanged": attributes_changed,
    "GroupFormed": begun,
    "GroupMembersChanged": stated,
    "GroupClosed": stated,
    "Published": begun,
    "Withdrawn": stated,
    "ProgressMade": stated,
    "PeriodClosed": stated,
    "PeriodCorrected": stated,
}
"""How each type of event is read; contacts have rows of their own."""


def _stated(event: JsonObject) -> tuple[JsonObject, Values]:
    after = event.copy()
    for name in COMMON:
        del after[name]
    values: Values = []
    for name, value in after.items():
        if value.__class__ is dict and "$p" in value:
            values.append(((name,), f"/{name}", value))
            after[name] = None
    return after, values


def _status(change: JsonObject) -> tuple[str, str, str | None]:
    since = change["since"]
    told = None if since is None else f'{{"status":"{since}"}}'
    return _STATUS[change["before"]], _STATUS[change["after"]], told


def _json(value: Mapping[str, Any]) -> str | None:
    return orjson.dumps(value).decode() if value else None
