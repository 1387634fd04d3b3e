"""Commits and instants: what is refused, and what comes back as it went in."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.errors import UnreadableCommit
from deskledger.eventlog.instants import (
    format_instant,
    microseconds,
    parse_instant,
    stored_microseconds,
)
from deskledger.eventlog.names import lane_of, lane_of_valid
from deskledger.eventlog.strict_json import loads_strict
from tests.eventlog.build import commit, ticket

ENVELOPE = ["actor", "on_behalf_of", "source", "correlation", "cause", "reads", "software"]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)


@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=4), min_size=1, max_size=4))
def test_whatever_is_encoded_is_strict_json_and_reads_back(events: list[dict[str, Any]]) -> None:
    value = commit(ticket(1), events=events)
    assert loads_strict(value)["events"] == events
    assert read_commit(value).events == events


@pytest.mark.parametrize("missing", [*ENVELOPE, "commit", "recorded_at"])
def test_a_commit_without_a_part_of_its_envelope_is_named_unreadable(missing: str) -> None:
    body = orjson.loads(commit(ticket(1)))
    del body[missing]
    with pytest.raises(UnreadableCommit) as refused:
        read_commit(orjson.dumps(body))
    assert refused.value.facts == {"missing": missing, "stream": ticket(1)}


@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001 - zones come from the next
    st.integers(-1439, 1439),
)
def test_an_instant_of_any_zone_is_stored_in_utc(naive: datetime, minutes: int) -> None:
    instant = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    stored = parse_instant(format_instant(instant))
    assert stored == instant
    assert stored.tzinfo is UTC
    assert microseconds(stored) == (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.lists(st.tuples(st.integers(0, 27), st.sampled_from("0169.:TZ +-\u0661")), max_size=2),
)
@example(datetime(2026, 11, 22, 23, 29, 59, 7, UTC), [(17, "6")])
@example(datetime(2026, 11, 22, 23, 29, 59, 7, UTC), [(25, "\u0661")])
@example(datetime(2026, 11, 22, 23, 29, 59, 7, UTC), [(27, "Z")])
def test_a_stored_text_is_counted_as_it_is_read(
    instant: datetime, damages: list[tuple[int, str]]
) -> None:
    text = format_instant(instant)
    for place, piece in damages:
        text = text[:place] + piece + text[place + 1 :]
    try:
        expected = microseconds(parse_instant(text))
    except InvalidInput:
        with pytest.raises(InvalidInput):
            stored_microseconds(text)
    else:
        assert stored_microseconds(text) == expected


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(InvalidInput):
        format_instant(datetime(2026, 3, 1))  # noqa: DTZ001 - that is the point


@given(st.integers(0, 10**6), st.integers(1, 48))
def test_a_remembered_lane_is_the_computed_one(number: int, lanes: int) -> None:
    assert lane_of_valid(ticket(number), lanes) == lane_of(ticket(number), lanes)
    assert lane_of_valid("Ticket/x", lanes) is None
