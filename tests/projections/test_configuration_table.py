"""What was published and withdrawn is a table; the tiers in front follow from what is in force."""

from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.configuration.commands import Publish, Withdraw
from deskledger.domain.configuration.events import Scope
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.configured import REFUND, published
from tests.domain.stories import Story
from tests.projections.reading import rows
from tests.projections.records import DESK, Book


def tiers(*codes: str, front: str) -> dict[str, Any]:
    listed = [{"code": code, "front": code == front} for code in codes]
    return {"format": 2, "zone": "UTC", "tiers": listed}


def configuration() -> list[Story]:
    """A desk that was published three times, and a type with a pilot."""
    desk = published("desk", {"format": 2, "zone": "UTC", "extra": {"tiers": "of others"}})
    desk = desk.when(Publish(document=tiers("gold", "vip", front="vip"), note="Tiers"))
    desk = desk.after(5).when(Publish(document=tiers("gold", "vip", front="gold")))
    some = Scope(groups=None, share="0.1")
    refund = published("ticket-type/refund", REFUND)
    refund = refund.when(Publish(document={**REFUND, "group": None}, scope=some))
    return [desk.after(5).when(Withdraw(version=3)), refund]


def book_of(*stories: Story) -> Book:
    book = Book()
    for story in stories:
        for event in story.events:
            book.commit(story.stream, [event])
    return book


@pytest.mark.parametrize("size", [1, 2, 100])
def test_versions_are_rows_whatever_the_batches(tmp_path: Path, size: int) -> None:
    book = book_of(*configuration())
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        stager = Stager(book.keys.data_keys)
        for start in range(0, len(book.records), size):
            store.apply(book.records[start : start + size], stager)
        found = rows(store, "configuration")
        assert rows(store, "quarantine") == []
        assert [row["code"] for row in rows(store, "front_tier")] == ["vip"]
    told = [(row["kind"], row["id"], row["version"], row["note"]) for row in found]
    assert told == [
        ("desk", "", 1, None),
        ("desk", "", 2, "Tiers"),
        ("desk", "", 3, None),
        ("ticket-type", "refund", 1, None),
        ("ticket-type", "refund", 2, None),
    ]
    assert [row["withdrawn_at"] is not None for row in found] == [False, False, True, False, False]
    assert [row["scope"] is not None for row in found] == [False] * 4 + [True]


def test_a_desk_without_tiers_has_none_in_front(tmp_path: Path) -> None:
    book = book_of(published("desk", {"format": 2, "zone": "UTC"}))
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        assert rows(store, "front_tier") == []
