"""A replica is what the judge makes of a log, however the log comes in."""

import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.errors import ForeignFile, NewerVersion
from deskledger.eventlog.instants import microseconds
from deskledger.eventlog.kafka import replica as replica_module
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.location import Location, Topic
from deskledger.eventlog.kafka.replica import Replica
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.store.reader import LedgerReader
from deskledger.replay.chains import verify_chains
from tests.eventlog.build import DESK, NOON, OTHER_DESK, Chain, Fold, commit, ticket

LANES = 3
NOON_MS = microseconds(NOON) // 1000
LOCATION = Location(
    desk=uuid.UUID(DESK),
    name="desk",
    lanes=LANES,
    bootstrap=("127.0.0.1:9092",),
    ledger=Topic(name="desk.ledger", id=uuid.UUID(int=1)),
    vault=Topic(name="desk.vault", id=uuid.UUID(int=2)),
    replicas=1,
    in_sync_min=1,
)


class Record(NamedTuple):
    """A record as a log gives it."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


Log = Sequence[tuple[int, Record]]
"""Records of all lanes in the order in which a tail met them, each with its lane."""


def log_of(contents: Sequence[tuple[int, bytes | None, bytes | None]]) -> list[tuple[int, Record]]:
    """A log that was opened in the ordinary way and then holds this, by lane, key and value."""
    offsets = [0] * LANES
    log = []
    geneses = [(lane, *genesis_record(DESK, lane, LANES)) for lane in range(LANES)]
    for n, (lane, key, value) in enumerate([*geneses, *contents]):
        # Every third record stands behind a place without one, as the end of a transaction is.
        offsets[lane] += n % 3 == 0
        log.append((lane, Record(offsets[lane], NOON_MS + n, key, value)))
        offsets[lane] += 1
    return log


@st.composite
def contents(draw: st.DrawFn) -> list[tuple[int, bytes | None, bytes | None]]:
    """Commits that follow, repeat, race or are garbage, in lanes of their own and in others."""
    chains = [Chain(ticket(number)) for number in range(1, 5)]
    found: list[tuple[int, bytes | None, bytes | None]] = []
    fold = Fold(lanes=LANES)
    for _ in range(draw(st.integers(0, 12))):
        chain = draw(st.sampled_from(chains))
        lane = fold.lane_of(chain.stream)
        what = draw(st.sampled_from(["next", "again", "fork", "stray", "null", "garbage", "other"]))
        if what == "next":
            found.append((lane, chain.stream.encode(), chain.next().value))
        elif what == "again" and found:
            found.append(draw(st.sampled_from(found)))
        elif what == "fork":
            version = draw(st.integers(1, 3))
            found.append((lane, chain.stream.encode(), commit(chain.stream, version)))
        elif what == "stray":
            found.append(((lane + 1) % LANES, chain.stream.encode(), commit(chain.stream)))
        elif what == "other":
            value = commit(chain.stream, desk=OTHER_DESK)
            found.append((lane, chain.stream.encode(), value))
        else:
            key = draw(st.none() | st.binary(max_size=8))
            garbage = None if what == "null" else draw(st.binary(max_size=20))
            found.append((draw(st.integers(0, LANES - 1)), key, garbage))
    return found


@contextmanager
def replica() -> Iterator[tuple[Replica, Path]]:
    with tempfile.TemporaryDirectory() as name:
        opened = Replica.open(Path(name), LOCATION)
        try:
            yield opened, Path(name)
        finally:
            opened.close()


def by_lane(log: Log) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = {}
    for lane, record in log:
        found.setdefault(lane, []).append(record)
    return found


def rows(directory: Path) -> Mapping[int, list[StoredRecord]]:
    """What the replica says of each lane, but for the keys of rows in tables."""
    with LedgerReader(directory / REPLICA.name, 5.0, REPLICA) as reader:
        return {lane: list(reader.read(lane, 0, 1_000)) for lane in range(LANES)}


@settings(deadline=None, max_examples=50)
@given(contents())
def test_a_replica_has_the_verdicts_of_the_judge_alone(
    found: list[tuple[int, bytes | None, bytes | None]],
) -> None:
    log, fold = log_of(found), Fold(lanes=LANES)
    with replica() as (here, directory):
        here.add(by_lane(log))
        stored = rows(directory)
        for lane, records in by_lane(log[LANES:]).items():
            verdicts = [fold.judge(lane, one.key, one.value) for one in records]
            assert [row.verdict for row in stored[lane]][1:] == verdicts
            assert stored[lane][-1].lane_hash == fold.lanes[lane].hash
            assert stored[lane][-1].sequence == fold.lanes[lane].sequence


@settings(deadline=None, max_examples=50)
@given(contents(), st.data())
def test_however_a_log_is_split_into_batches_the_replica_is_the_same(
    found: list[tuple[int, bytes | None, bytes | None]], data: st.DataObject
) -> None:
    log = log_of(found)
    with replica() as (whole, at_once), replica() as (split, in_parts):
        whole.add(by_lane(log))
        rest = log
        while rest:
            size = data.draw(st.integers(1, len(rest)))
            split.add(by_lane(rest[:size]))
            rest = rest[size:]
        assert rows(at_once) == rows(in_parts)
        assert [split.tip(lane) for lane in range(LANES)] == [
            whole.tip(lane) for lane in range(LANES)
        ]


@settings(deadline=None, max_examples=50)
@given(contents(), st.data())
def test_two_processes_that_read_for_one_replica_hold_what_one_alone_would(
    found: list[tuple[int, bytes | None, bytes | None]], data: st.DataObject
) -> None:
    log = log_of(found)
    # Each of them is to try the short way again and again.
    hurried = patch.object(replica_module, "SHARED_SECONDS", 0.0)
    with hurried, replica() as (alone, expected), replica() as (first, directory):
        alone.add(by_lane(log))
        second = Replica.open(directory, LOCATION)
        ahead = {first: log, second: log}
        while any(ahead.values()):
            turn = data.draw(st.sampled_from([one for one, rest in ahead.items() if rest]))
            size = data.draw(st.integers(1, len(ahead[turn])))
            turn.add(by_lane(ahead[turn][:size]))
            ahead[turn] = ahead[turn][size:]
        second.close()
        assert rows(directory) == rows(expected)


@settings(deadline=None, max_examples=50)
@given(contents())
def test_a_replica_of_any_log_proves_itself(
    found: list[tuple[int, bytes | None, bytes | None]],
) -> None:
    with replica() as (here, directory):
        here.add(by_lane(log_of(found)))
        assert verify_chains(directory / REPLICA.name).differences == ()


@pytest.mark.parametrize("late", [timedelta(seconds=-5), timedelta(seconds=5)])
def test_the_lane_time_is_never_later_than_the_log_received_the_commit(late: timedelta) -> None:
    chain = Chain(ticket(1))
    lane = Fold(lanes=LANES).lane_of(chain.stream)
    value = chain.next(recorded_at=NOON + late).value
    log = log_of([(lane, chain.stream.encode(), value)])
    received_at = log[-1][1].timestamp * 1000
    with replica() as (here, directory):
        here.add(by_lane(log))
        (stored,) = rows(directory)[lane][1:]
        assert stored.lane_time == min(microseconds(NOON + late), received_at)


def test_a_lane_of_another_desk_is_not_taken() -> None:
    with replica() as (here, directory):
        key, value = genesis_record(OTHER_DESK, 0, LANES)
        with pytest.raises(LogChanged, match="another desk"):
            here.add({0: [Record(0, NOON_MS, key, value)]})
        assert rows(directory)[0] == []


def test_rules_of_newer_software_are_not_judged_and_leave_nothing() -> None:
    key, value = genesis_record(DESK, 0, LANES)
    newer = value.replace(b'"rules":1', b'"rules":2')
    with replica() as (here, directory):
        with pytest.raises(NewerVersion):
            here.add({0: [Record(0, NOON_MS, key, newer)]})
        here.add({0: [Record(0, NOON_MS, key, value)]})
        assert len(rows(directory)[0]) == 1


def test_two_processes_that_read_different_logs_find_it_out() -> None:
    log = by_lane(log_of([]))
    with replica() as (first, directory):
        second = Replica.open(directory, LOCATION)
        first.add(log)
        other = {lane: [one._replace(offset=one.offset + 7) for one in log[lane]] for lane in log}
        with pytest.raises(LogChanged, match="another log"):
            second.add(other)
        second.close()


def test_a_replica_of_another_topic_or_desk_is_refused() -> None:
    with replica() as (_, directory):
        anew = LOCATION.model_copy(update={"ledger": Topic(name="t", id=uuid.UUID(int=9))})
        with pytest.raises(LogChanged, match="another topic"):
            Replica.open(directory, anew)
        other = LOCATION.model_copy(update={"desk": uuid.UUID(OTHER_DESK)})
        with pytest.raises(ForeignFile):
            Replica.open(directory, other)
