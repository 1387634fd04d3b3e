"""What is published of a commit, judged by a validator that knows nothing of us."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from deskledger.consumers.publisher.allow_checks import ALWAYS, EventName
from deskledger.consumers.publisher.allow_list import (
    Allowed,
    AllowList,
    read_allow_list,
    shipped_allow_list,
)
from deskledger.consumers.publisher.content import Content, Published
from deskledger.consumers.publisher.field_paths import overlapping, personal_fields
from deskledger.consumers.publisher.schemas import event_schemas
from deskledger.domain.streams import STREAM_TYPES
from deskledger.eventlog.errors import NewerVersion
from tests.domain.test_golden import EVENTS, examples
from tests.feed.records import golden, golden_records
from tests.projections.records import Book

NAMES = [EventName(*each) for each in EVENTS]
OPENED = 'format = 1\n[ticket.TicketOpened.v1]\nfields = ["kind", "party.group"]\n'


def everything(name: EventName) -> Allowed:
    """All fields of an event, the personal ones as such."""
    shape = STREAM_TYPES[name.noun].events[name.type, name.v]
    sealed = personal_fields(shape)
    whole = {(field,) for field in shape.model_fields} - ALWAYS
    personal = {path for path in whole if overlapping(path, sealed)}
    return Allowed(frozenset(whole - personal), frozenset(personal))


GOLDEN = Book()
golden_records(GOLDEN)
ALL = AllowList({name: everything(name) for name in NAMES}, "all")


def published(book: Book, allow_list: AllowList) -> list[tuple[Published, dict[str, Any]]]:
    content = Content(allow_list, book.keys.data_keys)
    content.prepare(book.records)
    found = [event for record in book.records for event in content.read(record).published]
    return [(event, orjson.loads(event.data)) for event in found]


@given(st.data())
def test_whatever_is_allowed_is_published_as_stored_and_nothing_else(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    plain = data.draw(st.frozensets(st.sampled_from(sorted(everything(name).plain))))
    told = published(GOLDEN, AllowList({name: Allowed(plain, frozenset())}, "some"))
    assert told
    for index, (event, body) in enumerate(told):
        stored = golden(*name[:2], index)
        assert event.name == name
        assert body["event"] == {path[0]: stored[path[0]] for path in plain}
        assert b"$p" not in event.data


@pytest.mark.parametrize("allow_list", [shipped_allow_list(), ALL], ids=["shipped", "everything"])
@pytest.mark.parametrize("erased", [False, True], ids=["known", "erased"])
def test_what_is_published_has_the_shape_of_its_schema(
    allow_list: AllowList, *, erased: bool
) -> None:
    book = Book()
    golden_records(book)
    if erased:
        book.keys.destroy()
    schemas = event_schemas(allow_list)
    told = published(book, allow_list)
    assert {event.name for event, _ in told} == set(allow_list.events)
    for event, body in told:
        Draft7Validator.check_schema(schemas[str(event.name)])
        Draft7Validator(
            schemas[str(event.name)], format_checker=Draft7Validator.FORMAT_CHECKER
        ).validate(body)


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_a_personal_value_that_is_listed_is_published_open(name: EventName) -> None:
    told = [body["event"] for event, body in published(GOLDEN, ALL) if event.name == name]
    assert told == [
        {field: value for field, value in stored.items() if (field,) not in ALWAYS}
        for stored in examples(*name)
    ]


def test_an_erased_value_is_published_as_null() -> None:
    book = Book()
    golden_records(book)
    book.keys.destroy()
    (opened,) = {
        body["event"]["subject"]
        for event, body in published(book, ALL)
        if event.name.type == "TicketOpened"
    }
    assert opened is None


def test_a_part_of_a_field_is_published_without_its_other_parts() -> None:
    book = Book()
    book.commit("ticket/a", [golden("ticket", "TicketOpened")])
    ((_, body),) = published(book, read_allow_list(OPENED))
    assert body["event"] == {"kind": "request", "party": {"group": "first-line"}}


def test_an_event_says_where_it_stands_when_it_happened_and_what_kind_of_actor_wrote_it() -> None:
    book = Book()
    book.commit("ticket/a", [golden("ticket", "TicketOpened"), golden("ticket", "NoteAdded")])
    record = book.commit("ticket/a", [golden("ticket", "TicketOpened")])
    (_, (event, body)) = published(book, read_allow_list(OPENED))
    assert (event.sequence, event.time) == (3, golden("ticket", "TicketOpened")["occurred_at"])
    assert {name: value for name, value in body.items() if name != "event"} == {
        "stream": "ticket/a",
        "number": record.number,
        "version": 3,
        "type": "TicketOpened",
        "v": 1,
        "occurred_at": event.time,
        "recorded_at": "2026-03-02T12:00:00.000000Z",
        "actor": {"kind": "agent"},
    }


def test_withheld_events_are_counted_whatever_their_stream() -> None:
    book = Book()
    note = golden("ticket", "NoteAdded")
    content = Content(read_allow_list(OPENED), book.keys.data_keys)
    assert content.read(book.commit("ticket/a", [note, note])).withheld == 2
    assert content.read(book.commit("app/wiki", [{"type": "PageWritten"}])).withheld == 1
    assert content.read(book.add("ticket/a", b"garbage")) == ((), 0, ())


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "complaint"},
        {"party": {"group": None}},
        {"party": "first-line"},
        {"occurred_at": "yesterday"},
    ],
)
def test_an_event_of_another_shape_is_not_published_and_its_neighbours_are(
    changed: dict[str, Any],
) -> None:
    book = Book()
    whole = golden("ticket", "TicketOpened")
    allow_list = read_allow_list(OPENED.replace("party.group", "party"))
    record = book.commit("ticket/a", [whole, {**whole, **changed}, whole])
    told = Content(allow_list, book.keys.data_keys).read(record)
    assert [event.sequence for event in told.published] == [1, 3]
    ((stream, version, reason),) = told.unreadable
    assert (stream, version) == ("ticket/a", 2)
    assert next(iter(changed)) in reason


def test_a_commit_without_the_parts_of_one_is_not_published() -> None:
    book = Book()
    record = book.add("ticket/a", b'{"events":[{}]}', version=1, events=1)
    told = Content(shipped_allow_list(), book.keys.data_keys).read(record)
    assert (told.published, len(told.unreadable)) == ((), 1)


def test_a_sealed_value_that_was_moved_is_not_published() -> None:
    book = Book()
    golden_records(book)
    solved = next(one for one in book.records if one.stream == "ticket/ticketsolved-0")
    events = orjson.loads(solved.value)["events"]
    moved = book.commit("ticket/another", events)
    content = Content(ALL, book.keys.data_keys)
    content.prepare([moved])
    told = content.read(moved)
    assert (list(told.published), len(told.unreadable)) == ([], 1)


@pytest.mark.parametrize("software", ["deskledger 0.1.0", "deskledger 0.0.9", "a script", None])
def test_an_unknown_event_of_software_that_is_not_newer_is_withheld(software: str | None) -> None:
    book = Book()
    record = book.commit("ticket/a", [{"type": "TicketLost", "v": 1}], software=software)
    assert Content(shipped_allow_list(), book.keys.data_keys).read(record).withheld == 1


def test_an_unknown_event_of_newer_software_stops_whoever_reads_it() -> None:
    book = Book()
    record = book.commit("ticket/a", [{"type": "TicketLost", "v": 1}], software="deskledger 9.0.0")
    with pytest.raises(NewerVersion, match="update the software of the publisher"):
        Content(shipped_allow_list(), book.keys.data_keys).read(record)
