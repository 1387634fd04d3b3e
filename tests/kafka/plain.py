"""Clients that know nothing of desks: they write and read the records of one partition."""

from itertools import islice

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from tests.kafka.brokers import Cluster
from tests.patience import PATIENCE_SECONDS


def send(cluster: Cluster, topic: str, *values: bytes, partition: int = 0) -> None:
    """Appends records, each once the one before is acknowledged."""
    producer = KafkaProducer(bootstrap_servers=cluster.awake, acks="all", enable_idempotence=True)
    for value in values:
        producer.send(topic, value, partition=partition).get(60)
    producer.close()


def values(cluster: Cluster, topic: str, count: int) -> list[bytes]:
    """The first so many values of a topic's partition 0."""
    consumer = KafkaConsumer(
        bootstrap_servers=cluster.awake, group_id=None, consumer_timeout_ms=1_000 * PATIENCE_SECONDS
    )
    consumer.assign([TopicPartition(topic, 0)])
    consumer.seek_to_beginning()
    found = [record.value for record in islice(consumer, count)]
    consumer.close()
    return found


def refused(cluster: Cluster, topic: str, value: bytes) -> bool:
    """Whether the brokers did not acknowledge a record within two seconds."""
    producer = KafkaProducer(
        bootstrap_servers=cluster.awake,
        acks="all",
        request_timeout_ms=1_000,
        delivery_timeout_ms=2_000,
    )
    try:
        producer.send(topic, value, partition=0).get(60)
    except KafkaError:
        return True
    finally:
        producer.close(timeout=0)
    return False
