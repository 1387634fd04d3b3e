"""Every event that was ever released can be projected, with or without its personal values."""

from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.streams import STREAM_TYPES
from deskledger.domain.ticket.clock_events import ClockEvent, ClockStarted
from deskledger.projections.readable import READABLE
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.test_golden import EVENTS, examples
from tests.projections.reading import rows
from tests.projections.records import DESK, Book

FIRST = {
    "ticket": "TicketOpened",
    "customer": "CustomerRegistered",
    "agent": "AgentJoined",
    "group": "GroupFormed",
}
PERSONAL = ("ticket_event_personal", "interaction_personal", "stream_event_personal")


def golden_book() -> Book:
    """One stream for each example of each event, begun as its noun begins."""
    book = Book()
    for noun, name, v in EVENTS:
        shape = STREAM_TYPES[noun].events[name, v]
        for index, stored in enumerate(examples(noun, name, v)):
            stream = "desk" if noun == "desk" else f"{noun}/{name.lower()}-{index}"
            first = FIRST.get(noun)
            if first not in {None, name}:
                begun = STREAM_TYPES[noun].events[first, 1]
                book.commit(stream, [begun.model_validate(examples(noun, first, 1)[0])])
            if issubclass(shape, ClockEvent) and name != "ClockStarted":
                book.commit(stream, [clock_started(stored)])
            book.commit(stream, [shape.model_validate(stored)])
    return book


def clock_started(stored: dict[str, Any]) -> ClockStarted:
    """The start of the clock to which an event belongs."""
    (example, *_) = examples("ticket", "ClockStarted", 1)
    same = {name: stored[name] for name in ("metric", "instance")}
    return ClockStarted.model_validate({**example, **same})


def test_every_released_event_becomes_a_row_of_the_audit_trail(tmp_path: Path) -> None:
    book = golden_book()
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        assert rows(store, "quarantine") == []
        told = {(row["noun"], row["type"]) for row in rows(store, "stream_event")}
        told |= {("ticket", row["type"]) for row in rows(store, "ticket_event")}
    assert told == {(noun, name) for noun, name, _ in EVENTS}


def test_every_event_of_the_domain_can_be_read() -> None:
    assert {(noun, *key) for noun, shapes in READABLE.items() for key in shapes} == set(EVENTS)


def test_what_is_erased_says_so_and_everything_else_stays(tmp_path: Path) -> None:
    book = golden_book()
    book.keys.destroy()
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        assert rows(store, "quarantine") == []
        for table in PERSONAL:
            for row in rows(store, table):
                assert not leaves(row), row
        (opened, *_) = rows(store, "ticket_personal")
        assert (opened["subject"], opened["subject_erased"]) == (None, True)


def leaves(row: dict[str, Any]) -> list[Any]:
    """Values that could be read, though every key is gone."""
    told = [row.get("text"), row.get("sender"), row.get("recipients"), row.get("cc")]
    for part in (row.get("before"), row.get("after"), row.get("attachment_names")):
        told += _values(part)
    return [value for value in told if value is not None]


def _values(part: Any) -> list[Any]:
    if isinstance(part, dict):
        if part == {"$erased": True}:
            return []
        return [found for value in part.values() for found in _values(value)]
    return [part]


@pytest.mark.parametrize("table", PERSONAL)
def test_personal_values_stand_in_tables_of_their_own(tmp_path: Path, table: str) -> None:
    book = golden_book()
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        assert any(leaves(row) for row in rows(store, table))
        marks = {name for name in ("ticket_event", "stream_event") for _ in [0]}
        for trail in marks:
            for row in rows(store, trail):
                assert "$p" not in repr(row)
