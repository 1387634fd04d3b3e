"""Records of the feed are CloudEvents, as the SDK of that specification reads them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

from deskledger.consumers.publisher.cloud_event import (
    Attributes,
    Describing,
    Headers,
    read_attributes,
    schema_uri,
    source_of,
    type_of,
)
from deskledger.consumers.publisher.heartbeat import NAME, Heartbeat, read_heartbeat
from deskledger.eventlog.progress import Progress

DESK = "00000000-0000-4000-8000-00000000de5c"
TIME = "2026-03-02T12:00:00.000001Z"
READ = Progress(DESK, 3, 40, 17, bytes(range(32)))


def headers_of(sequence: int, previous: int) -> Headers:
    name = "ticket.TicketOpened.v1"
    return Describing(source_of(DESK, 3), type_of(name), schema_uri(name)).headers(
        identity=f"{sequence:020d}",
        subject="ticket/票".encode(),
        time=TIME,
        sequence=sequence,
        previous=previous,
    )


def decoded(headers: Headers, value: bytes) -> Any:
    return from_binary(KafkaMessage(dict(headers), b"ticket/a", value), JSONFormat())


def test_the_sdk_reads_every_attribute_of_an_event() -> None:
    event = decoded(headers_of(17, 12), b'{"stream":"ticket/a"}')
    assert event.get_attributes() == {
        "specversion": "1.0",
        "id": "00000000000000000017",
        "source": f"/desks/{DESK}/lanes/3",
        "type": "deskledger.ticket.TicketOpened.v1",
        "subject": "ticket/票",
        "time": datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC),
        "dataschema": "urn:deskledger:feed:ticket.TicketOpened.v1",
        "datacontenttype": "application/json",
        "sequence": "00000000000000000017",
        "previoussequence": "00000000000000000012",
        "partitionkey": "ticket/a",
    }
    assert event.get_data() == {"stream": "ticket/a"}


def test_the_sdk_reads_a_heartbeat() -> None:
    beat = Heartbeat.of(READ, every_seconds=30, allow_list="f00d")
    record = beat.record(identity="beat-1", time=TIME, published=12)
    event = decoded(record.headers, record.value)
    assert (event.get_type(), event.get_id()) == ("deskledger.feed.Heartbeat.v1", "beat-1")
    assert event.get_extension("sequence") == event.get_extension("previoussequence")
    assert int(event.get_extension("sequence")) == record.sequence == 12
    assert event.get_data()["sequence"] == 17
    assert record.key == b"lane/3"
    assert NAME in event.get_attributes()["dataschema"]


def test_a_heartbeat_says_how_far_the_lane_was_looked_through() -> None:
    beat = Heartbeat.of(READ, every_seconds=30, allow_list="f00d")
    record = beat.record(identity="beat-1", time=TIME, published=12)
    assert read_heartbeat(record.value) == beat
    assert beat.progress == READ


@pytest.mark.parametrize("value", [None, b"", b"{}", b"[]", b"\xff"])
def test_what_is_no_heartbeat_is_none(value: bytes | None) -> None:
    assert read_heartbeat(value) is None


def test_the_place_of_a_record_is_read_back() -> None:
    assert read_attributes(headers_of(17, 12)) == Attributes(
        f"/desks/{DESK}/lanes/3", "deskledger.ticket.TicketOpened.v1", 17, 12
    )


def changed(name: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    return [(one, value if one == name else told) for one, told in headers_of(17, 12)]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("other", b"1")],
        [one for one in headers_of(17, 12) if one[0] != "ce_previoussequence"],
        changed("ce_sequence", b"17"),
        changed("ce_sequence", b"-0000000000000000017"),
        changed("ce_sequence", None),
        changed("ce_source", b"\xff"),
    ],
)
def test_a_record_of_somebody_else_has_no_place(headers: list[tuple[str, bytes | None]]) -> None:
    assert read_attributes(headers) is None
