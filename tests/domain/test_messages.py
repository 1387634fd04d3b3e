"""The shapes of commands and events: what is taken, what is not, and how it is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from deskledger.domain.configuration.commands import Publish
from deskledger.domain.customer.commands import RegisterCustomer
from deskledger.domain.errors import DeskError, InvalidInput, invalid_input
from deskledger.domain.events import CommandAnswered
from deskledger.domain.identifiers import derived_id, uuid8
from deskledger.domain.identity.commands import ClaimIdentity
from deskledger.domain.process import MakeProgress, Reached
from deskledger.domain.shapes import Actor, FieldValue, Instant, instant_text
from deskledger.domain.streams import STREAM_TYPES, TICKET, UnknownEvent, stream_type
from deskledger.domain.ticket.commands import OpenTicket
from tests.domain.stories import NOON, Story, agent, group

READ = Reached(records=9, sequence=12, hash="0" * 64)
BEGUN = [
    Story().when(OpenTicket(channel="web")),
    Story(stream="customer/zoe").when(RegisterCustomer()),
    Story(stream="identity/zoe").when(ClaimIdentity()),
    Story(stream="desk").configuring().when(Publish(document={"format": 2, "zone": "UTC"})),
    Story(stream="ticket-type/refund").configuring().when(Publish(document={"format": 1})),
    agent("ann"),
    group("first-line"),
    Story(stream="process/waker/3").when(MakeProgress(rules=1, lane=3, read=READ, resume=READ)),
]
COMMANDS = [
    (kind.noun, name, shape)
    for kind in STREAM_TYPES.values()
    for name, shape in kind.commands.items()
]

INVALID: list[tuple[str, str, dict[str, Any], str]] = [
    ("ticket", "SendReply", {"text": "x" * 65_537}, "text"),
    ("ticket", "SendReply", {"text": ""}, "text"),
    ("ticket", "SendReply", {}, "text"),
    ("ticket", "SendReply", {"text": 7}, "text"),
    ("ticket", "SendReply", {"text": "\ud800"}, "text"),
    ("ticket", "SendReply", {"text": "x", "shout": True}, "shout"),
    ("ticket", "SendReply", {"text": "x", "occurred_at": "2026-03-02T12:00:00"}, "occurred_at"),
    ("ticket", "SendReply", {"text": "x", "language": "not a language"}, "language"),
    ("ticket", "SendReply", {"text": "x", "thread": {"message_id": None}}, "thread.in_reply_to"),
    ("ticket", "ReceiveMessage", {"text": "x", "needs_answer": False}, ""),
    ("ticket", "OpenTicket", {"channel": "E-Mail"}, "channel"),
    ("ticket", "OpenTicket", {"channel": "email\n"}, "channel"),
    ("ticket", "OpenTicket", {"channel": "email", "status": "solved"}, "status"),
    ("ticket", "OpenTicket", {"channel": "email", "subject": "x" * 1_001}, "subject"),
    ("ticket", "OpenTicket", {"channel": "email", "fields": {"Colour": 1}}, "fields.Colour"),
    ("ticket", "OpenTicket", {"channel": "email", "fields": {"size": 1.5}}, "fields.size"),
    ("ticket", "OpenTicket", {"channel": "email", "personal_fields": {"subject": "x"}}, ""),
    ("ticket", "AssignTicket", {}, ""),
    ("ticket", "AssignTicket", {"agent": "Ann Smith"}, "agent"),
    ("ticket", "ClassifyTicket", {}, ""),
    ("ticket", "PrioritiseTicket", {"reason": "x"}, ""),
    ("ticket", "SetFields", {}, ""),
    ("ticket", "SetFields", {"personal_fields": {"subject": ["a"]}}, ""),
    ("ticket", "SetFields", {"personal_fields": {"subject": "x" * 1_001}}, ""),
    ("ticket", "TagTicket", {}, ""),
    ("ticket", "TagTicket", {"add": ["a"], "remove": ["a"]}, ""),
    ("ticket", "TagTicket", {"add": [f"t{n}" for n in range(101)]}, "add"),
    ("ticket", "LinkReference", {"references": []}, "references"),
    (
        "ticket",
        "LogCall",
        {
            "direction": "in",
            "answered": True,
            "started_at": "2026-03-02T12:00:00Z",
            "ended_at": "2026-03-02T11:00:00Z",
        },
        "",
    ),
    ("ticket", "PendTicket", {"reason": "x", "until": "tomorrow"}, "until"),
    ("agent", "ChangeSkills", {}, ""),
    ("group", "FormGroup", {"names": {}}, "names"),
]


@pytest.mark.parametrize(
    ("noun", "name", "stated", "place"),
    [pytest.param(*row, id=f"{number}-{row[1]}") for number, row in enumerate(INVALID)],
)
def test_bad_input_is_named_by_its_field_and_not_repeated(
    noun: str, name: str, stated: dict[str, Any], place: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        STREAM_TYPES[noun].commands[name].model_validate(stated)
    error = invalid_input(refused.value)
    assert place in [named.removesuffix(".[key]") for named, _ in error.facts["problems"]]
    assert "xxxx" not in str(error)


@pytest.mark.parametrize(("noun", "name", "shape"), COMMANDS)
def test_a_command_has_its_name_as_type_and_says_what_it_is_for(
    noun: str, name: str, shape: type[Any]
) -> None:
    assert shape.model_fields["type"].default == name
    assert shape.__doc__
    assert noun in STREAM_TYPES


@pytest.mark.parametrize("kind", STREAM_TYPES.values(), ids=list(STREAM_TYPES))
def test_an_events_fields_must_all_be_stated(kind: Any) -> None:
    for shape in kind.events.values():
        optional = {name for name, field in shape.model_fields.items() if not field.is_required()}
        assert optional == {"type", "v"}
        assert list(shape.model_fields)[:4] == ["type", "v", "occurred_at", "by"]


def test_every_stream_may_hold_recorded_answers() -> None:
    assert all(("CommandAnswered", 1) in kind.events for kind in STREAM_TYPES.values())


def test_a_recorded_answer_is_no_fact_of_the_stream() -> None:
    later = NOON + timedelta(hours=1)
    answered = CommandAnswered(occurred_at=later, by=None, outcome="nothing", code=None, facts={})
    for begun in BEGUN:
        told = begun.told(answered)
        assert told.state.version == begun.state.version + 1
        assert told.state.latest_at == NOON


@pytest.mark.parametrize(
    "stored",
    [{"type": "TicketSold", "v": 1}, {"type": "TicketOpened", "v": 2}, {}, {"type": 1, "v": True}],
)
def test_an_event_of_newer_software_is_unknown(stored: dict[str, Any]) -> None:
    with pytest.raises(UnknownEvent):
        TICKET.read(stored)


@pytest.mark.parametrize("name", ["invoice/1", "ticket", "ticket/1/2", "desk/1", ""])
def test_a_name_of_no_stream_is_invalid_input(name: str) -> None:
    with pytest.raises(InvalidInput):
        stream_type(name)


def test_an_error_says_what_its_class_says_unless_told_otherwise() -> None:
    assert str(DeskError()) == "The desk could not do what was asked."
    assert str(DeskError("No.")) == "No."


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_is_written_in_utc_with_microseconds_and_read_back(instant: datetime) -> None:
    adapter = TypeAdapter(Instant)
    utc = instant.astimezone(UTC)
    stored = adapter.dump_python(adapter.validate_python(instant), mode="json")
    assert stored == utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    assert adapter.validate_python(stored) == utc


def test_an_instant_of_another_zone_is_the_same_instant() -> None:
    shanghai = timezone(timedelta(hours=8))
    adapter = TypeAdapter(Instant)
    assert adapter.validate_python(datetime(2026, 3, 2, 20, tzinfo=shanghai)) == NOON
    assert instant_text(adapter.validate_python("2026-03-02T20:00:00+08:00")) == (
        "2026-03-02T12:00:00.000000Z"
    )


@given(
    st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(max_size=20)
    | st.lists(st.text(max_size=5), max_size=5).map(tuple)
)
def test_a_field_value_keeps_its_kind_through_json(value: FieldValue) -> None:
    adapter: TypeAdapter[FieldValue] = TypeAdapter(FieldValue)
    read = adapter.validate_python(adapter.dump_python(value, mode="json"))
    assert read == value
    assert type(read) is type(value)


def test_a_derived_id_is_the_digest_of_its_parts() -> None:
    assert uuid8(bytes(16)) == "00000000-0000-8000-8000-000000000000"
    assert uuid8(bytes([255]) * 32) == "ffffffff-ffff-8fff-bfff-ffffffffffff"
    assert derived_id("ticket", "ab", "c") != derived_id("ticket", "a", "bc")
    assert derived_id("ticket", "a") == "1aeb8655-9651-8363-a51a-cb9e86b2eccb"


def test_only_fields_that_say_so_may_be_missing_in_json() -> None:
    assert Actor(kind="agent", id="a").model_dump(mode="json") == {"kind": "agent", "id": "a"}
    assert Actor(kind="rule", id="r", version=2).model_dump(mode="json")["version"] == 2
