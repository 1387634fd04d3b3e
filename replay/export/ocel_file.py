"""Tickets as an object-centric event log, OCEL 2.0 in JSON, for process-mining tools.

Objects are tickets, customers, agents and groups; an event belongs to its ticket, to whoever did it
and to those who were responsible after it. A ticket's attributes carry the times of their changes.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from deskledger.eventlog.whole_file import HashedFile
from deskledger.replay.export.process_log import STANDING, Happened, Step, Trace

PEOPLE = ("customer", "agent", "group")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

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


def write_ocel(output: HashedFile, traces: Callable[[], Iterable[Trace]]) -> int:
    """Writes a log of all tickets with their events.

    Args:
        output: an empty file.
        traces: gives what is written, and is asked for it twice: events and objects stand apart.

    Returns:
        How many events there were.

    Raises:
        OSError: the file cannot be written.
    """
    types: set[str] = set()
    met: set[tuple[str, str]] = set()
    output.write(b'{"objectTypes":' + orjson.dumps(_object_types()) + b',\n"events":[')
    count = 0
    for trace in traces():
        for step in trace.steps:
            output.write((b",\n" if count else b"\n") + orjson.dumps(_event(trace, step)))
            types.add(step.event.type)
            met.update((kind, one) for kind, one, _ in _related(trace, step))
            count += 1
    output.write(b'],\n"eventTypes":' + orjson.dumps(_event_types(types)) + b',\n"objects":[')
    people = ({"id": _id(*one), "type": one[0]} for one in sorted(met) if one[0] != "ticket")
    first = True
    for told in _objects(traces(), people):
        output.write((b"\n" if first else b",\n") + orjson.dumps(told))
        first = False
    output.write(b"]}\n")
    return count


def _object_types() -> list[dict[str, Any]]:
    kinds = {"number": "integer"}
    attributes = [{"name": name, "type": kinds.get(name, "string")} for name in _TICKET]
    people = [{"name": kind, "attributes": []} for kind in PEOPLE]
    return [{"name": "ticket", "attributes": attributes}, *people]


def _event_types(names: Iterable[str]) -> list[dict[str, Any]]:
    attributes = [{"name": name, "type": kind} for name, kind in _EVENT]
    return [{"name": name, "attributes": attributes} for name in sorted(names)]


def _event(trace: Trace, step: Step) -> dict[str, Any]:
    event = step.event
    related = [
        {"objectId": _id(kind, one), "qualifier": how} for kind, one, how in _related(trace, step)
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
        "relationships": related,
    }


def _related(trace: Trace, step: Step) -> Iterator[tuple[str, str, str]]:
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


def _objects(traces: Iterable[Trace], people: Iterable[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for one in people:
        yield {**one, "attributes": [], "relationships": []}
    for trace in traces:
        case = trace.case
        customer = [] if case.customer is None else [case.customer]
        yield {
            "id": _id("ticket", case.id),
            "type": "ticket",
            "attributes": list(_changes(trace)),
            "relationships": [
                {"objectId": _id("customer", one), "qualifier": "requester"} for one in customer
            ],
        }


def _changes(trace: Trace) -> Iterator[dict[str, Any]]:
    """What a ticket was, from when on; what never changes holds since 1970, as is the custom."""
    about = trace.case._asdict()
    for name in _CASE:
        if about[name] is not None:
            yield {"name": name, "value": about[name], "time": _time(EPOCH)}
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
