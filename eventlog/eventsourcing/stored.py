"""The stored bytes of the library's applications: the names and events of `app/` streams.

docs/eventsourcing.md fixes them. A stream `app/<name>` holds what one application inserts,
`app/<name>/snapshots` its snapshots, `app/<name>/tracking` what a bare tracking recorder tracks.
The version of an event in its stream is its notification id.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from eventsourcing.persistence import Notification, StoredEvent, Tracking

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.base64url import from_base64url, to_base64url
from deskledger.eventlog.errors import NewerVersion, UnreadableCommit
from deskledger.eventlog.eventsourcing.errors import NotStorable
from deskledger.eventlog.names import check_stream
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.strict_json import INTEGER_MAX

NOUN = "app"
EVENTS, SNAPSHOTS, TRACKING = "events", "snapshots", "tracking"
EVENT_STORED = "EventStored"
UPSTREAM_TRACKED = "UpstreamTracked"

_ANSWERED = "CommandAnswered"
_V = 1
# The part of a stream's name, no longer than the id of an actor.
_PART = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
# What reading raises where an event has not the shape that its type and `v` promise.
_MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, NotStorable)

OriginatorId = UUID | str
Body = dict[str, Any]


class Contents(NamedTuple):
    """What a commit of an `app/` stream holds, in the order of its versions."""

    last_version: int
    notifications: list[Notification]
    tracked: list[Tracking]


def application_stream(name: str, purpose: str = EVENTS) -> str:
    """The stream of an application, or the one beside it for a purpose such as `snapshots`.

    Case does not count, as in the names of the library's settings.

    Raises:
        InvalidInput: the application has no name, or one that no stream can have.
    """
    part = name.lower()
    if _PART.fullmatch(part) is None or _PART.fullmatch(purpose) is None:
        told = (
            f"{name!r} (for {purpose!r}) names no stream; set DESKLEDGER_APPLICATION to a name in "
            "a-z, 0-9, dot, dash and underscore."
        )
        raise InvalidInput(told, application=name, purpose=purpose)
    return check_stream(f"{NOUN}/{part}" if purpose == EVENTS else f"{NOUN}/{part}/{purpose}")


def originator_key(originator_id: OriginatorId) -> str:
    """One text for an originator's id; a UUID and a text that looks like it stay apart."""
    id_type, text = _typed(originator_id)
    return f"{id_type}/{text}"


def event_body(event: StoredEvent) -> Body:
    """What is stored of one of the library's stored events, beside when and by whom.

    Raises:
        NotStorable: a value has a type or a size that the ledger's JSON cannot hold.
    """
    id_type, text = _typed(event.originator_id)
    body = {
        "originator_id_type": id_type,
        "originator_id": text,
        "originator_version": _integer(event.originator_version),
        "topic": _text(event.topic),
        "state": to_base64url(event.state),
    }
    return _checked(body)


def tracking_body(tracking: Tracking) -> Body:
    """What is stored of a tracking object; raises as `event_body`."""
    number = _integer(tracking.notification_id)
    return _checked(
        {"application_name": _text(tracking.application_name), "notification_id": number}
    )


def as_event(name: str, body: Body, occurred_at: str) -> Body:
    """The whole event, as it stands in a commit."""
    return {"type": name, "v": _V, "occurred_at": occurred_at, "by": None, **body}


def read_contents(record: StoredRecord) -> Contents:
    """What an effective commit of an `app/` stream holds.

    Raises:
        NewerVersion: it holds an event that this software does not know.
        UnreadableCommit: an event lacks a field, or has one of another shape.
    """
    assert record.version is not None, "only effective commits are read"
    events = _events(record)
    found = [_read(record, version, event) for version, event in enumerate(events, record.version)]
    return Contents(
        record.version + len(events) - 1,
        [one for one in found if isinstance(one, Notification)],
        [one for one in found if isinstance(one, Tracking)],
    )


def read_notifications(record: StoredRecord, ids: Iterable[int]) -> Iterator[Notification]:
    """The notifications of an effective commit that have these ids; raises as `read_contents`."""
    assert record.version is not None, "only effective commits are read"
    events = _events(record)
    for version in ids:
        found = _read(record, version, events[version - record.version])
        assert isinstance(found, Notification), "an index names stored events only"
        yield found


def _events(record: StoredRecord) -> list[Mapping[str, Any]]:
    events: list[Mapping[str, Any]] = orjson.loads(record.value)["events"]
    return events


def _read(
    record: StoredRecord, version: int, event: Mapping[str, Any]
) -> Notification | Tracking | None:
    kind = event.get("type"), event.get("v")
    try:
        if kind == (EVENT_STORED, _V):
            return Notification(
                originator_id=_ID_TYPES[event["originator_id_type"]](event["originator_id"]),
                originator_version=_integer(event["originator_version"]),
                topic=_text(event["topic"]),
                state=from_base64url(event["state"]),
                id=version,
            )
        if kind == (UPSTREAM_TRACKED, _V):
            return Tracking(_text(event["application_name"]), _integer(event["notification_id"]))
    except _MISSHAPEN as error:
        told = f"Event {version} of {record.stream} has not the shape of a {kind[0]}."
        raise UnreadableCommit(told, stream=record.stream, version=version) from error
    if kind[0] != _ANSWERED:
        told = f"{record.stream} holds {kind[0]} {kind[1]} of a newer deskledger; update this one."
        raise NewerVersion(told, stream=record.stream, version=version)
    return None


def _typed(originator_id: OriginatorId) -> tuple[str, str]:
    return ("uuid" if isinstance(originator_id, UUID) else "text"), str(originator_id)


def _integer(value: object) -> int:
    if not isinstance(value, int) or abs(value) > INTEGER_MAX:
        raise NotStorable(f"{value!r} is no integer of at most 2^53 - 1.")
    return int(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotStorable(f"{value!r} is no text.")
    return str(value)


_ID_TYPES: Mapping[str, Callable[[object], OriginatorId]] = {
    "uuid": lambda stored: UUID(_text(stored)),
    "text": _text,
}


def _checked(body: Body) -> Body:
    """Refuses early what would spoil the commit of others: half a surrogate pair, or no text."""
    try:
        orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise NotStorable(f"A stored event cannot be written as JSON: {error}.") from error
    return body
