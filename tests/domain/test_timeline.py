"""The timeline of one attribute."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.timeline import Timeline
from tests.domain.stories import NOON, minutes

FACTS = st.lists(
    st.tuples(st.integers(1, 50), st.sampled_from("abc")), max_size=12, unique_by=lambda f: f[0]
)


def told(facts: list[tuple[int, str]]) -> Timeline[str]:
    timeline = Timeline.begun(NOON, 1, "a")
    for version, (minute, value) in enumerate(facts, 2):
        timeline = timeline.filed(NOON + minutes(minute), version, value)
    return timeline


def test_a_value_has_held_since_it_was_first_stated_without_a_break() -> None:
    timeline = told([(1, "b"), (2, "b"), (3, "a"), (4, "b")])
    assert timeline.held(NOON + minutes(2)) == ("b", NOON + minutes(1))
    assert timeline.held(NOON + minutes(9)) == ("b", NOON + minutes(4))
    assert timeline.held_among(NOON + minutes(9), "ab") == NOON


def test_before_its_beginning_the_first_value_is_given() -> None:
    assert told([(1, "b")]).held(NOON - minutes(1)) == ("a", NOON)


def test_of_two_facts_of_one_time_the_one_recorded_later_holds() -> None:
    timeline = Timeline.begun(NOON, 1, "a").filed(NOON, 2, "b")
    assert timeline.present == "b"
    late = timeline.filed(NOON + minutes(5), 3, "c").filed(NOON, 4, "d")
    assert (late.present, late.held(NOON)) == ("c", ("d", NOON))


@given(FACTS, st.randoms(use_true_random=False), st.integers(0, 60))
def test_the_order_of_recording_does_not_matter(
    facts: list[tuple[int, str]], random: Random, minute: int
) -> None:
    shuffled = random.sample(facts, len(facts))
    instant = NOON + minutes(minute)
    assert told(shuffled).held(instant) == told(sorted(facts)).held(instant)
    assert told(shuffled).present == told(sorted(facts)).present
