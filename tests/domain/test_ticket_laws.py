"""What holds of every ticket, whatever was asked of it and in whatever order it was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import Event
from deskledger.domain.shapes import instant_text
from deskledger.domain.streams import TICKET
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.status import Status
from deskledger.domain.ticket.waiting import unanswered_since
from tests.domain.histories import ACTORS, ON_TIME, REPEATABLE, STEPS, Step, tell
from tests.domain.stories import NOON, Story, minutes
from tests.projections import naive

KINDS = (
    *("attributes", "fields", "personal_fields", "tags", "references"),
    *("links", "participants"),
)
Span = tuple[datetime, datetime, Any]


def spans(events: tuple[Event, ...], value: Callable[[Any], Any], until: datetime) -> list[Span]:
    """The half-open spans of a value, from the events in (occurred_at, version) order."""
    placed = sorted(enumerate(events), key=lambda each: (each[1].occurred_at, each[0]))
    begun = [(event.occurred_at, value(event)) for _, event in placed]
    changes = [(at, one) for at, one in begun if one is not None]
    ends = [at for at, _ in changes[1:]] + [until]
    return [(at, end, one) for (at, one), end in zip(changes, ends, strict=True)]


def status_of(event: Any) -> Status | None:
    if event.type == "TicketOpened":
        return Status(event.status)
    change = getattr(event, "status", None)
    return None if change is None else Status(change.after)


def party_of(event: Any) -> Any:
    if event.type == "TicketOpened":
        return event.party
    change = getattr(event, "party", None)
    return None if change is None else change.after


@given(STEPS)
def test_an_accepted_history_always_folds_from_what_is_stored(steps: list[Step]) -> None:
    story = tell(steps).story
    state = None
    for version, event in enumerate(story.events, 1):
        read = TICKET.read(event.model_dump(mode="json"))
        assert read == event
        state = TICKET.evolve(state, read, version)
    assert state is not None
    assert state == story.state._replace(clock_history=state.clock_history)


@given(STEPS)
def test_time_per_status_adds_up_exactly_to_the_tickets_life(steps: list[Step]) -> None:
    story = tell(steps).story
    now = max(story.now, story.state.latest_at) + minutes(1)
    per_status = dict.fromkeys(Status, timedelta())
    for began_at, ended_at, status in spans(story.events, status_of, now):
        assert began_at <= ended_at
        per_status[status] += ended_at - began_at
        if began_at < ended_at:
            assert story.state.status.held(began_at)[0] is status
    assert sum(per_status.values(), timedelta()) == now - story.state.began_at


@given(STEPS, st.integers(0, 3_000))
def test_exactly_one_party_is_responsible_at_every_instant(steps: list[Step], minute: int) -> None:
    story = tell(steps).story
    end = max(story.now, story.state.latest_at) + minutes(1)
    instant = min(NOON + minutes(minute), end - minutes(1))
    held = [one for one in spans(story.events, party_of, end) if one[0] <= instant < one[1]]
    assert len(held) == 1
    assert story.state.party.held(instant)[0] == held[0][2]


@given(ON_TIME)
def test_each_change_begins_with_what_the_one_before_left(steps: list[Step]) -> None:
    events: tuple[Any, ...] = tell(steps).story.events
    for value, name in ((status_of, "status"), (party_of, "party")):
        changing = [event for event in events if value(event) is not None]
        for before, after in pairwise(changing):
            assert getattr(after, name).before == value(before)
            assert getattr(after, name).since <= before.occurred_at <= after.occurred_at


@given(STEPS)
def test_only_a_stated_time_can_be_late(steps: list[Step]) -> None:
    told = tell(steps)
    stated = {event.occurred_at for event in told.story.events}
    assert min(stated) == told.story.state.began_at
    latest = tell([replace(step, late=None) for step in steps]).story.events
    assert all(a.occurred_at <= b.occurred_at for a, b in pairwise(latest))


def timelines(state: TicketState) -> dict[str, Any]:
    """Every timeline of a state by name, without the versions of recording."""
    named: dict[str, Any] = {
        "status": state.status,
        "party": state.party,
        "pauses": state.pauses,
        "requester": state.requester,
        "due": state.due,
    }
    for kind in KINDS:
        named |= {f"{kind}.{name}": held for name, held in getattr(state, kind).items()}
    values = {name: [(at, value) for at, _, value in held.entries] for name, held in named.items()}
    merged = state.merged and state.merged.into
    return values | {"solvers": dict(state.solvers), "merged": merged}


@given(STEPS)
def test_a_customer_waits_since_the_first_contact_that_nobody_answered(steps: list[Step]) -> None:
    story = tell(steps).story
    since = unanswered_since(story.state)
    events = [event.model_dump(mode="json") for event in story.events]
    if story.state.merged is None:
        assert (since and instant_text(since)) == naive.unanswered_since(events)
    else:
        # As it was when the ticket was merged: what was told to it later does not count.
        before = events[: story.state.merged.version - 1]
        late = [one for one in before if one["occurred_at"] > instant_text(story.state.merged.at)]
        assert late or (since and instant_text(since)) == naive.unanswered_since(before)


@given(STEPS, st.randoms(use_true_random=False))
def test_any_order_of_recording_gives_the_same_timelines(steps: list[Step], random: Random) -> None:
    """Facts of distinct times, told in order and in any other order, make the same ticket."""
    spaced = [replace(step, gap=step.gap + 1, late=None) for step in steps]
    opening, *later = (commit for commit in tell(spaced).commits if commit)
    shuffled = random.sample(later, len(later))
    sorted_state = Story().told(*opening).told(*(e for commit in later for e in commit)).state
    other_state = Story().told(*opening).told(*(e for commit in shuffled for e in commit)).state
    assert timelines(other_state) == timelines(sorted_state)
    assert other_state.latest_at == sorted_state.latest_at
    assert other_state.status.present == sorted_state.status.present


@given(steps=ON_TIME, actor=ACTORS, command=REPEATABLE, history=st.booleans())
def test_deciding_the_same_again_gives_nothing(
    steps: list[Step], actor: Any, command: Any, *, history: bool
) -> None:
    story = replace(tell(steps).story.by(actor), history=history)
    try:
        told = story.told(*story.decide(command))
    except CommandRefused:
        return
    told.then_nothing(command)


@given(STEPS)
def test_a_late_fact_leaves_the_present_as_it_is(steps: list[Step]) -> None:
    story = tell(steps).story
    event = max(enumerate(story.events), key=lambda each: _key(each, status_of))[1]
    assert story.state.status.present == status_of(event)
    event = max(enumerate(story.events), key=lambda each: _key(each, party_of))[1]
    assert story.state.party.present == party_of(event)


def _key(each: tuple[int, Event], value: Callable[[Any], Any]) -> tuple[bool, datetime, int]:
    index, event = each
    return (value(event) is not None, event.occurred_at, index)
