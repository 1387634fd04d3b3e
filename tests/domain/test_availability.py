"""When agents take work: one stream a month, which begins as the month before ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.agent.commands import RemoveAgent
from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.availability.events import AgentAvailabilityChanged, Availability
from deskledger.domain.availability.months import availability_stream, earlier_streams
from deskledger.domain.errors import InvalidInput
from deskledger.domain.streams import STREAM_TYPES
from tests.domain.stories import ANN, AS_ANN, NOON, Story, agent, minutes

MARCH = f"availability/{ANN}/2026-03"
STATES = st.sampled_from(["available", "busy", "away", "offline"])
CHANNELS = st.sampled_from([None, ("chat",), ("chat", "phone")])
SAID = st.builds(SetAvailability, availability=STATES, channels=CHANNELS, planned=st.booleans())


def month(year: int, number: int, *earlier: Story) -> Story:
    """Ann's stream of a month, at noon of its second day, beside those of earlier months."""
    at = datetime(year, number, 2, 12, tzinfo=UTC)
    story = Story(stream=availability_stream(ANN, at), now=at).beside(ann=agent(ANN))
    return story.beside(**{f"m{n}": one for n, one in enumerate(earlier)})


def said(availability: Availability, *channels: str) -> SetAvailability:
    return SetAvailability(availability=availability, channels=channels or None)


def test_who_was_never_heard_of_was_offline() -> None:
    (came,) = month(2026, 3).then(said("available", "chat"), AgentAvailabilityChanged)
    assert (came.availability.before, came.availability.since) == ("offline", None)
    assert (came.availability.after, came.channels, came.planned) == ("available", ("chat",), False)
    month(2026, 3).then_nothing(said("offline"))


def test_saying_the_same_again_is_nothing_and_other_channels_are_not_the_same() -> None:
    here = month(2026, 3).when(said("available", "chat"))
    here.then_nothing(said("available", "chat"))
    (changed,) = here.after(5).then(said("available"), AgentAvailabilityChanged)
    assert (changed.availability.before, changed.availability.after) == ("available", "available")
    assert changed.channels is None
    assert changed.availability.since == NOON


@pytest.mark.parametrize("silent", range(3))
def test_a_month_begins_as_the_latest_one_ended_of_which_anything_was_said(silent: int) -> None:
    march = month(2026, 3).when(said("available"))
    later = month(2026, 4 + silent, march)
    later.then_nothing(said("available"))
    (left,) = later.then(said("away"), AgentAvailabilityChanged)
    assert (left.availability.before, left.availability.since) == ("available", NOON)
    (back,) = later.when(said("away")).after(9).then(said("busy"), AgentAvailabilityChanged)
    assert back.availability.since == later.now


def test_what_is_not_repeated_for_more_than_a_year_is_forgotten() -> None:
    march = month(2025, 3).when(said("available"))
    (came,) = month(2026, 4, march).then(said("available"), AgentAvailabilityChanged)
    assert (came.availability.before, came.availability.since) == ("offline", None)
    month(2026, 3, march).then_nothing(said("available"))


def test_a_fact_before_the_first_of_its_month_follows_the_months_before() -> None:
    february = month(2026, 2).when(said("busy", "chat"))
    march = month(2026, 3, february).when(said("away")).recording_late()
    earlier = NOON - minutes(60)
    late = said("available").model_copy(update={"occurred_at": earlier})
    (came,) = march.then(late, AgentAvailabilityChanged)
    assert (came.availability.before, came.availability.since) == ("busy", february.now)
    same = said("busy", "chat").model_copy(update={"occurred_at": earlier})
    march.then_nothing(same)


def test_a_month_that_is_not_the_facts_own_is_bad_input() -> None:
    with pytest.raises(InvalidInput, match="2026-03"):
        Story(stream=f"availability/{ANN}/2026-04").decide(said("away"))
    for name in ("2026-13", "march", "2026-1", "0000-01", "٢٠٢٦-03"):
        with pytest.raises(InvalidInput, match="names no month"):
            Story(stream=f"availability/{ANN}/{name}").decide(said("away"))


def test_an_agent_who_is_not_known_or_has_left_is_refused() -> None:
    Story(stream=MARCH).then_refused(said("away"), "agent_unknown", agent=ANN)
    gone = month(2026, 3).beside(ann=agent(ANN).when(RemoveAgent()))
    gone.then_refused(said("away"), "agent_left", agent=ANN)
    (told,) = gone.past().then(said("away"), AgentAvailabilityChanged)
    assert told.availability.after == "away"


def test_what_is_late_needs_the_right_to_record_it() -> None:
    here = month(2026, 3).when(said("available"))
    late = said("away").model_copy(update={"occurred_at": NOON - minutes(5)})
    here.then_refused(late, "late_not_permitted")
    before = said("away").model_copy(update={"occurred_at": datetime(2026, 2, 28, tzinfo=UTC)})
    here.then_refused(before, "time_before_opening")
    ahead = said("away").model_copy(update={"occurred_at": NOON + minutes(6)})
    here.then_refused(ahead, "time_in_future")


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001
def test_the_months_before_are_those_of_the_calendar_one_by_one(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    expected: list[str] = []
    day = at.replace(day=1)
    while len(expected) < 12 and (day.year, day.month) > (1, 1):
        day = (day - timedelta(days=1)).replace(day=1)
        expected.append(availability_stream("ann", day))
    assert earlier_streams(availability_stream("ann", at), 12) == expected


@given(st.lists(st.tuples(SAID, st.integers(0, 300)), max_size=12), st.randoms())
def test_any_order_of_recording_ends_in_the_same_month(
    told: list[tuple[SetAvailability, int]], order: Any
) -> None:
    """The instants differ, as of two facts of one instant the later recorded one holds."""
    facts = {NOON + minutes(minute): command for command, minute in told}
    timed = [command.model_copy(update={"occurred_at": at}) for at, command in facts.items()]
    ends = []
    for _ in range(2):
        order.shuffle(timed)
        story = month(2026, 3).recording_late().by(AS_ANN).after(400)
        for command in timed:
            events = [
                AgentAvailabilityChanged(
                    occurred_at=command.occurred_at,
                    by=None,
                    availability={
                        "before": "offline",
                        "after": command.availability,
                        "since": None,
                    },
                    channels=command.channels,
                    planned=False,
                    reason=None,
                )
            ]
            story.decide(command)
            story = story.told(*events)
        ends.append(_spans(story))
    assert ends[0] == ends[1]
    assert all(before[0] < after[0] for before, after in pairwise(ends[0]))


def _spans(story: Story) -> list[tuple[Any, ...]]:
    if story.state is None:
        return []
    availability, channels = story.state.availability.entries, story.state.channels.entries
    both = zip(availability, channels, strict=True)
    return [(at, value, named) for (at, _, value), (_, _, named) in both]


def test_the_stream_is_known_by_its_noun() -> None:
    kind = STREAM_TYPES["availability"]
    assert kind.parts == 2
    assert kind.subject(None, MARCH) == MARCH
