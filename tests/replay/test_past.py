"""Laws of points in the past: the longest beginnings, and whole commits."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.instants import microseconds
from deskledger.eventlog.progress import Checkpoint, Progress
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.replay.as_of.past import at_checkpoint, at_positions, at_time
from tests.eventlog.build import DESK, NOON, Chain, new_ledger, ticket

LATER = NOON + timedelta(days=900)
steps = st.lists(
    st.tuples(st.integers(0, 4), st.integers(-5, 30), st.integers(1, 3), st.booleans()), max_size=25
)


def told(directory: Path, plan: Sequence[tuple[int, int, int, bool]]) -> EmbeddedLedger:
    """A ledger of commits by writers whose clocks differ, some of them void."""
    chains = [Chain(ticket(number)) for number in range(5)]
    ledger = new_ledger(directory, lanes=3)
    at = NOON
    for number, minutes, events, again in plan:
        at += timedelta(minutes=minutes)
        draft = chains[number].next(events=events, recorded_at=at)
        ledger.append([draft, draft] if again else [draft])
    return ledger


def every(ledger: EmbeddedLedger) -> list[list[StoredRecord]]:
    return [ledger.read(lane, 0, 1_000) for lane in range(ledger.lanes)]


@settings(max_examples=30)
@given(plan=steps, minutes=st.integers(-10, 500))
def test_as_of_a_time_is_the_longest_beginning_of_each_lane(
    tmp_path_factory: pytest.TempPathFactory,
    plan: Sequence[tuple[int, int, int, bool]],
    minutes: int,
) -> None:
    at = NOON + timedelta(minutes=minutes)
    with told(tmp_path_factory.mktemp("desk"), plan) as ledger:
        past = at_time(ledger, at, LATER)
        for lane, records in enumerate(every(ledger)):
            expected = [one for one in records if one.lane_time <= microseconds(at)]
            assert expected == records[: len(expected)]
            last = expected[-1]
            end = Progress(DESK, lane, len(expected), last.sequence, last.lane_hash)
            assert (past.progress[lane], past.lane_times[lane]) == (end, last.lane_time)


@settings(max_examples=30)
@given(plan=steps, data=st.data())
def test_a_position_is_the_first_record_that_holds_it_and_the_others_follow_its_time(
    tmp_path_factory: pytest.TempPathFactory,
    plan: Sequence[tuple[int, int, int, bool]],
    data: st.DataObject,
) -> None:
    with told(tmp_path_factory.mktemp("desk"), plan) as ledger:
        lanes = every(ledger)
        some = [lane for lane in range(3) if lanes[lane][-1].sequence]
        if not some:
            return
        lane = data.draw(st.sampled_from(some))
        sequence = data.draw(st.integers(1, lanes[lane][-1].sequence))
        past = at_positions(ledger, {lane: sequence})
        holding = next(one for one in lanes[lane] if one.sequence >= sequence)
        assert past.progress[lane].records == holding.record
        assert microseconds(past.at) == holding.lane_time
        as_of = at_time(ledger, past.at, LATER)
        others = [other for other in range(3) if other != lane]
        assert [past.progress[one] for one in others] == [as_of.progress[one] for one in others]


def test_a_checkpoint_is_a_point_if_the_ledger_was_so(tmp_path: Path) -> None:
    with told(tmp_path, [(0, 1, 1, False), (1, 1, 2, True), (2, 1, 1, False)]) as ledger:
        kept = Checkpoint(DESK, tuple(ledger.progress()))
        ledger.append([Chain(ticket(9)).next(recorded_at=LATER)])
        assert at_checkpoint(ledger, kept).progress == kept.lanes
        other = kept.lanes[0]
        forged = Progress(DESK, 0, other.records, other.sequence, bytes(32))
        with pytest.raises(LedgerDamaged, match="Lane 0 is not what it was"):
            at_checkpoint(ledger, Checkpoint(DESK, (forged, *kept.lanes[1:])))
        with pytest.raises(InvalidInput, match="another desk"):
            at_checkpoint(ledger, Checkpoint(DESK, kept.lanes[1:]))


def test_what_has_not_come_or_is_not_there_is_no_point(tmp_path: Path) -> None:
    with told(tmp_path, [(0, 1, 1, False)]) as ledger:
        now = datetime(2026, 3, 3, tzinfo=UTC)
        with pytest.raises(InvalidInput, match="has not come yet"):
            at_time(ledger, now + timedelta(seconds=1), now)
        for positions in ({0: 99}, {3: 1}, {0: 0}):
            with pytest.raises(InvalidInput, match="has no event"):
                at_positions(ledger, positions)
