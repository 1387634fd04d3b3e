"""Events per second that a publisher puts into a feed, beside a bare loop of the same bytes.

One broker on the same machine. The publisher reads the ledger, cuts each event by the allow-list,
checks it, and has every batch acknowledged before the next; the bare loop hands the same keys,
values and headers to a producer of kafka-python and flushes once. Rounds alternate.
"""

import sys
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

from brokers import brokers, settings_of
from generate import generated_desk
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from report import peak_mebibytes, print_machine, print_table, scratch

from deskledger.app.desk import Desk
from deskledger.consumers.publisher.allow_list import shipped_allow_list
from deskledger.consumers.publisher.cloud_event import FeedRecord
from deskledger.consumers.publisher.feed_settings import FeedSettings, feed_topic
from deskledger.consumers.publisher.feed_topic import make_feed_topic
from deskledger.consumers.publisher.publisher import Publisher
from tests.kafka.brokers import Cluster

TICKETS = 10_000
ROUNDS = 3


class Round(NamedTuple):
    """One way of publishing once: events, seconds on the clock, and of processor time."""

    events: int
    seconds: float
    processor: float


def main() -> None:
    """Publish the generated desk both ways, in turns, and print the rates."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    directory = generated_desk(tickets)
    print_machine()
    with scratch() as place, Desk.open(directory) as desk, brokers(place) as cluster:
        published, bare = _rounds(cluster, desk)
    rows = [("publisher", *_rates(published)), ("bare loop", *_rates(bare))]
    ratios = [each / other for each, other in zip(_rates(published), _rates(bare), strict=True)]
    print_table(
        f"{published[0].events:,} events of {tickets:,} tickets, medians of {ROUNDS}; peak"
        f" {peak_mebibytes():,.0f} MiB, which holds all records for the bare loop",
        ("", "events/s", "events per second of processor time"),
        [*rows, ("ratio", *ratios)],
    )


def _rounds(cluster: Cluster, desk: Desk) -> tuple[list[Round], list[Round]]:
    lanes = desk.ledger.lanes
    published, bare = [], []
    for number in range(ROUNDS):
        settings = _feed(cluster, f"published-{number}", lanes)
        publisher = Publisher(desk.ledger, settings, desk.vault.data_keys)
        spent = _spent(publisher.catch_up)
        events = sum(count.published for count in publisher.counts.values())
        published.append(Round(events, *spent))
        records = _records(cluster, settings.topic, lanes)[:events]
        topic = _feed(cluster, f"bare-{number}", lanes).topic
        spent = _spent(lambda: _bare(cluster, topic, records))  # noqa: B023 - called at once
        bare.append(Round(len(records), *spent))
    return published, bare


def _feed(cluster: Cluster, name: str, lanes: int) -> FeedSettings:
    settings = FeedSettings(
        settings_of(cluster), feed_topic(name), shipped_allow_list(), heartbeat_seconds=3600
    )
    make_feed_topic(settings, lanes, 1)
    return settings


def _records(cluster: Cluster, topic: str, lanes: int) -> list[FeedRecord]:
    """What a feed holds, lane by lane in turns, as a publisher comes upon it."""
    consumer = KafkaConsumer(bootstrap_servers=cluster.bootstrap, group_id=None)
    places = [TopicPartition(topic, lane) for lane in range(lanes)]
    consumer.assign(places)
    ends = consumer.end_offsets(places)
    consumer.seek_to_beginning(*places)
    found: list[Any] = []
    while any(consumer.position(place) < ends[place] for place in places):
        for records in consumer.poll(timeout_ms=1_000).values():
            found += records
    consumer.close()
    found.sort(key=lambda record: record.offset)
    return [FeedRecord(r.partition, 0, r.key, r.value, r.headers) for r in found]


def _bare(cluster: Cluster, topic: str, records: Sequence[FeedRecord]) -> None:
    producer = KafkaProducer(
        bootstrap_servers=cluster.bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="gzip",
        linger_ms=5,
        batch_size=256 << 10,
        metrics_enabled=False,
    )
    for lane, _, key, value, headers in records:
        producer.send(topic, key=key, value=value, headers=headers, partition=lane)
    producer.flush(60)
    producer.close(5)


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def _rates(rounds: Sequence[Round]) -> tuple[float, float]:
    return (
        median(one.events / one.seconds for one in rounds),
        median(one.events / one.processor for one in rounds),
    )


if __name__ == "__main__":
    main()
