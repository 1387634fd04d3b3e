"""Feeds as any client of Kafka reads them, and what they must hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from deskledger.app.desk import Desk
from deskledger.consumers.publisher.allow_list import AllowList, shipped_allow_list
from deskledger.consumers.publisher.cloud_event import Attributes, read_attributes
from deskledger.consumers.publisher.content import Content, Published
from deskledger.consumers.publisher.feed_settings import FeedSettings, feed_topic
from deskledger.consumers.publisher.feed_topic import make_feed_topic
from deskledger.consumers.publisher.publisher import Publisher
from deskledger.eventlog.follower import FollowedLedger, Follower
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import settings_of
from tests.patience import PATIENCE_SECONDS

LANES = 12


def feed_settings(cluster: Cluster, name: str, **changed: Any) -> FeedSettings:
    """Settings for the feed of a desk of this name."""
    return FeedSettings(
        **{
            "kafka": settings_of(cluster.bootstrap),
            "topic": feed_topic(name),
            "allow_list": shipped_allow_list(),
            "send_seconds": float(PATIENCE_SECONDS),
            **changed,
        }
    )


def made_feed(cluster: Cluster, name: str, **changed: Any) -> FeedSettings:
    """Settings for a feed whose topic is made."""
    settings = feed_settings(cluster, name, **changed)
    make_feed_topic(settings, LANES, len(cluster.nodes))
    return settings


def feed_records(cluster: Cluster, topic: str) -> dict[int, list[Any]]:
    """All records of a feed by lane, in the order of the log."""
    consumer = KafkaConsumer(bootstrap_servers=cluster.bootstrap.split(","), group_id=None)
    places = [TopicPartition(topic, lane) for lane in range(LANES)]
    consumer.assign(places)
    ends = consumer.end_offsets(places)
    consumer.seek_to_beginning(*places)
    found: dict[int, list[Any]] = {lane: [] for lane in range(LANES)}
    while any(consumer.position(place) < ends[place] for place in places):
        for place, records in consumer.poll(timeout_ms=1_000).items():
            found[place.partition] += records
    consumer.close()
    return found


def place_of(record: Any) -> Attributes:
    """What a record of a feed says of its place."""
    stated = read_attributes(record.headers)
    assert stated is not None
    return stated


def handled(records: Sequence[Any]) -> list[Any]:
    """The records of a lane that a subscriber handles; none may be missing before any."""
    last, kept = 0, []
    for record in records:
        place = place_of(record)
        assert place.previous <= last, f"something is missing before {place.sequence}"
        if place.sequence > last:
            assert place.previous == last
            last = place.sequence
            kept.append(record)
    return kept


def to_publish(
    ledger: FollowedLedger, allow_list: AllowList | None = None
) -> dict[int, list[Published]]:
    """What a feed of this ledger must hold, by lane."""
    content = Content(allow_list or shipped_allow_list(), lambda _: {})
    found: dict[int, list[Published]] = {lane: [] for lane in range(LANES)}
    follower = Follower(ledger)
    while records := follower.batch():
        for record in records:
            found[record.lane] += content.read(record).published
    return found


def assert_complete(cluster: Cluster, settings: FeedSettings, ledger: FollowedLedger) -> None:
    """A subscriber of the feed sees every published event of the ledger once and in order."""
    wanted = to_publish(ledger, settings.allow_list)
    records = feed_records(cluster, settings.topic)
    for lane in range(LANES):
        seen = [(place_of(one).sequence, one.value) for one in handled(records[lane])]
        assert seen == [(event.sequence, event.data) for event in wanted[lane]], lane


def repetitions(records: Mapping[int, Sequence[Any]]) -> int:
    """How many records a subscriber passed over; heartbeats are among them."""
    return sum(len(each) - len(handled(each)) for each in records.values())


def publisher(desk: Desk, settings: Any, **more: Any) -> Publisher:
    """A publisher of an open desk."""
    return Publisher(desk.ledger, settings, desk.vault.data_keys, **more)
