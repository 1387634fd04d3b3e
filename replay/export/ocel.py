"""Tickets as objects and events of OCEL 2.0, for process-mining tools, whatever form they are in.

Objects are tickets, customers, agents and groups; an event belongs to its ticket, to whoever did it
and to those who were responsible after it. A ticket's attributes carry the times of their changes.
What each function gives has the names and the shape of the standard's JSON.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from deskledger.replay.export.process_log import STANDING, Happened, Step, Trace

PEOPLE = ("customer", "agent", "group")
# From when on what never changes is said to hold, as is the custom.
EPOCH_TIME = "1970-01-01T00:00:00.000000Z"

_CASE = ("number", "kind", "channel", "inbox", "direction")
_TICKET = (*_CASE, *(name for name in STANDING if name not in PEOPLE))
_EVENT = (
    ("version", "integer"),
    ("position", "string"),
    ("recorded_at", "time"),
    ("late", "boolean"),
    ("acted_kind", "string"),
    ("reason", "string"),
    ("resolution", "string"),
)


def object_types() -> list[dict[str, Any]]:
    """The kinds of objects, with their attributes' names and types."""
    kinds = {"number": "integer"}
    attributes = [{"name": name, "type": kinds.get(name, "string")} for name in _TICKET]
    people = [{"name": kind, "attributes": []} for kind in PEOPLE]
    return [{"name": "ticket", "attributes": attributes}, *people]


def event_types(names: Iterable[str]) -> list[dict[str, Any]]:
    """The types of events of these names, sorted, with their attributes' names and types."""
    attributes = [{"name": name, "type": kind} for name, kind in _EVENT]
    return [{"name": name, "attributes": attributes} for name in sorted(names)]


def told_event(trace: Trace, step: Step) -> dict[str, Any]:
    """An event with its attributes, and every object that it is about."""
    event = step.event
    objects = [
        {"objectId": _id(kind, one), "qualifier": how} for kind, one, how in related(trace, step)
    ]
    named = {**event._asdict(), "position": f"{event.lane}:{event.sequence}"}
    return {
        "id": f"{event.ticket}/{event.version}",
        "type": event.type,
        "time": _time(event.occurred_at),
        "attributes": [
            {"name": name, "value": _value(named[name])}
            for name, _ in _EVENT
            if named[name] is not None
        ],
        "relationships": objects,
    }


def related(trace: Trace, step: Step) -> Iterator[tuple[str, str, str]]:
    """Kind, id and part of every object that an event is about."""
    yield "ticket", trace.case.id, "ticket"
    if trace.case.customer is not None:
        yield "customer", trace.case.customer, "requester"
    yield from _acted(step.event)
    for kind in ("agent", "group"):
        responsible = step.standing.get(kind)
        if responsible is not None:
            yield kind, responsible, "responsible"


def _acted(event: Happened) -> Iterator[tuple[str, str, str]]:
    if event.acted_kind in PEOPLE:
        yield event.acted_kind, event.acted_id, "acted"


def told_person(kind: str, one: str) -> dict[str, Any]:
    """A customer, agent or group: an id alone."""
    return {"id": _id(kind, one), "type": kind, "attributes": [], "relationships": []}


def told_ticket(trace: Trace) -> dict[str, Any]:
    """A ticket with the values that its attributes had, each from when on, and its customer."""
    case = trace.case
    customer = [] if case.customer is None else [case.customer]
    return {
        "id": _id("ticket", case.id),
        "type": "ticket",
        "attributes": list(_changes(trace)),
        "relationships": [
            {"objectId": _id("customer", one), "qualifier": "requester"} for one in customer
        ],
    }


def _changes(trace: Trace) -> Iterator[dict[str, Any]]:
    """What a ticket was, from when on."""
    about = trace.case._asdict()
    for name in _CASE:
        if about[name] is not None:
            yield {"name": name, "value": about[name], "time": EPOCH_TIME}
    before: dict[str, Any] = {}
    for event, standing in trace.steps:
        for name in _TICKET[len(_CASE) :]:
            value = standing.get(name)
            if value is not None and value != before.get(name):
                yield {"name": name, "value": _value(value), "time": _time(event.occurred_at)}
        before = dict(standing)


def _id(kind: str, one: str) -> str:
    return f"{kind}/{one}"


def _value(value: Any) -> Any:
    match value:
        case datetime():
            return _time(value)
        case list() | dict():
            return orjson.dumps(value).decode()
        case _:
            return value


def _time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
