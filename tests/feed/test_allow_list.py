"""The allow-list: what it lets through, and what it says of mistakes."""

import pytest

from deskledger.consumers.publisher.allow_checks import EventName
from deskledger.consumers.publisher.allow_list import (
    AllowList,
    read_allow_list,
    shipped_allow_list,
)
from deskledger.consumers.publisher.field_paths import overlapping, personal_fields
from deskledger.domain.errors import InvalidInput
from deskledger.domain.streams import STREAM_TYPES

OPENED = EventName("ticket", "TicketOpened", 1)


def listed(fields: str, personal: str = "", event: str = "ticket.TicketOpened.v1") -> AllowList:
    return read_allow_list(f"format = 1\n[{event}]\nfields = [{fields}]\npersonal = [{personal}]")


def test_the_shipped_list_publishes_no_personal_value() -> None:
    for name, allowed in shipped_allow_list().events.items():
        sealed = personal_fields(STREAM_TYPES[name.noun].events[name.type, name.v])
        assert not any(overlapping(path, sealed) for path in allowed.plain)
        assert not allowed.personal
    assert not shipped_allow_list().opens_personal


def test_the_shipped_list_withholds_notes_answers_and_everything_of_agents() -> None:
    told = shipped_allow_list().events
    assert not {name for name in told if name.type in ("NoteAdded", "CommandAnswered")}
    assert {name.noun for name in told} == {"ticket", "customer", "group"}


def test_every_other_event_of_a_ticket_is_on_the_shipped_list() -> None:
    every = {EventName("ticket", name, v) for name, v in STREAM_TYPES["ticket"].events}
    withheld = every - set(shipped_allow_list().events)
    assert {name.type for name in withheld} == {"NoteAdded", "CommandAnswered"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("format = [", "no valid TOML"),
        ("", "must begin with `format = 1`"),
        ("format = 2", "must begin with `format = 1`"),
        ("format = 1\nticket = 3", "ticket: Input should be a valid dictionary"),
        ("format = 1\n[ticket.TicketOpened.v1]\nfield = []", "Extra inputs are not permitted"),
        ("format = 1\n[ticket.TicketOpened.v1]\nfields = [1]", "v1.fields.0: Input should be"),
    ],
)
def test_a_text_that_is_no_list_is_refused(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_allow_list(text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("invoice.Sent.v1", "no streams are called invoice; there are ticket, customer"),
        ("ticket.TicketLost.v1", "a ticket has no event TicketLost"),
        ("ticket.TicketOpened.v2", "TicketOpened has no version v2; there is v1"),
        ("ticket.TicketOpened.first", "TicketOpened has no version first; there is v1"),
    ],
)
def test_an_event_that_does_not_exist_is_refused(event: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        listed("", event=event)
    assert caught.value.facts["problems"][0][0] == event
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "personal", "told"),
    [
        ('"prority"', "", "there is no field prority; did you mean priority"),
        ('"party.x"', "", "there is no field x; there are agent, group"),
        ('"fields.vip"', "", "fields has no fields to choose from; name it whole"),
        ('"kind", "kind"', "", "kind is stated twice"),
        ('"party", "party.agent"', "", "party.agent is stated twice, or a part of it"),
        ('"occurred_at"', "", "occurred_at is always published; leave it out"),
        ('"subject"', "", "subject holds personal values (subject); name its other parts"),
        ("", '"kind"', "kind is not personal; list it under `fields`"),
    ],
)
def test_a_field_that_cannot_be_published_so_is_refused(
    fields: str, personal: str, told: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        listed(fields, personal)
    assert told in str(caught.value)


def test_the_whole_of_what_holds_a_personal_value_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        listed('"attachments"', event="ticket.ReplySent.v1")
    assert "attachments holds personal values (attachments.name)" in str(caught.value)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        listed('"subject", "prority"', '"kind"')
    assert len(caught.value.facts["problems"]) == 3


def test_personal_values_are_published_only_when_they_are_listed_as_such() -> None:
    allowed = listed('"kind"', '"subject", "personal_fields"')
    assert allowed.opens_personal
    assert allowed.events[OPENED].personal == {("subject",), ("personal_fields",)}


def test_the_order_of_a_list_does_not_change_its_fingerprint() -> None:
    assert listed('"kind", "channel"').fingerprint == listed('"channel", "kind"').fingerprint


@pytest.mark.parametrize(
    "other",
    [listed('"kind"'), listed('"kind"', '"subject"'), listed(""), read_allow_list("format = 1")],
)
def test_a_list_that_allows_something_else_has_another_fingerprint(other: AllowList) -> None:
    assert other.fingerprint != listed('"kind", "channel"').fingerprint
