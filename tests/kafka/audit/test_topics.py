"""A desk proved straight from its topic on real brokers, with nothing of the desk at hand."""

from pathlib import Path
from unittest.mock import patch

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.control import BYTES_MAX, genesis_record
from deskledger.eventlog.errors import ForeignFile, LedgerDamaged, Unavailable
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.progress import Checkpoint
from deskledger.replay import log_chains
from deskledger.replay.chain_report import Difference
from deskledger.replay.log_chains import verify_log
from deskledger.replay.topic_lane import topic_lanes
from tests.eventlog.build import OTHER_DESK, commit, ticket
from tests.kafka.audit.topic import LANES, DeskTopic, Raw
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import settings_of
from tests.kafka.ports import Ports
from tests.kafka.segments import cut, segments
from tests.kafka.topics import Topics

OWN = lane_of(ticket(1), LANES)


@pytest.fixture
def topic(broker: Cluster, desk_name: str) -> DeskTopic:
    return DeskTopic(broker, desk_name)


def garbage(topic: DeskTopic) -> list[Raw]:
    """What a foreign producer may leave in every lane."""
    first = topic.chains[0]
    key = first.stream.encode()
    stale = commit(first.stream, first.version, first.hash, desk=topic.desk)
    each: list[tuple[bytes | None, bytes | None]] = [
        (None, b"{}"),
        (key, None),
        (b"\xff\x00", b"\xff"),
        (key, b'{"format":1,"format":1}'),
        (key, bytes(BYTES_MAX + 1)),
        (key, stale),
        (ticket(99).encode(), commit(ticket(99), desk=OTHER_DESK)),
        genesis_record(OTHER_DESK, OWN, LANES),
    ]
    return [(lane, *record) for lane in range(LANES) for record in each]


def test_a_topic_proves_what_the_replica_of_a_node_proves(topic: DeskTopic, tmp_path: Path) -> None:
    topic.append([*topic.commits(3), *garbage(topic), *topic.commits(2)])
    report, replayed = topic.verified(wanted=ticket(1)), topic.replayed(tmp_path / "n", ticket(1))
    assert report == replayed
    assert report.differences == ()
    assert report.effective == 20
    assert set(report.void) == {"malformed", "too_large", "conflict", "wrong_lane"}
    assert report.evidence is not None
    assert len(report.evidence.commits) == 5
    kept = Checkpoint(report.desk, report.lanes)
    assert topic.verified(kept).differences == ()


def test_records_of_transactions_count_and_their_ends_are_told_as_gaps(
    topic: DeskTopic, tmp_path: Path
) -> None:
    topic.append(topic.commits())
    topic.transact(topic.commits(), commit=False)
    topic.transact(topic.commits(), commit=True)
    report, replayed = topic.verified(), topic.replayed(tmp_path / "node")
    assert (report.effective, report.differences) == (12, ())
    assert (report.lanes, report.verdicts) == (replayed.lanes, replayed.verdicts)
    touched = {lane_of(chain.stream, LANES) for chain in topic.chains}
    assert report.gaps == 2 * len(touched)


def test_child_processes_find_what_one_process_finds(topic: DeskTopic) -> None:
    topic.append([*topic.commits(2), *garbage(topic)])
    alone = topic.verified()
    with patch.object(log_chains, "RECORDS_ALONE_MAX", 0):
        assert topic.verified(processes=2) == alone


def test_a_log_that_begins_later_is_a_finding(topic: DeskTopic) -> None:
    topic.append(topic.commits(2))
    Topics(topic.cluster).delete_before(topic.name, OWN, 2)
    assert topic.verified().differences == (Difference(OWN, 1, None, "start", 0, 2),)


def test_a_log_that_lost_its_end_is_found_against_a_checkpoint_and_only_then(
    topic: DeskTopic,
) -> None:
    topic.append(topic.commits(2))
    whole = topic.verified()
    records = whole.lanes[OWN].records
    topic.cluster.kill_all()
    cut(topic.cluster.nodes[1], topic.name, OWN, records - 1)
    topic.cluster.heal()
    _, left = Topics(topic.cluster).reach(topic.name, OWN)
    assert left < records
    assert topic.verified().differences == ()
    kept = Checkpoint(whole.desk, whole.lanes)
    lost = Difference(OWN, left + 1, None, "records", records, left)
    assert topic.verified(kept).differences == (lost,)


def test_a_topic_made_anew_is_found_against_a_checkpoint(
    topic: DeskTopic, broker: Cluster, desk_name: str
) -> None:
    topic.append(topic.commits())
    whole = topic.verified()
    kept = Checkpoint(whole.desk, whole.lanes)
    Topics(broker).delete(topic.name)
    Topics(broker).create(topic.name, LANES)
    with pytest.raises(ForeignFile, match="No lane of a desk"):
        topic.verified(kept)
    topic.append([(lane, *genesis_record(OTHER_DESK, lane, LANES)) for lane in range(LANES)])
    found = topic.verified(kept).differences
    assert found[0] == Difference(None, None, None, "desk", topic.desk, OTHER_DESK)
    assert {one.lane for one in found[1:]} == {0, 1, 2}
    assert desk_name in topic.name


