"""When agents were there, and who stands for merged customers: views over several streams."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.agent.commands import RemoveAgent
from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.availability.months import availability_stream
from deskledger.domain.customer.commands import MergeCustomer, RegisterCustomer
from deskledger.domain.shapes import instant_text
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from deskledger.projections.timeline import TimelinePlace, customer_timeline
from tests.domain.stories import Story, agent
from tests.projections.reading import rows
from tests.projections.records import DESK, Book, mixed

FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
SOON = datetime(2026, 6, 1, tzinfo=UTC)
STATES = st.sampled_from(["available", "busy", "away", "offline"])
CHANNELS = st.sampled_from([None, ("chat",), ("chat", "phone")])
SAID = st.builds(SetAvailability, availability=STATES, channels=CHANNELS)
HOURS = st.integers(0, 24 * 100)
NUMBERS = count(1)


class Desk:
    """A store, and the book that it follows."""

    def __init__(self, directory: Path) -> None:
        self.book = Book()
        self.stager = Stager(self.book.keys.data_keys)
        self.store = ProjectionStore.open(directory / "projections.duckdb", DESK)

    def take_in(self, start: int, picks: list[int]) -> None:
        """Projects the book's records from a place on, the lanes interleaved as picked."""
        self.store.apply(mixed(self.book.records[start:], picks), self.stager)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("time"))
    with made.store:
        yield made


def recorded(desk: Desk, name: str, told: list[tuple[SetAvailability, int]]) -> list[Any]:
    """The events of what was said of an agent, in the order of recording, most of it late."""
    months: dict[str, Story] = {}
    events: list[Any] = []
    ann = agent(name)
    for command, hour in told:
        at = FEBRUARY + timedelta(hours=hour)
        stream = availability_stream(name, at)
        story = months.get(stream, Story(stream=stream, now=SOON, record_late=True))
        story = story.beside(ann=ann, **{f"m{n}": one for n, one in enumerate(months.values())})
        made = story.decide(command.model_copy(update={"occurred_at": at}))
        months[stream] = story.told(*made)
        if made:
            desk.book.commit(stream, made)
            events += made
    return events


@given(
    told=st.lists(st.tuples(SAID, HOURS), max_size=14, unique_by=lambda pair: pair[1]),
    picks=st.lists(st.integers(0, 5)),
    left=st.none() | HOURS,
)
@settings(max_examples=25, deadline=None)
def test_the_spans_of_an_agent_tile_the_time_from_the_first_word_until_they_leave(
    desk: Desk, told: list[tuple[SetAvailability, int]], picks: list[int], left: int | None
) -> None:
    start, name = len(desk.book.records), f"agent-{next(NUMBERS)}"
    events = sorted(recorded(desk, name, told), key=lambda event: event.occurred_at)
    ann = agent(name)
    left_at = None if left is None else FEBRUARY + timedelta(hours=left)
    if left_at is not None:
        ann = replace(ann, now=left_at, state=replace(ann.state, latest_at=left_at))
        ann = ann.when(RemoveAgent())
    for event in ann.events:
        desk.book.commit(ann.stream, [event])
    desk.take_in(start, picks)
    found = [row for row in rows(desk.store, "availability_span") if row["agent_id"] == name]
    found.sort(key=lambda row: row["began_at"])
    for before, after in pairwise(found):
        assert before["ended_at"] == after["began_at"]
        assert (before["availability"], before["channels"]) != (
            after["availability"],
            after["channels"],
        )
    said = [event for event in events if left_at is None or event.occurred_at < left_at]
    assert bool(found) == bool(said)
    if said:
        assert found[0]["began_at"] == instant_text(said[0].occurred_at)
        assert found[-1]["ended_at"] == (left_at and instant_text(left_at))
    for event in said:
        (held,) = (row for row in found if _holds(row, instant_text(event.occurred_at)))
        assert held["availability"] == event.availability.after
        assert held["channels"] == (event.channels and list(event.channels))


def _holds(row: dict[str, Any], at: str) -> bool:
    return row["began_at"] <= at and (row["ended_at"] is None or at < row["ended_at"])


@given(
    merges=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8),
    picks=st.lists(st.integers(0, 5)),
)
@settings(max_examples=12, deadline=None)
def test_whoever_was_merged_answers_with_the_survivor_and_all_who_were_merged_with_it(
    desk: Desk, merges: list[tuple[int, int]], picks: list[int]
) -> None:
    start, round_ = len(desk.book.records), next(NUMBERS)
    names = [f"customer-{round_}-{number}" for number in range(7)]
    stories = [Story(stream=f"customer/{name}").when(RegisterCustomer()) for name in names]
    into: dict[int, int] = {}
    for younger, older in merges:
        # Both stand for themselves, and the lower id is the older of two of one time.
        if older < younger and younger not in into and older not in into:
            story = stories[younger].beside(older=stories[older]).after(1)
            stories[younger] = story.when(MergeCustomer(into=names[older]))
            into[younger] = older
    tickets = [
        Story(stream=f"ticket/t-{name}").past().when(OpenTicket(channel="web", customer=name))
        for name in names
    ]
    for story in (*stories, *tickets):
        desk.book.commit(story.stream, story.events)
    desk.take_in(start, picks)
    survivors = {n: _last(into, n) for n in range(7)}
    found = {
        row["customer_id"]: row["survivor_id"] for row in rows(desk.store, "customer_survivor")
    }
    assert {name: found.get(name) for name in names} == {
        names[n]: None if n == last else names[last] for n, last in survivors.items()
    }
    for number, name in enumerate(names):
        together = {names[n] for n, last in survivors.items() if last == survivors[number]}
        entries, total = customer_timeline(desk.store, name, size=1_000).value
        assert {entry.customer_id for entry in entries} == together
        assert total == len(entries)
        last = entries[-1]
        end = TimelinePlace(last.occurred_at, last.about, last.number, last.version)
        assert customer_timeline(desk.store, name, after=end).value == ([], total)
        assert sum(entry.type == "TicketOpened" for entry in entries) == len(together)
        assert entries == sorted(
            entries, key=lambda e: (e.occurred_at, e.about, e.number, e.version)
        )


def _last(into: dict[int, int], number: int) -> int:
    return _last(into, into[number]) if number in into else number
