"""What cannot be read parks its stream, and only that; nothing is lost, nothing becomes NULL."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from deskledger.domain.ticket.commands import OpenTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage
from deskledger.eventlog.errors import Unavailable
from deskledger.projections.readable import READABLE, EventShape, Shapes
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.stories import Story, desk
from tests.projections.reading import rows
from tests.projections.records import DESK, Book, ticket_stream

Spoil = Callable[[dict[str, Any]], None]


def opened() -> Story:
    return desk().when(OpenTicket(channel="email", subject="Broken"))


def spoilt_book(spoil: Spoil) -> Book:
    """Three tickets with three commits each; the middle one's second is not what it should be."""
    book = Book()
    for number in (1, 2, 3):
        book.commit(ticket_stream(number), opened().events)
    taken = opened().decide(TakeTicket())
    for number in (1, 2, 3):
        events = [event.model_dump(mode="json") for event in taken]
        if number == 2:
            spoil(events[0])
        book.commit(ticket_stream(number), events)
    for number in (1, 2, 3):
        book.commit(ticket_stream(number), opened().decide(AddNote(text="Hm")))
    return book


def drop_reason(event: dict[str, Any]) -> None:
    del event["reason"]


def add_field(event: dict[str, Any]) -> None:
    event["mood"] = "good"


def unknown_version(event: dict[str, Any]) -> None:
    event["v"] = 2


def unknown_type(event: dict[str, Any]) -> None:
    event["type"] = "TicketPainted"


def reason_is_a_number(event: dict[str, Any]) -> None:
    event["reason"] = 5


def time_is_no_time(event: dict[str, Any]) -> None:
    event["occurred_at"] = "yesterday"


def party_is_a_list(event: dict[str, Any]) -> None:
    event["party"] = []


def opened_again(event: dict[str, Any]) -> None:
    (first,) = opened().events
    event.clear()
    event.update(first.model_dump(mode="json"))


SPOILS = [
    drop_reason,
    add_field,
    unknown_version,
    unknown_type,
    reason_is_a_number,
    time_is_no_time,
    party_is_a_list,
    opened_again,
]


@pytest.mark.parametrize("spoil", SPOILS)
def test_an_event_that_cannot_be_read_parks_its_stream_and_no_other(
    tmp_path: Path, spoil: Spoil
) -> None:
    book = spoilt_book(spoil)
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        assert store.progress() == book.progress()
        parked = rows(store, "quarantine")
        assert {row["stream"] for row in parked} == {ticket_stream(2)}
        assert [row["version"] for row in sorted(parked, key=lambda row: row["record"])] == [2, 4]
        first, second = sorted(parked, key=lambda row: row["record"])
        assert first["error"]
        assert second["error"] is None
        stored = {record.value for record in book.records}
        assert {first["value"], second["value"]} <= stored
        assert sorted(row["version"] for row in rows(store, "ticket")) == [1, 4, 4]
        assert store.parked == {ticket_stream(2)}


def test_a_parked_stream_stays_parked_when_the_file_is_opened_again(tmp_path: Path) -> None:
    book = spoilt_book(drop_reason)
    path = tmp_path / "projections.duckdb"
    with ProjectionStore.open(path, DESK) as store:
        store.apply(book.records[:6], Stager(book.keys.data_keys))
    with ProjectionStore.open(path, DESK) as store:
        store.apply(book.records[6:], Stager(book.keys.data_keys))
        assert len(rows(store, "quarantine")) == 2


def without(name: str) -> Shapes:
    """What a software can read that does not know this event of tickets yet."""
    known: Mapping[tuple[str, int], EventShape] = READABLE["ticket"]
    kept = {key: shape for key, shape in known.items() if key[0] != name}
    return {**READABLE, "ticket": kept}


def test_after_a_fix_a_parked_stream_is_applied_in_order_and_is_as_if_never_parked(
    tmp_path: Path,
) -> None:
    book = Book()
    for number in (1, 2):
        story = opened().after(1)
        book.commit(ticket_stream(number), opened().events)
        for command in (ReceiveMessage(text="Hello"), TakeTicket(), AddNote(text="Hm")):
            events = story.decide(command)
            story = story.told(*events).after(1)
            if number == 2 or not isinstance(command, AddNote):
                book.commit(ticket_stream(number), events)
    old = Stager(book.keys.data_keys, without("NoteAdded"))
    new = Stager(book.keys.data_keys)
    with (
        ProjectionStore.open(tmp_path / "parked.duckdb", DESK) as store,
        ProjectionStore.open(tmp_path / "whole.duckdb", DESK) as other,
    ):
        store.apply(book.records, old)
        other.apply(book.records, new)
        assert store.parked == {ticket_stream(2)}
        assert store.release(old) == []
        assert store.release(new) == [ticket_stream(2)]
        for table in ("ticket", "ticket_event", "interaction", "status_span", "progress"):
            assert rows(store, table) == rows(other, table)
        assert rows(store, "quarantine") == []
        assert store.parked == set()


def test_a_value_that_was_changed_in_its_place_parks_its_stream(tmp_path: Path) -> None:
    book = Book()
    book.commit(ticket_stream(1), opened().events)
    book.commit(ticket_stream(2), opened().events)
    moved = orjson.loads(book.records[0].value)["events"][0]
    book.commit(ticket_stream(3), [moved])
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        (parked,) = rows(store, "quarantine")
        assert parked["stream"] == ticket_stream(3)
        assert "does not open" in parked["error"]


def test_keys_that_cannot_be_read_just_now_park_nothing(tmp_path: Path) -> None:
    def locked(_ids: object) -> Mapping[bytes, bytes]:
        raise Unavailable

    book = Book()
    book.commit(ticket_stream(1), opened().events)
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        with pytest.raises(Unavailable):
            store.apply(book.records, Stager(locked))
        assert store.progress() == []
        assert rows(store, "quarantine") == []


def test_void_records_move_the_progress_and_nothing_else(tmp_path: Path) -> None:
    book = Book()
    book.commit(ticket_stream(1), opened().events)
    book.add(ticket_stream(1), b"void")
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        assert store.progress() == book.progress()
        assert len(rows(store, "ticket_event")) == 1


def test_a_value_that_fits_no_column_is_found_among_many_records(tmp_path: Path) -> None:
    book = Book()
    for number in range(1, 12):
        (event,) = opened().events
        stored = event.model_dump(mode="json") | {"subject": None}
        if number in {4, 9}:
            stored["category"] = "not a list"
        correlation = "no id" if number == 6 else DESK
        book.commit(ticket_stream(number), [stored], correlation=correlation)
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        parked = {row["stream"] for row in rows(store, "quarantine")}
        assert parked == {ticket_stream(number) for number in (4, 6, 9)}
        assert len(rows(store, "ticket")) == 8
        assert store.progress() == book.progress()


@pytest.mark.parametrize(
    "subject", ["plain", {"$p": "abc"}, {"$p": ["", "", ""]}, {"$p": [1, 2, 3]}, {}]
)
def test_a_value_that_is_sealed_in_no_known_form_parks_its_stream(
    tmp_path: Path, subject: object
) -> None:
    book = Book()
    book.commit(ticket_stream(1), opened().events)
    spoilt = orjson.loads(book.records[0].value)["events"][0]
    told = opened().after(1).decide(ReceiveMessage(text="Hello"))
    stored = [event.model_dump(mode="json") | {"text": subject} for event in told]
    book.commit(ticket_stream(2), [spoilt | {"subject": None}, *stored])
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        assert {row["stream"] for row in rows(store, "quarantine")} == {ticket_stream(2)}
        assert len(rows(store, "ticket")) == 1