def test_a_lane_that_another_desk_began_is_named(broker: Cluster, desk_name: str) -> None:
    Topics(broker).create(desk_name, LANES)
    topic = DeskTopic(broker, f"{desk_name}-own")
    topic.name = desk_name
    desks = [topic.desk, topic.desk, OTHER_DESK]
    topic.append([(2, b"lane/2", b"no genesis"), (2, b"key", None)])
    topic.append([(lane, *genesis_record(desk, lane, LANES)) for lane, desk in enumerate(desks)])
    (found,) = topic.verified().differences
    assert (found.lane, found.record, found.stream, found.what) == (2, 3, "lane/2", "desk")


def test_a_lane_without_a_genesis_is_named(broker: Cluster, desk_name: str) -> None:
    Topics(broker).create(desk_name, LANES)
    topic = DeskTopic(broker, f"{desk_name}-own")
    topic.name = desk_name
    topic.append([(lane, *genesis_record(topic.desk, lane, LANES)) for lane in (0, 2)])
    topic.append([(1, b"lane/1", b"garbage")])
    expected = Difference(1, 1, "lane/1", "records", "a genesis", 1)
    assert topic.verified().differences == (expected,)


def test_partitions_beyond_the_lanes_are_passed_over_while_they_are_empty(
    broker: Cluster, desk_name: str
) -> None:
    Topics(broker).create(desk_name, LANES + 1)
    topic = DeskTopic(broker, f"{desk_name}-own")
    topic.name = desk_name
    topic.append([(lane, *genesis_record(topic.desk, lane, LANES)) for lane in range(LANES)])
    report = topic.verified()
    assert (report.differences, len(report.lanes), report.count) == ((), LANES, LANES)
    topic.append([(LANES, b"key", b"value")])
    assert topic.verified().differences == (Difference(LANES, 1, None, "record", None, 1),)


def test_a_ticket_is_found_by_its_number_with_the_attempts_on_it(
    topic: DeskTopic, tmp_path: Path
) -> None:
    topic.append([*topic.commits(), *garbage(topic), *topic.commits()])
    replayed = topic.replayed(tmp_path / "node", wanted=ticket(1))
    assert replayed.evidence is not None
    evidence = topic.verified(wanted=replayed.evidence.number).evidence
    assert evidence == replayed.evidence
    assert evidence.void == {"malformed": 6, "too_large": 3, "conflict": 1, "wrong_lane": 2}
    assert {attempt.lane for attempt in evidence.attempts} == {0, 1, 2}


def test_what_is_appended_meanwhile_is_left_for_the_next_time(topic: DeskTopic) -> None:
    topic.append(topic.commits())
    lanes = topic_lanes(settings_of(topic.cluster.bootstrap), topic.name)
    topic.append(topic.commits())
    assert verify_log(lanes, processes=1).effective == 4
    assert topic.verified().effective == 8


def test_a_copy_that_is_damaged_on_the_disk_of_the_broker_says_so(topic: DeskTopic) -> None:
    topic.append(topic.commits(2))
    (node,) = topic.cluster.nodes.values()
    # Ended in order, the broker does not read its files again when it starts.
    node.shut_down()
    (segment,) = segments(node, topic.name, OWN)
    data = bytearray(segment.read_bytes())
    data[-20] ^= 1
    segment.write_bytes(data)
    topic.cluster.heal()
    with pytest.raises(LedgerDamaged, match=f"partition {OWN}"):
        topic.verified()


def test_a_ticket_in_a_lane_that_begins_later_does_not_hide_the_finding(
    topic: DeskTopic,
) -> None:
    topic.append(topic.commits(2))
    Topics(topic.cluster).delete_before(topic.name, OWN, 2)
    found = (Difference(OWN, 1, None, "start", 0, 2),)
    assert topic.verified(wanted=ticket(1)).differences == found
    assert topic.verified(wanted=OWN + 1).differences == found


def test_a_topic_that_is_not_there_is_bad_input(broker: Cluster, desk_name: str) -> None:
    with pytest.raises(InvalidInput, match=desk_name):
        topic_lanes(settings_of(broker.bootstrap), desk_name)


def test_brokers_that_are_not_there_are_waited_for_only_so_long() -> None:
    ports = Ports()
    settings = KafkaSettings((f"127.0.0.1:{ports.take()}",), connect_seconds=0.5)
    with pytest.raises(Unavailable):
        topic_lanes(settings, "desk.ledger")
    ports.release()


def test_brokers_that_freeze_are_waited_for_only_so_long(topic: DeskTopic) -> None:
    topic.append(topic.commits())
    lanes = topic_lanes(settings_of(topic.cluster.bootstrap), topic.name)
    topic.cluster.nodes[1].freeze()
    with pytest.raises(Unavailable):
        verify_log(lanes, processes=1)
