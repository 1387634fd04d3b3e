"""Fetching: brokers are asked about all of their partitions, whatever a reader still holds.

Brokers may keep a question far longer than these tests wait, so that what is not asked at once is
never heard of.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from deskledger.eventlog.kafka.fetching import fetching_consumer
from tests.kafka.brokers import Cluster
from tests.patience import wait_until

LONG_MS = 1_000_000
POLL_MS = 100
# Shorter than the delivery may take; `flush` ends it.
LINGER_MS = 60_000

Send = Callable[[TopicPartition, list[bytes]], None]


@pytest.fixture
def places(broker: Cluster, desk_name: str) -> list[TopicPartition]:
    """Two partitions of one broker."""
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_topics([NewTopic(desk_name, 2, 1)])
    admin.close()
    return [TopicPartition(desk_name, number) for number in range(2)]


@pytest.fixture
def send(broker: Cluster) -> Iterator[Send]:
    """Sends some values as one batch, which comes whole."""
    producer = KafkaProducer(
        bootstrap_servers=broker.bootstrap, linger_ms=LINGER_MS, metrics_enabled=False
    )

    def sent(place: TopicPartition, values: list[bytes]) -> None:
        handed = [producer.send(place.topic, one, partition=place.partition) for one in values]
        producer.flush()
        assert all(one.succeeded() for one in handed)

    yield sent
    producer.close(timeout=60)


@pytest.fixture
def consumer(broker: Cluster, places: list[TopicPartition]) -> Iterator[Any]:
    """It takes one record at a time, so that it holds those that came with it."""
    options = {
        "bootstrap_servers": broker.bootstrap,
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "metrics_enabled": False,
        "max_poll_records": 1,
        "fetch_max_wait_ms": LONG_MS,
        "request_timeout_ms": LONG_MS + 1,
        "connections_max_idle_ms": LONG_MS + 2,
    }
    made = fetching_consumer(options)
    made.assign(places)
    for place in places:
        made.seek(place, 0)
    yield made
    made.close(autocommit=False, timeout_ms=0)


def reader(consumer: Any) -> Callable[[list[bytes]], None]:
    """Reads until exactly these values have come, in any order."""
    came: list[bytes] = []

    def read(values: list[bytes]) -> None:
        def all_there() -> bool:
            for some in consumer.poll(timeout_ms=POLL_MS).values():
                came.extend(record.value for record in some)
            return len(came) >= len(values)

        wait_until(all_there)
        assert sorted(came) == values
        came.clear()

    return read


@pytest.mark.parametrize("is_ahead", [True, False])
def test_a_partition_is_asked_about_although_records_of_it_were_held(
    consumer: Any, places: list[TopicPartition], send: Send, *, is_ahead: bool
) -> None:
    consumer._fetcher.is_ahead = is_ahead  # noqa: SLF001 - the client hides its fetcher
    read = reader(consumer)
    for values in ([b"1"], [b"2", b"3", b"4"], [b"5"]):
        send(places[0], values)
        read(values)


def test_brokers_are_asked_ahead_only_where_that_is_wanted(
    consumer: Any, places: list[TopicPartition], send: Send
) -> None:
    fetcher = consumer._fetcher  # noqa: SLF001 - as above
    for is_ahead in (False, True):
        fetcher.is_ahead = is_ahead
        send(places[0], [b"1"])
        wait_until(lambda: bool(consumer.poll(timeout_ms=POLL_MS, max_records=2)))
        if is_ahead:
            wait_until(fetcher.in_flight_fetches)
        else:
            assert not fetcher.in_flight_fetches()


def test_records_held_of_a_paused_partition_keep_nothing_from_the_others(
    consumer: Any, places: list[TopicPartition], send: Send
) -> None:
    paused, other = places
    read = reader(consumer)
    send(paused, [b"1"])
    read([b"1"])
    send(paused, [b"2", b"3", b"4"])
    wait_until(lambda: bool(consumer.poll(timeout_ms=POLL_MS)))
    consumer.pause(paused)
    send(other, [b"5"])
    read([b"5"])
