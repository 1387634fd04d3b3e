"""A log that is not the one that was read stops its lanes, loudly and for good."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from deskledger.eventlog.commit import commit_hash
from deskledger.eventlog.control import control_key, genesis_record
from deskledger.eventlog.errors import NewerVersion
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.replica import Replica
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import Draft
from tests.eventlog.build import OTHER_DESK, Chain, commit, ticket
from tests.eventlog.test_replica import Record
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import LANES, new_log, node
from tests.kafka.topics import Topics, wait_until


@pytest.fixture
def location(broker: Cluster, desk_name: str) -> Location:
    return new_log(broker, desk_name)


@pytest.fixture
def ledger(location: Location, tmp_path: Path) -> Iterator[KafkaLedger]:
    with node(location, tmp_path / "node") as opened:
        yield opened


@pytest.fixture
def producer(broker: Cluster) -> Iterator[KafkaProducer]:
    """A foreign writer with the right to append whatever it likes."""
    made = KafkaProducer(bootstrap_servers=broker.bootstrap, metrics_enabled=False)
    yield made
    made.close(timeout=60)


def stopped(ledger: KafkaLedger) -> list[int]:
    return [lane for lane, one in enumerate(ledger.standings()) if one.stopped]


def test_a_log_that_begins_later_than_at_its_first_record_stops_its_lane(
    location: Location, broker: Cluster, tmp_path: Path
) -> None:
    chain = Chain(ticket(1), str(location.desk))
    lane = lane_of(chain.stream, LANES)
    with node(location, tmp_path / "node") as ledger:
        ledger.append([chain.next() for _ in range(3)])
    Topics(broker).delete_before(location.ledger.name, lane, 2)
    elsewhere = (stream for stream in map(ticket, range(99)) if lane_of(stream, LANES) != lane)
    for directory in ("node", "fresh"):
        with node(location, tmp_path / directory) as ledger:
            wait_until(lambda: stopped(ledger) == [lane])
            with pytest.raises(LogChanged):
                ledger.append([chain.next()])
            assert ledger.append([Chain(next(elsewhere), ledger.desk).next()])[0].effective


def test_a_topic_that_was_deleted_and_made_anew_stops_every_lane(
    ledger: KafkaLedger, location: Location, broker: Cluster, tmp_path: Path
) -> None:
    chain = Chain(ticket(1), ledger.desk)
    ledger.append([chain.next()])
    Topics(broker).delete(location.ledger.name)
    Topics(broker).create(location.ledger.name, LANES)
    wait_until(lambda: len(stopped(ledger)) == LANES)
    with pytest.raises(LogChanged, match="run `deskledger recover`"):
        ledger.append([chain.next()])
    assert len(ledger.history(chain.stream)) == 1
    with pytest.raises(TimeoutError), node(location, tmp_path / "node") as again:
        wait_until(lambda: len(stopped(again)) < LANES, seconds=2)


def test_a_log_that_is_shorter_than_what_was_read_stops_its_lane(
    location: Location, tmp_path: Path
) -> None:
    chain = Chain(ticket(1), str(location.desk))
    lane = lane_of(chain.stream, LANES)
    with node(location, tmp_path / "ahead") as ahead:
        ahead.append([chain.next()])
    # A copy that has read further than the log goes: what a cut log looks like to a reader.
    append_to_replica(tmp_path / "ahead", location, lane, chain.next())
    with node(location, tmp_path / "ahead") as ahead:
        wait_until(lambda: stopped(ahead) == [lane])
        with pytest.raises(LogChanged):
            ahead.append([chain.next()])


def test_a_log_whose_last_record_is_another_stops_its_lane(
    location: Location, producer: KafkaProducer, tmp_path: Path
) -> None:
    chain = Chain(ticket(1), str(location.desk))
    lane = lane_of(chain.stream, LANES)
    with node(location, tmp_path / "ahead") as ahead:
        ahead.append([chain.next()])
    append_to_replica(tmp_path / "ahead", location, lane, chain.next())
    for value in (b"something", b"else"):
        send(producer, location, lane, b"key", value)
    with node(location, tmp_path / "ahead") as ahead:
        wait_until(lambda: stopped(ahead) == [lane])


def test_garbage_of_foreign_writers_is_judged_void_and_harms_nobody(
    ledger: KafkaLedger, location: Location, producer: KafkaProducer, tmp_path: Path
) -> None:
    chain = Chain(ticket(1), ledger.desk)
    first = chain.next()
    ledger.append([first])
    lane = lane_of(chain.stream, LANES)
    key = chain.stream.encode()
    forged = [
        (b"\xff\x00", b"not JSON"),
        (None, b"{}"),
        (key, None),
        (key, b""),
        (b"", first.value),
        (key, commit(chain.stream, 7, commit_hash(first.value), desk=ledger.desk)),
        (key, commit(chain.stream, 2, desk=ledger.desk)),
        (key, commit(chain.stream, desk=OTHER_DESK)),
        (key, first.value),
        (ticket(2).encode(), commit(ticket(2), desk=ledger.desk)),
        (control_key(lane), genesis_record(OTHER_DESK, lane, LANES)[1]),
        (control_key(lane + 1), genesis_record(ledger.desk, lane + 1, LANES)[1]),
    ]
    for foreign_key, value in forged:
        send(producer, location, lane, foreign_key, value)
    assert ledger.append([chain.next()])[0].effective
    verdicts = [record.verdict for record in ledger.read(lane, 2, 100)]
    assert all(verdict.startswith("void:") for verdict in verdicts[:-1])
    assert len(verdicts) == len(forged) + 1
    with node(location, tmp_path / "other") as other:
        assert other.progress() == ledger.progress()


@pytest.mark.parametrize("commits", [True, False])
def test_records_of_transactions_count_whether_or_not_they_were_committed(
    ledger: KafkaLedger, location: Location, broker: Cluster, tmp_path: Path, *, commits: bool
) -> None:
    chain = Chain(ticket(1), ledger.desk)
    lane = lane_of(chain.stream, LANES)
    writer = KafkaProducer(
        bootstrap_servers=broker.bootstrap,
        transactional_id=str(uuid.uuid4()),
        metrics_enabled=False,
    )
    writer.init_transactions()
    writer.begin_transaction()
    draft = chain.next()
    writer.send(location.ledger.name, draft.value, chain.stream.encode(), partition=lane).get(60)
    if commits:
        writer.commit_transaction()
    else:
        writer.abort_transaction()
    writer.close(timeout=60)
    # The end of a transaction is a place without a record: it is passed, and no writer waits.
    wait_until(ledger.refresh)
    assert ledger.append([chain.next()])[0].effective
    assert len(ledger.history(chain.stream)) == 2
    with node(location, tmp_path / "other") as other:
        assert other.progress() == ledger.progress()


def test_rules_of_newer_software_stop_their_lane_alone(
    ledger: KafkaLedger, location: Location, producer: KafkaProducer
) -> None:
    chain = Chain(ticket(1), ledger.desk)
    lane = lane_of(chain.stream, LANES)
    rules = b'{"format":1,"control":"rules","desk":"%b","lane":%d,"rules":2}' % (
        ledger.desk.encode(),
        lane,
    )
    send(producer, location, lane, control_key(lane), rules)
    wait_until(lambda: stopped(ledger) == [lane])
    with pytest.raises(NewerVersion):
        ledger.append([chain.next()])


def test_a_lane_of_another_desk_in_the_topic_is_not_read(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    location = new_log(broker, desk_name)
    other = location.model_copy(update={"desk": uuid.UUID(OTHER_DESK)})
    with node(other, tmp_path / "node") as ledger:
        assert len(stopped(ledger)) == LANES
        assert [progress.records for progress in ledger.progress()] == [0] * LANES


def send(
    producer: KafkaProducer, location: Location, lane: int, key: bytes | None, value: bytes | None
) -> None:
    producer.send(location.ledger.name, value, key, partition=lane).get(60)


def append_to_replica(directory: Path, location: Location, lane: int, draft: Draft) -> None:
    """Lets a replica have read one more record than the log has."""
    replica = Replica.open(directory, location)
    tip = replica.tip(lane)
    assert tip is not None
    record = Record(tip.offset + 1, tip.timestamp, draft.stream.encode(), draft.value)
    replica.add({lane: [record]})
    replica.close()
