"""Laws of the tables: they follow from each lane's prefix alone, whatever the batches were."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.events import CommandAnswered
from deskledger.projections.digests import KEYS
from deskledger.projections.store import ProjectionStore
from tests.domain.histories import STEPS, Step, tell
from tests.projections import naive
from tests.projections.reading import one, rows
from tests.projections.records import NOON, cut, mixed, ticket_stream
from tests.projections.two_stores import TwoStores

TABLES = [table for table, key in KEYS.items() if key[0] in {"ticket", "number"}] + ["refusal"]
NOTHING = CommandAnswered(occurred_at=NOON, by=None, outcome="nothing", code=None, facts={})


class Desk(TwoStores):
    """Two stores, and how many tickets were told to them."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.tickets = 0

    def tell(self, histories: Sequence[list[Step]]) -> list[list[dict[str, Any]]]:
        """Adds tickets, their commits taking turns; gives the events of each."""
        told = [tell(steps).commits for steps in histories]
        streams = [ticket_stream(self.tickets + index) for index in range(len(told))]
        self.tickets += len(told)
        for turn in range(max(map(len, told))):
            for stream, commits in zip(streams, told, strict=True):
                if turn < len(commits):
                    self.book.commit(stream, commits[turn] or [NOTHING])
        return [
            [event.model_dump(mode="json") for commit in commits for event in commit or [NOTHING]]
            for commits in told
        ]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("laws"))
    with made.whole, made.split:
        yield made


HISTORIES = st.lists(STEPS, min_size=1, max_size=3)


@given(
    histories=HISTORIES,
    picks=st.lists(st.integers(0, 5)),
    sizes=st.lists(st.integers(1, 9)),
    pieces=st.lists(st.integers(1, 3)),
)
@settings(max_examples=30, deadline=None)
def test_any_split_into_batches_and_any_interleaving_of_lanes_gives_the_same_rows(
    desk: Desk, histories: list[list[Step]], picks: list[int], sizes: list[int], pieces: list[int]
) -> None:
    start = len(desk.book.records)
    desk.tell(histories)
    records = desk.book.records[start:]
    desk.whole.apply(records, desk.stager)
    split = list(cut(mixed(records, picks), sizes))
    for batch in cut(split, pieces):
        desk.split.write(*(desk.stager.stage(piece) for piece in batch))
    numbers = sorted({record.number for record in records if record.number is not None})
    for table in TABLES:
        assert rows(desk.split, table, numbers) == rows(desk.whole, table, numbers), table


@given(histories=HISTORIES, sizes=st.lists(st.integers(1, 9)))
@settings(max_examples=30, deadline=None)
def test_the_tables_say_what_the_events_say_one_by_one(
    desk: Desk, histories: list[list[Step]], sizes: list[int]
) -> None:
    start = len(desk.book.records)
    told = desk.tell(histories)
    records = desk.book.records[start:]
    desk.whole.apply(records, desk.stager)
    for batch in cut(records, sizes):
        desk.split.apply(batch, desk.stager)
    streams = [ticket_stream(desk.tickets - len(told) + index) for index in range(len(told))]
    numbers = {record.stream: record.number for record in records}
    for stream, events in zip(streams, told, strict=True):
        number = numbers[stream]
        assert number is not None
        _check(desk.split, number, events)


def _check(store: ProjectionStore, number: int, events: list[dict[str, Any]]) -> None:
    _check_spans(store, number, events)
    _check_present(store, number, events)
    _check_ties(store, number, events)
    _check_queue(store, number, events)


def _check_spans(store: ProjectionStore, number: int, events: list[dict[str, Any]]) -> None:
    said = [
        (row["version"], row["status"], row["began_at"], row["ended_at"])
        for row in rows(store, "status_span", [number])
    ]
    assert sorted(said) == sorted(naive.status_spans(events))
    owned = [
        (row["version"], (row["group_id"], row["agent_id"]), row["began_at"], row["ended_at"])
        for row in rows(store, "ownership_span", [number])
    ]
    assert sorted(owned) == sorted(naive.ownership_spans(events))


def _check_present(store: ProjectionStore, number: int, events: list[dict[str, Any]]) -> None:
    ticket = one(store, "ticket", number)
    latest_status = naive.status_spans(events)[-1]
    assert (ticket["status"], ticket["status_since"]) == latest_status[1:3]
    assert (ticket["group_id"], ticket["agent_id"]) == naive.ownership_spans(events)[-1][1]
    settled = (ticket["settled_at"], ticket["resolution"], ticket["solver_id"])
    assert settled == naive.settle(events)
    assert ticket["version"] == len(events)
    assert ticket["tags"] == naive.tags(events)
    assert ticket["fields"] == naive.fields(events)
    for column, name in (("type", "type_code"), ("tier", "tier"), ("priority", "priority")):
        assert ticket[column] == naive.attribute(events, name), name
    assert one(store, "ticket_personal", number)["subject"] == naive.subject(events)
    assert ticket["customer_id"] == naive.customer(events)
    assert (ticket["due_at"], ticket["due_promised"]) == naive.due(events)
    assert ticket["escalation_level"] == naive.escalation_level(events)
    assert ticket["merged_into"] == naive.merged_into(events)


def _check_ties(store: ProjectionStore, number: int, events: list[dict[str, Any]]) -> None:
    linked = rows(store, "ticket_reference", [number])
    said_links = sorted((row["system"], row["kind"], row["id"]) for row in linked)
    assert said_links == naive.references(events)
    tied = rows(store, "ticket_link", [number])
    said_ties = sorted((row["relation"], row["ticket_id"], row["blocking"]) for row in tied)
    assert said_ties == naive.links(events)
    people = rows(store, "ticket_participant", [number])
    known = rows(store, "ticket_participant_personal", [number])
    addresses = {row["id"]: row["address"] for row in known}
    named = [(row["role"], row["noun"], addresses.get(row["id"], row["id"])) for row in people]
    assert sorted(named) == naive.participants(events)
    assert len(addresses) == sum(row["noun"] == "address" for row in people)


def _check_queue(store: ProjectionStore, number: int, events: list[dict[str, Any]]) -> None:
    ticket = one(store, "ticket", number)
    entries = rows(store, "queue_entry", [number])
    assert len(entries) == (ticket["status"] not in naive.SETTLED)
    for entry in entries:
        assert entry["next_due_at"] == naive.due(events)[0]
        assert entry["waiting_since"] == naive.waiting_since(events)
        assert entry["workable"] == (ticket["status"] in {"new", "open"})
