"""Usual commits are read as typed records, and give the rows that reading dictionaries gives."""

from collections.abc import Callable
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.streams import STREAM_TYPES
from deskledger.projections.readable import READABLE, Shapes
from deskledger.projections.staging import Stager
from deskledger.projections.usual.commit import USUAL, UsualEvents, read_usual
from tests.domain.histories import STEPS, Step, tell
from tests.projections.records import Book, small_book, ticket_stream

Spoil = Callable[[dict[str, Any]], None]


def without(name: str) -> Shapes:
    """What a software can read that lacks an event; it takes no commit for usual."""
    kept = {key: shape for key, shape in READABLE["ticket"].items() if key[0] != name}
    return {**READABLE, "ticket": kept}


@pytest.mark.parametrize("name", ["NoteAdded", "TicketReopened"])
@given(histories=st.lists(STEPS, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_usual_commits_give_the_rows_that_dictionaries_give(
    name: str, histories: list[list[Step]]
) -> None:
    book = Book()
    for number, steps in enumerate(histories):
        for commit in tell(steps).commits:
            if commit and all(type(event).__name__ != name for event in commit):
                book.commit(ticket_stream(number), commit)
    typed = Stager(book.keys.data_keys).stage(book.records)
    plain = Stager(book.keys.data_keys, without(name)).stage(book.records)
    assert typed.aside == plain.aside
    assert (typed.types, typed.nouns) == (plain.types, plain.nouns)
    for relation, table in typed.relations.items():
        assert table.to_pylist() == plain.relations[relation].to_pylist(), relation


def test_usual_events_have_the_fields_of_the_domain() -> None:
    shapes = {name: shape for (name, v), shape in STREAM_TYPES["ticket"].events.items() if v == 1}
    for usual in UsualEvents.__args__:
        fields = {field.encode_name for field in msgspec.structs.fields(usual)}
        assert fields | {"type"} == set(shapes[usual.__name__].model_fields), usual


def test_the_commits_of_a_simple_ticket_are_usual() -> None:
    record = small_book().records[0]
    commit = read_usual(record.value, begins=True)
    assert commit is not None
    assert {type(event).__name__ for event in commit.events} <= USUAL
    assert read_usual(record.value, begins=False) is None


def a_field_more(event: dict[str, Any]) -> None:
    event["colour"] = "red"


def a_field_less(event: dict[str, Any]) -> None:
    del event["language"]


def another_version(event: dict[str, Any]) -> None:
    event["v"] = 2


def another_type(event: dict[str, Any]) -> None:
    event["type"] = "TicketPainted"


def a_number_for_a_text(event: dict[str, Any]) -> None:
    event["occurred_at"] = 5


def a_text_that_is_not_sealed(event: dict[str, Any]) -> None:
    event["subject"] = "It is broken"


def decided_by_a_rule(event: dict[str, Any]) -> None:
    event["by"] = {"kind": "rule", "id": "triage", "version": 3}


@pytest.mark.parametrize(
    "spoil",
    [
        a_field_more,
        a_field_less,
        another_version,
        another_type,
        a_number_for_a_text,
        a_text_that_is_not_sealed,
        decided_by_a_rule,
    ],
)
def test_whatever_is_not_exactly_usual_is_left_to_the_reader_of_dictionaries(spoil: Spoil) -> None:
    commit = orjson.loads(small_book().records[0].value)
    assert read_usual(orjson.dumps(commit), begins=True) is not None
    spoil(commit["events"][0])
    assert read_usual(orjson.dumps(commit), begins=True) is None
