"""Followers: every record once, in each lane's order, soon after it was stored."""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.eventlog.errors import ForeignFile, LedgerDamaged, Unavailable
from deskledger.eventlog.follower import Follower
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.store import changes
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.eventlog.build import OTHER_DESK, Chain, new_ledger, ticket
from tests.patience import PATIENCE_SECONDS


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[EmbeddedLedger]:
    with new_ledger(tmp_path) as opened:
        yield opened


def write(ledger: EmbeddedLedger, streams: int, first: int = 0) -> None:
    ledger.append([Chain(ticket(number)).next() for number in range(first, first + streams)])


def drain(follower: Follower) -> list[StoredRecord]:
    found = []
    while batch := follower.batch():
        found += batch
    return found


def by_lane(records: list[StoredRecord]) -> dict[int, list[int]]:
    lanes: dict[int, list[int]] = {}
    for record in records:
        lanes.setdefault(record.lane, []).append(record.record)
    return lanes


@settings(max_examples=20, deadline=None)
@given(
    writes=st.lists(st.integers(1, 30), max_size=4),
    size=st.integers(1, 50),
    stops=st.integers(0, 3),
    by_lanes=st.booleans(),
)
def test_batches_of_any_size_and_any_restart_give_each_record_once_in_order(
    writes: list[int], size: int, stops: int, *, by_lanes: bool
) -> None:
    with tempfile.TemporaryDirectory() as name, new_ledger(Path(name)) as ledger:
        seen: list[StoredRecord] = []
        progress: list[Progress] = []
        for index, streams in enumerate(writes):
            write(ledger, streams, 100 * index)
            follower = Follower(ledger, progress, batch_size_max=size, lane_by_lane=by_lanes)
            for _ in range(stops):
                batch = follower.batch()
                assert len(batch) <= size
                seen += batch
            progress = [
                found
                for lane, records in by_lane(seen).items()
                if (found := ledger.progress_at(lane, records[-1])) is not None
            ]
        seen += drain(Follower(ledger, progress, batch_size_max=size))
        expected = {lane.lane: list(range(1, lane.records + 1)) for lane in ledger.progress()}
        assert by_lane(seen) == expected


def test_a_follower_of_some_lanes_reads_those_alone(ledger: EmbeddedLedger) -> None:
    write(ledger, 40)
    assert set(by_lane(drain(Follower(ledger, lanes=[3, 5])))) == {3, 5}


def test_lane_by_lane_a_backlog_is_read_to_the_end_of_each_lane_in_turn(
    ledger: EmbeddedLedger,
) -> None:
    write(ledger, 60)
    follower = Follower(ledger, batch_size_max=7, lane_by_lane=True)
    lanes = [record.lane for record in drain(follower)]
    assert lanes == sorted(lanes)
    assert len(set(lanes)) > 1


def test_a_writer_of_the_same_process_wakes_the_follower_at_once(ledger: EmbeddedLedger) -> None:
    follower = Follower(ledger)
    drain(follower)
    writing = threading.Timer(0.2, write, [ledger, 1])
    writing.start()
    # By itself it would look again only when it is too late.
    never = 10 * PATIENCE_SECONDS
    with patch.multiple(changes, POLL_SECONDS=never, POLL_SECONDS_MAX=never):
        began_at = time.monotonic()
        (record,) = follower.batch(timeout_seconds=never)
    assert record.verdict == "effective"
    assert time.monotonic() - began_at < PATIENCE_SECONDS
    writing.join()


def test_what_another_connection_stores_is_seen_by_polling(
    ledger: EmbeddedLedger, tmp_path: Path
) -> None:
    follower = Follower(ledger)
    drain(follower)
    with EmbeddedLedger.open(tmp_path) as other:
        writing = threading.Timer(0.1, write, [other, 1])
        writing.start()
        (record,) = follower.batch(timeout_seconds=PATIENCE_SECONDS)
        writing.join()
    assert record.stream == ticket(0)


def test_waiting_ends_at_the_time_out_and_when_the_ledger_closes(ledger: EmbeddedLedger) -> None:
    seen = ledger.changes()
    assert ledger.wait(seen, 0.05) == seen
    closing = threading.Timer(0.1, ledger.close)
    closing.start()
    began_at = time.monotonic()
    assert ledger.wait(seen, 10 * PATIENCE_SECONDS) == seen
    assert time.monotonic() - began_at < PATIENCE_SECONDS
    closing.join()
    with pytest.raises(Unavailable, match="closed"):
        ledger.changes()


def test_nothing_new_is_an_empty_batch(ledger: EmbeddedLedger) -> None:
    follower = Follower(ledger)
    drain(follower)
    assert follower.batch() == []
    assert follower.batch(timeout_seconds=0.05) == []


def test_progress_of_another_desk_is_refused(ledger: EmbeddedLedger) -> None:
    foreign = Progress(OTHER_DESK, 0, 1, 0, bytes(32))
    with pytest.raises(ForeignFile, match="another desk"):
        Follower(ledger, [foreign])


def test_a_ledger_that_was_cut_or_changed_below_the_progress_is_damaged(
    ledger: EmbeddedLedger,
) -> None:
    write(ledger, 30)
    (first, *_) = ledger.progress()
    changed = Progress(first.desk, first.lane, first.records, first.sequence, bytes(32))
    beyond = Progress(first.desk, first.lane, first.records + 1, first.sequence, first.hash)
    for progress in (changed, beyond):
        with pytest.raises(LedgerDamaged, match="Lane 0"):
            Follower(ledger, [progress])
