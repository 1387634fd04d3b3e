"""What a publisher writes to a real broker, and where it goes on."""

import threading
from pathlib import Path
from typing import Any

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from kafka import KafkaProducer

from deskledger.app.desk import Desk
from deskledger.consumers.processes.lease import FileLease
from deskledger.consumers.publisher.allow_list import read_allow_list
from deskledger.consumers.publisher.feed_reader import FeedReader
from deskledger.consumers.publisher.heartbeat import TYPE, read_heartbeat
from deskledger.consumers.publisher.publisher import Publisher
from deskledger.eventlog.prefix import Prefix
from tests.kafka.brokers import Cluster
from tests.kafka.feed.reading import (
    LANES,
    assert_complete,
    feed_records,
    feed_settings,
    handled,
    made_feed,
    place_of,
    publisher,
    repetitions,
    to_publish,
)
from tests.kafka.topics import wait_until
from tests.projections.desks import work

ONLY_OPENED = 'format = 1\n[ticket.TicketOpened.v1]\nfields = ["kind"]\n'


def test_every_published_event_stands_in_its_lane_once_and_in_order(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(broker, desk_name)
    counts = publisher(desk, settings)
    counts.catch_up()
    assert_complete(broker, settings, desk.ledger)
    wanted = sum(map(len, to_publish(desk.ledger).values()))
    assert sum(count.published for count in counts.counts.values()) == wanted
    told = sum(reached.sequence for reached in desk.ledger.progress())
    assert sum(count.withheld for count in counts.counts.values()) == told - wanted


def test_the_sdk_of_cloudevents_reads_every_record(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(broker, desk_name)
    publisher(desk, settings).catch_up()
    records = feed_records(broker, settings.topic)
    for lane in range(LANES):
        for record in handled(records[lane]):
            message = KafkaMessage(dict(record.headers), record.key, record.value)
            event = from_binary(message, JSONFormat())
            body: Any = event.get_data()
            assert event.get_source() == f"/desks/{desk.ledger.desk}/lanes/{lane}"
            assert event.get_id() == event.get_extension("sequence")
            assert event.get_subject() == body["stream"] == record.key.decode()
            assert event.get_type() == f"deskledger.ticket.{body['type']}.v{body['v']}"
            schema = f"urn:deskledger:feed:ticket.{body['type']}.v{body['v']}"
            assert event.get_dataschema() == schema
            assert "$p" not in record.value.decode()


def test_a_second_publisher_goes_on_behind_the_first(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(broker, desk_name, heartbeat_seconds=3600)
    publisher(desk, settings).catch_up()
    before = feed_records(broker, settings.topic)
    work(desk, 5, begun=20)
    publisher(desk, settings).catch_up()
    assert_complete(broker, settings, desk.ledger)
    after = feed_records(broker, settings.topic)
    beats = {lane: [place_of(r).type for r in each].count(TYPE) for lane, each in after.items()}
    assert repetitions(after) == sum(beats.values())
    assert all(after[lane][: len(before[lane])] == before[lane] for lane in range(LANES))


def test_only_the_lanes_of_the_lease_are_published(
    broker: Cluster, desk_name: str, desk: Desk, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    with FileLease(tmp_path, "publisher", {1, 5, 9}) as lease:
        publisher(desk, settings, lease=lease).catch_up()
    records = feed_records(broker, settings.topic)
    assert {lane for lane, each in records.items() if each} == {1, 5, 9}
    wanted = to_publish(desk.ledger)
    for lane in (1, 5, 9):
        seen = [place_of(one).sequence for one in handled(records[lane])]
        assert seen == [event.sequence for event in wanted[lane]]


def test_a_publisher_without_lanes_waits_until_it_is_given_some(
    broker: Cluster, desk_name: str, desk: Desk, tmp_path: Path
) -> None:
    settings = made_feed(broker, desk_name)
    stop = threading.Event()
    held = FileLease(tmp_path, "publisher", range(LANES))
    assert held.lanes()
    with FileLease(tmp_path, "publisher", range(LANES)) as wanted:
        waiting = publisher(desk, settings, lease=wanted)
        running = threading.Thread(target=waiting.run, args=(stop,))
        running.start()
        publisher(desk, settings, lease=held).catch_up()
        assert not waiting.lanes
        held.close()
        work(desk, 2, begun=20)
        wait_until(lambda: bool(waiting.lanes) and waiting.behind() == 0)
        stop.set()
        running.join()
    assert_complete(broker, settings, desk.ledger)


def test_a_silent_lane_gets_heartbeats_that_prove_how_far_it_was_looked_through(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(broker, desk_name, heartbeat_seconds=0.2)
    stop = threading.Event()
    running = threading.Thread(target=publisher(desk, settings).run, args=(stop,))
    running.start()

    def beats() -> dict[int, list[Any]]:
        found = feed_records(broker, settings.topic)
        return {
            lane: [record for record in records if place_of(record).type == TYPE]
            for lane, records in found.items()
        }

    wait_until(lambda: min(map(len, beats().values())) >= 2)
    stop.set()
    running.join()
    assert_complete(broker, settings, desk.ledger)
    wanted, latest = to_publish(desk.ledger), beats()
    for reached in desk.ledger.progress():
        record = latest[reached.lane][-1]
        beat = read_heartbeat(record.value)
        assert beat is not None
        assert beat.progress == reached
        assert place_of(record).sequence == place_of(record).previous
        assert place_of(record).sequence == max(
            (event.sequence for event in wanted[reached.lane]), default=0
        )


def test_a_publisher_goes_on_behind_what_a_heartbeat_says_was_looked_through(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    nothing = read_allow_list("format = 1")
    settings = made_feed(broker, desk_name, heartbeat_seconds=1e-9, allow_list=nothing)
    assert publisher(desk, settings).catch_up() == sum(
        reached.records for reached in desk.ledger.progress()
    )
    assert publisher(desk, settings).catch_up() == 0


def test_another_allow_list_holds_for_what_is_recorded_from_then_on(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    narrow = made_feed(
        broker, desk_name, allow_list=read_allow_list(ONLY_OPENED), heartbeat_seconds=1e-9
    )
    publisher(desk, narrow).catch_up()
    work(desk, 5, begun=20)
    publisher(desk, feed_settings(broker, desk_name)).catch_up()
    records = feed_records(broker, narrow.topic)
    types = [place_of(r).type for each in records.values() for r in handled(each)]
    assert types.count("deskledger.ticket.TicketOpened.v1") == 25
    assert types.count("deskledger.ticket.ReplySent.v1") == 5


def test_a_replica_that_is_behind_the_feed_publishes_nothing_until_it_is_not(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(broker, desk_name, heartbeat_seconds=3600)
    behind = Prefix(desk.ledger, desk.ledger.progress())
    work(desk, 5, begun=20)
    publisher(desk, settings).catch_up()
    before = feed_records(broker, settings.topic)
    late = Publisher(behind, settings, desk.vault.data_keys)
    late.catch_up()
    new = {
        lane: records[len(before[lane]) :]
        for lane, records in feed_records(broker, settings.topic).items()
    }
    ends = {reached.lane: reached.sequence for reached in behind.progress()}
    for lane, records in new.items():
        assert all(place_of(record).type == TYPE for record in records)
        latest = max((place_of(record).sequence for record in before[lane]), default=0)
        assert not records or latest <= ends[lane]


def test_records_of_somebody_else_in_the_topic_are_passed_over(
    broker: Cluster, desk_name: str, desk: Desk
) -> None:
    settings = made_feed(broker, desk_name, heartbeat_seconds=3600)
    publisher(desk, settings).catch_up()
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap.split(","))
    for number in range(200):
        producer.send(settings.topic, b"noise", partition=number % 2)
    producer.close()
    with FeedReader(settings, desk.ledger.desk) as reader:
        ends = reader.ends(range(LANES))
    wanted = to_publish(desk.ledger)
    for lane in range(LANES):
        assert ends[lane].published == max((one.sequence for one in wanted[lane]), default=0)
