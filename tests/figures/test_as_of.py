"""Figures as of any time in the past are what a walk through the events known by then gives."""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.shapes import Actor
from deskledger.eventlog.instants import microseconds
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.figures import FiguresAsked
from deskledger.replay.as_of.past import at_time
from deskledger.replay.as_of.snapshots import nearest, snapshots
from deskledger.replay.as_of.tables_then import make_snapshot, tables_then
from tests.domain.histories import Step
from tests.domain.stories import NOON
from tests.figures.naive import tickets_of
from tests.figures.naive_summary import naive_figures
from tests.figures.test_laws import ACTORS, ASKED, HISTORIES, ZONES, book_of, told
from tests.projections.records import DESK

LATER = NOON + timedelta(days=900)


class Recorded:
    """A ledger whose records were stored one after the other, each lane in its own time."""

    desk = DESK

    def __init__(self, records: Sequence[StoredRecord], minutes: Sequence[int]) -> None:
        """Takes the records, and how long it was from one to the next, over and over again."""
        self.lanes: dict[int, list[StoredRecord]] = {}
        at = NOON
        for record, passed in zip(records, cycle(minutes), strict=False):
            stored = record._replace(lane_time=microseconds(at))
            self.lanes.setdefault(record.lane, []).append(stored)
            at += timedelta(minutes=passed)

    def progress(self) -> list[Progress]:
        return [_end(records[-1]) for _, records in sorted(self.lanes.items())]

    def progress_at(self, lane: int, records: int) -> Progress | None:
        return _end(self.lanes[lane][records - 1])

    def read(self, lane: int, after_record: int, limit: int) -> list[StoredRecord]:
        return self.lanes[lane][after_record : after_record + limit]

    def changes(self) -> int:
        return 0

    def wait(self, seen: int, timeout_seconds: float) -> int:
        del timeout_seconds
        return seen

    def known(self, at: datetime) -> list[StoredRecord]:
        """What had been stored by then."""
        every = [record for records in self.lanes.values() for record in records]
        return [record for record in every if record.lane_time <= microseconds(at)]


def _end(record: StoredRecord) -> Progress:
    return Progress(DESK, record.lane, record.record, record.sequence, record.lane_hash)


@given(
    histories=HISTORIES,
    actors=st.permutations(ACTORS),
    zone=st.sampled_from(ZONES),
    asked=ASKED,
    minutes=st.lists(st.integers(0, 2_000), min_size=1, max_size=5),
    passed=st.integers(0, 10_000),
    before=st.none() | st.integers(0, 10_000),
)
@settings(max_examples=12)
def test_figures_as_of_any_time_are_those_of_the_events_known_then(  # noqa: PLR0913, PLR0917 - drawn
    tmp_path_factory: pytest.TempPathFactory,
    histories: list[list[Step]],
    actors: list[Actor],
    zone: str,
    asked: FiguresAsked,
    minutes: list[int],
    passed: int,
    before: int | None,
) -> None:
    """Whether they begin from a snapshot of an earlier time or from nothing."""
    directory = tmp_path_factory.mktemp("desk")
    ledger = Recorded(book_of(histories, actors, zone).records, minutes)
    past = at_time(ledger, NOON + timedelta(minutes=passed), LATER)
    if before is not None:
        earlier = NOON + timedelta(minutes=min(before, passed))
        made = make_snapshot(directory, ledger, at_time(ledger, earlier, LATER))
        assert nearest(directory, ledger, past) == made
    asked = FiguresAsked(asked.days, asked.length, past.at, dimension=asked.dimension)
    expected = naive_figures(tickets_of(ledger.known(past.at)), asked, ZoneInfo(zone))
    with tables_then(directory, ledger, past) as store:
        assert told(store, asked) == expected
    assert len(snapshots(directory)) == (before is not None)
    shutil.rmtree(directory)
