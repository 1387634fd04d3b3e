"""After a log has lost what a node had acknowledged: it is found, and what fits is saved."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.ledger import KafkaLedger, utc_now
from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.losses import find_losses
from deskledger.eventlog.kafka.recovery import adopt, append_again
from deskledger.eventlog.kafka.topics import LEDGER_SETTINGS, VAULT_SETTINGS
from deskledger.eventlog.names import lane_of
from tests.eventlog.build import Chain, ticket
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import LANES, PATIENT, new_desk, new_log, node
from tests.kafka.ledger.test_guard import append_to_replica
from tests.kafka.ledger.test_move import open_ticket, texts
from tests.kafka.topics import Topics

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def location(broker: Cluster, desk_name: str) -> Location:
    return new_log(broker, desk_name)


def test_a_log_that_has_all_has_lost_nothing(location: Location, tmp_path: Path) -> None:
    with node(location, tmp_path / "node") as ledger:
        ledger.append([Chain(ticket(n), ledger.desk).next() for n in range(20)])
    losses = find_losses(tmp_path / "node", PATIENT)
    assert not any(loss.is_changed or loss.lost for loss in losses)


def test_acknowledged_commits_at_the_end_are_found_and_appended_again(
    location: Location, tmp_path: Path
) -> None:
    directory = tmp_path / "node"
    chain = Chain(ticket(1), str(location.desk))
    lane = lane_of(chain.stream, LANES)
    with node(location, directory) as ledger:
        ledger.append([chain.next()])
    lost = chain.next()
    append_to_replica(directory, location, lane, lost)
    losses = find_losses(directory, PATIENT)
    assert [loss.lane for loss in losses if loss.is_changed] == [lane]
    assert [record.value for record in losses[lane].lost] == [lost.value]

    aside = adopt(directory, PATIENT, losses, NOW)
    assert aside.exists()
    saved = append_again(directory, PATIENT, losses, utc_now)
    assert [one.verdict for one in saved] == ["effective"]
    with node(location, directory) as ledger:
        assert [record.value for record in ledger.history(chain.stream)][1] == lost.value
        assert ledger.append([chain.next()])[0].effective


def test_a_commit_that_others_have_overtaken_does_not_fit_any_more(
    location: Location, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    chain = Chain(ticket(1), str(location.desk))
    lane = lane_of(chain.stream, LANES)
    with node(location, here) as ledger:
        ledger.append([chain.next()])
    rival = Chain(ticket(1), str(location.desk))
    rival.version, rival.hash = chain.version, chain.hash
    append_to_replica(here, location, lane, chain.next())
    with node(location, there) as other:
        assert other.append([rival.next()])[0].effective
    losses = find_losses(here, PATIENT)
    adopt(here, PATIENT, losses, NOW)
    saved = append_again(here, PATIENT, losses, utc_now)
    assert [one.verdict for one in saved] == ["void:conflict"]


def test_topics_made_anew_get_every_commit_and_key_back(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    directory = tmp_path / "desk"
    with new_desk(broker, directory, desk_name) as desk:
        for number in range(5):
            open_ticket(desk, f"Message {number}")
        said, progress = texts(desk), desk.ledger.progress()
        assert isinstance(desk.ledger, KafkaLedger)
        location = desk.ledger.location
    topics = Topics(broker)
    for topic, partitions, settings in (
        (location.ledger.name, LANES, LEDGER_SETTINGS),
        (location.vault.name, 1, VAULT_SETTINGS),
    ):
        topics.delete(topic)
        topics.create(topic, partitions, {**settings, "min.insync.replicas": "1"})
    losses = find_losses(directory, PATIENT)
    assert sum(loss.kept for loss in losses) == sum(lane.records for lane in progress)
    adopt(directory, PATIENT, losses, NOW)
    saved = append_again(directory, PATIENT, losses, utc_now)
    assert {one.verdict for one in saved} == {"control", "effective"}
    with Desk.open(directory, kafka=PATIENT) as desk:
        assert desk.ledger.progress() == progress
        assert texts(desk) == said
        open_ticket(desk, "After the recovery")


def test_a_log_without_its_beginning_cannot_be_adopted(
    location: Location, broker: Cluster, tmp_path: Path
) -> None:
    chain = Chain(ticket(1), str(location.desk))
    lane = lane_of(chain.stream, LANES)
    with node(location, tmp_path / "node") as ledger:
        ledger.append([chain.next() for _ in range(3)])
    Topics(broker).delete_before(location.ledger.name, lane, 2)
    losses = find_losses(tmp_path / "node", PATIENT)
    assert [loss.lane for loss in losses if loss.is_headless] == [lane]
    with pytest.raises(InvalidInput, match="lost their beginning"):
        adopt(tmp_path / "node", PATIENT, losses, NOW)
    assert (tmp_path / "node" / "replica.sqlite").exists()


def test_a_node_without_a_replica_has_nothing_to_compare(
    location: Location, tmp_path: Path
) -> None:
    location.write(tmp_path)
    with pytest.raises(InvalidInput, match="no replica"):
        find_losses(tmp_path, PATIENT)


def test_a_replica_of_another_topic_is_not_read_on_before_somebody_decides(
    location: Location, broker: Cluster, tmp_path: Path
) -> None:
    node(location, tmp_path / "node").close()
    Topics(broker).delete(location.ledger.name)
    Topics(broker).create(location.ledger.name, LANES)
    with node(location, tmp_path / "node") as ledger, pytest.raises(LogChanged):
        ledger.append([Chain(ticket(1), ledger.desk).next()])
