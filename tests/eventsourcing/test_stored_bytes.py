"""What stands in the ledger for an insert: it can never be edited, so it is pinned here."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from eventsourcing.persistence import StoredEvent, Tracking

from deskledger import __version__
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import NewerVersion, UnreadableCommit
from deskledger.eventlog.eventsourcing.recorders import LedgerProcessRecorder
from deskledger.eventlog.eventsourcing.stored import application_stream
from deskledger.eventlog.eventsourcing.stream import ApplicationStream
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.strict_json import loads_strict
from tests.eventlog.build import Chain, new_ledger
from tests.eventsourcing.desks import applications_stream

AT = "2026-03-02T09:30:00.000001Z"
NOW = datetime(2026, 3, 2, 9, 30, 0, 1, tzinfo=UTC)
# What the digest leaves out: it was not asked for.
WHEN_AND_WHO = {"v", "occurred_at", "by"}
ROOM = UUID("b2723fe2-c01a-40d2-875e-a3aac6a09ff5")

STORED = [
    {
        "type": "EventStored",
        "v": 1,
        "occurred_at": AT,
        "by": None,
        "originator_id_type": "uuid",
        "originator_id": str(ROOM),
        "originator_version": 1,
        "topic": "rooms:Room.Added",
        "state": "eyJuYW1lIjoi5aSn5Y6FIn0",
    },
    {
        "type": "EventStored",
        "v": 1,
        "occurred_at": AT,
        "by": None,
        "originator_id_type": "text",
        "originator_id": "room-7",
        "originator_version": 0,
        "topic": "主题",
        "state": "-_8",
    },
    {
        "type": "UpstreamTracked",
        "v": 1,
        "occurred_at": AT,
        "by": None,
        "application_name": "Offices",
        "notification_id": 17,
    },
]
EVENTS = [
    StoredEvent(ROOM, 1, "rooms:Room.Added", '{"name":"大厅"}'.encode()),
    StoredEvent("room-7", 0, "主题", b"\xfb\xff"),
]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[EmbeddedLedger]:
    with new_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def stream(ledger: EmbeddedLedger, tmp_path: Path) -> Iterator[ApplicationStream]:
    opened = ApplicationStream(
        ledger, "app/rooms", tmp_path, clock=lambda: NOW, deadline_seconds=5.0
    )
    yield opened
    opened.close()


def bodies(ledger: EmbeddedLedger) -> list[dict[str, Any]]:
    return [loads_strict(record.value) for record in ledger.history("app/rooms")]


def test_an_insert_is_one_commit_of_exactly_these_events(
    ledger: EmbeddedLedger, stream: ApplicationStream
) -> None:
    assert stream.insert(EVENTS, Tracking("Offices", 17)) == [1, 2]
    (body,) = bodies(ledger)
    assert body["events"] == STORED
    assert orjson.dumps(body["events"]) == orjson.dumps(STORED), "the names in this order"
    assert (body["stream"], body["version"], body["recorded_at"]) == ("app/rooms", 1, AT)


def test_the_envelope_names_the_application_and_the_versions_of_both_programs(
    ledger: EmbeddedLedger, stream: ApplicationStream
) -> None:
    stream.insert(EVENTS, Tracking("Offices", 17))
    (body,) = bodies(ledger)
    command = body["command"]
    assert command["type"] == "InsertEvents"
    assert UUID(command["id"]).version == UUID(body["commit"]).version == 4
    assert body["correlation"] == command["id"] != body["commit"]
    assert body["actor"] == {"kind": "service", "id": "rooms"}
    assert body["source"] == {"surface": "eventsourcing", "id": "rooms"}
    assert (body["on_behalf_of"], body["cause"], body["reads"]) == (None, None, {})
    library = version("eventsourcing")
    assert body["software"] == f"deskledger {__version__}, eventsourcing {library}"
    stated = [{n: v for n, v in one.items() if n not in WHEN_AND_WHO} for one in STORED]
    asked = {"type": "InsertEvents", "stream": "app/rooms", "fields": {"events": stated}}
    text = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
    assert command["digest"] == hashlib.sha256(text).hexdigest()


def test_notification_ids_are_versions_in_the_stream(
    ledger: EmbeddedLedger, stream: ApplicationStream
) -> None:
    recorder = LedgerProcessRecorder(stream)
    recorder.insert_events(EVENTS[:1], tracking=Tracking("Offices", 1))
    recorder.insert_tracking(Tracking("Offices", 2))
    assert recorder.insert_events(EVENTS[1:]) == [4]
    assert [body["version"] for body in bodies(ledger)] == [1, 3, 4]
    assert [one.id for one in recorder.select_notifications(None, 9)] == [1, 4]


@pytest.mark.parametrize(
    ("name", "purpose", "expected"),
    [
        ("BankAccounts", "events", "app/bankaccounts"),
        ("rooms.v2", "snapshots", "app/rooms.v2/snapshots"),
        ("Rooms", "tracking", "app/rooms/tracking"),
    ],
)
def test_streams_are_named_after_their_application(name: str, purpose: str, expected: str) -> None:
    assert application_stream(name, purpose) == expected


@pytest.mark.parametrize("name", ["", "-rooms", "Büro", "a/b", "a b", "x" * 101])
def test_a_name_that_no_stream_can_have_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="DESKLEDGER_APPLICATION"):
        application_stream(name)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"type": "RoomsPainted"}, NewerVersion),
        ({"v": 2}, NewerVersion),
        ({"originator_version": "1"}, UnreadableCommit),
        ({"originator_id_type": "number"}, UnreadableCommit),
        ({"originator_id": "no-uuid"}, UnreadableCommit),
        ({"state": "not base64url"}, UnreadableCommit),
        ({"topic": None}, UnreadableCommit),
    ],
)
def test_what_cannot_be_read_stops_its_own_application_alone(
    ledger: EmbeddedLedger,
    stream: ApplicationStream,
    tmp_path: Path,
    change: dict[str, Any],
    error: type[Exception],
) -> None:
    forged = Chain("app/rooms").next(event={**STORED[0], **change})
    assert ledger.append([forged])[0].effective
    for ask in (stream.last_notification_id, lambda: stream.insert(EVENTS)):
        with pytest.raises(error, match="app/rooms"):
            ask()
    other = applications_stream(ledger, "app/offices", tmp_path)
    assert other.insert(EVENTS) == [1, 2]
    other.close()


def test_an_answer_to_a_command_is_no_event_of_the_application(
    ledger: EmbeddedLedger, stream: ApplicationStream
) -> None:
    answer = {
        "type": "CommandAnswered",
        "v": 1,
        "occurred_at": AT,
        "by": None,
        "outcome": "nothing",
        "code": None,
        "facts": {},
    }
    ledger.append([Chain("app/rooms").next(event=answer)])
    assert stream.insert(EVENTS) == [2, 3]
    assert stream.last_notification_id() == 3


def test_of_a_version_that_was_written_past_the_adapters_the_first_counts(
    ledger: EmbeddedLedger, stream: ApplicationStream
) -> None:
    chain = Chain("app/rooms")
    second = {**STORED[0], "topic": "second"}
    ledger.append([chain.next(event=STORED[0]), chain.next(event=second)])
    assert [one.topic for one in stream.select_events(ROOM)] == ["rooms:Room.Added"]
    assert [one.id for one in stream.select_notifications(1, None, [], 9)] == [1]
    assert stream.insert(EVENTS[1:]) == [3]
