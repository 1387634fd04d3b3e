"""The topics of a cluster: who leads them, how far they reach, and what may befall them."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple, TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import KafkaError, OffsetNotAvailableError

from tests.kafka.brokers import Cluster
from tests.patience import PATIENCE_SECONDS

Told = TypeVar("Told")


class Partition(NamedTuple):
    """What the cluster says of a partition.

    Attributes:
        leader: the leading broker's number, -1 while there is none.
        in_sync: the brokers that hold all of it and live.
    """

    leader: int
    in_sync: frozenset[int]


class Topics:
    """Asks and changes the topics of a cluster.

    Every call connects anew and begins at the brokers that run: a client that happens to begin at
    a frozen one waits for its whole timeout.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def admin(self) -> KafkaAdminClient:
        """A connected client, to be closed by the caller."""
        return KafkaAdminClient(
            bootstrap_servers=self._cluster.awake,
            request_timeout_ms=5_000,
            reconnect_backoff_max_ms=500,
            bootstrap_timeout_ms=5_000,
        )

    def create(
        self, topic: str, partitions: int = 1, settings: Mapping[str, str] | None = None
    ) -> None:
        """Makes a topic with the cluster's own replication factor, and waits for its leaders."""
        options = {"num_partitions": partitions, "configs": dict(settings or {})}
        with self.admin() as admin:
            admin.create_topics({topic: options}, wait_for_metadata=True)

    def delete(self, topic: str) -> None:
        """Deletes a topic and waits until no broker knows it."""
        with self.admin() as admin:
            admin.delete_topics([topic])
            wait_until(lambda: topic not in admin.list_topics())

    def configure(self, topic: str, **settings: str) -> None:
        """Sets settings of a topic; underscores stand for dots."""
        dotted = {name.replace("_", "."): value for name, value in settings.items()}
        with self.admin() as admin:
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, dotted)])

    def delete_before(self, topic: str, partition: int, offset: int) -> None:
        """Lets the log of a partition begin at this offset."""
        with self.admin() as admin:
            admin.delete_records({TopicPartition(topic, partition): offset})

    def partition(self, topic: str, number: int = 0) -> Partition:
        """Leader and in-sync brokers of a partition."""
        with self.admin() as admin:
            (told,) = admin.describe_topics([topic])
        found = next(each for each in told["partitions"] if each["partition_index"] == number)
        return Partition(found["leader_id"], frozenset(found["isr_nodes"]))

    def leader(self, topic: str, number: int = 0) -> int:
        """The number of the broker that leads a partition; waits while there is none."""
        return wait_until(lambda: max(self.partition(topic, number).leader, 0))

    def wait_in_sync(self, topic: str, number: int, replicas: int) -> None:
        """Waits until exactly so many brokers hold all of a partition."""
        wait_until(lambda: len(self.partition(topic, number).in_sync) == replicas)

    def reach(self, topic: str, number: int = 0) -> tuple[int, int]:
        """The offsets of a partition's first record and of the one to come."""
        with self.admin() as admin:
            first = self._offset(admin, topic, number, OffsetSpec.EARLIEST)
            return first, self._offset(admin, topic, number, OffsetSpec.LATEST)

    @staticmethod
    def _offset(admin: KafkaAdminClient, topic: str, number: int, spec: OffsetSpec) -> int:
        place = TopicPartition(topic, number)
        for _ in range(100):
            # A leader that was elected just now does not know its end yet.
            with suppress(OffsetNotAvailableError):
                offset: int = admin.list_partition_offsets({place: spec})[place].offset
                return offset
            time.sleep(0.1)
        raise TimeoutError(f"nobody knows where {topic} {number} ends")


def wait_until(holds: Callable[[], Told], seconds: float = PATIENCE_SECONDS) -> Told:
    """Waits until something holds and returns it; a broker that cannot be asked means not yet.

    Raises:
        TimeoutError: it did not come to hold in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(KafkaError):
            if told := holds():
                return told
        time.sleep(0.05)
    raise TimeoutError(f"waited {seconds:g} s in vain")
