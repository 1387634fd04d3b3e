"""The tables' progress, as the `eventsourcing` library asks for it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventsourcing.persistence import NotSupportedError, Tracking, TrackingRecorder

from deskledger.eventlog.eventsourcing.lanes import lane_name
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from deskledger.projections.tracking import ProgressRecorder
from tests.patience import PATIENCE_SECONDS
from tests.projections.records import DESK, Book, small_book


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProjectionStore]:
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as opened:
        yield opened


def apply(store: ProjectionStore, book: Book) -> None:
    store.apply(book.records, Stager(book.keys.data_keys))


def test_a_lane_is_tracked_up_to_the_sequence_whose_rows_are_there(store: ProjectionStore) -> None:
    recorder: TrackingRecorder = ProgressRecorder(store)
    book = small_book()
    names = [lane_name(lane.lane) for lane in book.progress()]
    assert [recorder.max_tracking_id(name) for name in names] == [None] * len(names)
    apply(store, book)
    for lane in book.progress():
        name = lane_name(lane.lane)
        assert recorder.max_tracking_id(name) == lane.sequence
        assert recorder.has_tracking_id(name, lane.sequence)
        assert not recorder.has_tracking_id(name, lane.sequence + 1)
    assert recorder.max_tracking_id("lane/99") is None
    assert recorder.max_tracking_id("rooms") is None


def test_whoever_waits_for_an_event_goes_on_when_its_rows_are_there(store: ProjectionStore) -> None:
    recorder = ProgressRecorder(store)
    book = small_book()
    lane = book.progress()[0]
    with pytest.raises(TimeoutError):
        recorder.wait(lane_name(lane.lane), lane.sequence, timeout=0.1)
    applying = threading.Timer(0.2, apply, [store, book])
    applying.start()
    recorder.wait(lane_name(lane.lane), lane.sequence, timeout=PATIENCE_SECONDS)
    applying.join()
    assert store.progress() == book.progress()


def test_progress_cannot_be_moved_without_rows(store: ProjectionStore) -> None:
    recorder = ProgressRecorder(store)
    with pytest.raises(NotSupportedError, match="apply the lane's records"):
        recorder.insert_tracking(Tracking(lane_name(0), 7))
    assert recorder.max_tracking_id(lane_name(0)) is None
