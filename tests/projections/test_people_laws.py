"""Customers, agents and groups: their tables follow from each lane's prefix alone as well."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.agent.commands import (
    AddAgent,
)
from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import (
    RegisterCustomer,
)
from deskledger.domain.errors import CommandRefused
from deskledger.domain.group.commands import FormGroup
from deskledger.domain.group.state import GroupState
from deskledger.domain.shapes import instant_text
from deskledger.projections.store import ProjectionStore
from tests.domain.stories import ANN, BOB, Story, agent
from tests.projections.people_commands import AGENT, CUSTOMER, GROUP, OLD
from tests.projections.reading import Row, rows
from tests.projections.records import cut, mixed
from tests.projections.two_stores import TwoStores

TABLES = (
    "customer",
    "customer_personal",
    "customer_reference",
    "agent",
    "agent_personal",
    "agent_group",
    "group_member",
    "stream_event",
    "stream_event_personal",
    "refusal",
)

Minutes = st.none() | st.integers(0, 40)
Told = list[tuple[Any, int | None]]


def told(begun: Story, commands: Told) -> tuple[Story, list[list[Any]]]:
    """A stream's story with the events of each accepted command; some happened earlier."""
    story, commits = begun, [list(begun.events)]
    for command, ago in commands:
        story = story.after(10)
        stated: Command = command
        if ago is not None:
            at = max(begun.now, story.after(-ago).now)
            stated = command.model_copy(update={"occurred_at": at})
        try:
            events = story.decide(stated)
        except CommandRefused:
            continue
        story = replace(story.told(*events), steps=story.steps + 1)
        if events:
            commits.append(events)
    return story, commits


def customer(name: str) -> Story:
    old = Story(stream=f"customer/{OLD}").when(RegisterCustomer())
    beside = Story(stream=f"customer/{name}", history=True).beside(ann=agent(ANN), old=old)
    return beside.when(RegisterCustomer(personal_fields={"name": name}, tier="a"))


def someone(name: str) -> Story:
    return Story(stream=f"agent/{name}", record_late=True).when(AddAgent(roles=("agent",)))


def some_group(name: str) -> Story:
    beside = Story(stream=f"group/{name}", record_late=True)
    beside = beside.beside(ann=agent(ANN), bob=agent(BOB))
    return beside.when(FormGroup(names={"en": name}))


class Desk(TwoStores):
    """Two stores, and how many people were told to them."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.people = 0


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("people"))
    with made.whole, made.split:
        yield made


def of(store: ProjectionStore, table: str, numbers: set[int]) -> list[Row]:
    key = "group_number" if table == "group_member" else "number"
    return [row for row in rows(store, table) if row[key] in numbers]


@given(
    customers=st.lists(st.tuples(CUSTOMER, Minutes), max_size=12),
    agents=st.lists(st.tuples(AGENT, Minutes), max_size=8),
    groups=st.lists(st.tuples(GROUP, Minutes), max_size=8),
    picks=st.lists(st.integers(0, 5)),
    size=st.integers(1, 7),
    pieces=st.integers(1, 3),
)
@settings(max_examples=15, deadline=None)
def test_any_split_and_any_interleaving_gives_the_same_people(  # noqa: PLR0913, PLR0917 - drawn
    desk: Desk,
    customers: Told,
    agents: Told,
    groups: Told,
    picks: list[int],
    size: int,
    pieces: int,
) -> None:
    desk.people += 1
    start = len(desk.book.records)
    name = f"n{desk.people}"
    begun = [(customer(name), customers), (someone(name), agents), (some_group(name), groups)]
    stories = [told(story, commands) for story, commands in begun]
    for story, commits in stories:
        for events in commits:
            desk.book.commit(story.stream, events)
    records = desk.book.records[start:]
    desk.whole.apply(records, desk.stager)
    shuffled = mixed(records, picks)
    split = list(cut(shuffled, [size] * len(shuffled)))
    for batch in cut(split, [pieces] * len(split)):
        desk.split.write(*(desk.stager.stage(piece) for piece in batch))
    numbers = {record.number for record in records if record.number is not None}
    for table in TABLES:
        assert of(desk.split, table, numbers) == of(desk.whole, table, numbers), table
    _check(desk, [story for story, _ in stories])


def _check(desk: Desk, stories: Sequence[Story]) -> None:
    """The tables say what the domain's own fold says."""
    zoe, ann, team = (story.state for story in stories)
    found = _row(desk, "customer", stories[0])
    assert (found["tier"], found["blocked"]) == (zoe.tier, zoe.blocked)
    assert found["merged_into_id"] == zoe.merged_into
    assert (found["merged_at"] is None) == (zoe.merged_into is None)
    assert found["account_manager_id"] == zoe.standing["account_manager"].present
    assert found["tags"] == sorted(tag for tag, held in zoe.tags.items() if held.present)
    assert found["fields"] == _set(zoe.fields)
    known = {name: held.present for name, held in zoe.identities.items() if held.present}
    said = {one["identity"]: one["verified"] for one in found["identities"]}
    assert said == {name: one.verified for name, one in known.items()}
    (personal,) = [
        row for row in rows(desk.split, "customer_personal") if row["number"] == found["number"]
    ] or [{"name": None, "fields": {}, "addresses": {}}]
    assert personal["fields"] == _set(zoe.personal_fields)
    assert personal["addresses"] == {name: one.address for name, one in known.items()}
    found = _row(desk, "agent", stories[1])
    assert tuple(found["roles"]) == ann.profile["roles"].present
    assert (found["left_at"] is not None) == ann.left
    found = _row(desk, "agent_group", stories[2])
    assert (found["closed_at"] is not None) == team.closed
    members = [row for row in rows(desk.split, "group_member") if row["group_id"] == found["id"]]
    told = {(r["agent_id"], r["lead"], r["began_at"], r["ended_at"]) for r in members}
    assert len(told) == len(members)
    assert told == set(_memberships(stories[2]))


def _memberships(story: Story) -> Iterator[tuple[Any, ...]]:
    """Who was in the group from when to when, by the timelines of the domain."""
    team: GroupState = story.state
    closings = (e.occurred_at for e in story.events if e.type == "GroupClosed")
    closed_at = next(closings, None)
    for agent_id, held in team.membership.items():
        stated = {at: member for at, _, member in held.entries}
        times = [at for at in stated if closed_at is None or at < closed_at]
        spans: list[tuple[Any, ...]] = []
        for began_at, ended_at in zip(times, [*times[1:], closed_at], strict=False):
            member, end = stated[began_at], ended_at and instant_text(ended_at)
            if member is None:
                continue
            span = (agent_id, member.lead, instant_text(began_at), end)
            if spans and spans[-1][1] == span[1] and spans[-1][3] == span[2]:
                span = (*spans.pop()[:3], end)
            spans.append(span)
        yield from spans


def _row(desk: Desk, table: str, story: Story) -> Row:
    name = story.stream.partition("/")[2]
    (row,) = [row for row in rows(desk.split, table) if row["id"] == name]
    return row


def _set(fields: Any) -> dict[str, Any]:
    return {name: held.present for name, held in fields.items() if held.present is not None}
