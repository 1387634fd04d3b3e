"""The topics of a cluster: who leads them, how far they reach, and what may befall them."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import NamedTuple, TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import KafkaError, TopicAlreadyExistsError, UnknownTopicOrPartitionError

from tests.kafka.brokers import Cluster
from tests.patience import PATIENCE_SECONDS

# A question may go to a frozen broker, and is asked again; a change is asked for once.
ANSWER_MS = 5_000
CHANGE_MS = 60_000

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

    def admin(self, request_ms: int = ANSWER_MS) -> KafkaAdminClient:
        """A connected client, to be closed by the caller."""
        return KafkaAdminClient(
            bootstrap_servers=self._cluster.awake,
            request_timeout_ms=request_ms,
            reconnect_backoff_max_ms=500,
            bootstrap_timeout_ms=CHANGE_MS,
        )

    def create(
        self, topic: str, partitions: int = 1, settings: Mapping[str, str] | None = None
    ) -> None:
        """Makes a topic with the cluster's own replication factor, and waits for its leaders."""
        options = {"num_partitions": partitions, "configs": dict(settings or {})}
        with self.admin(CHANGE_MS) as admin:
            wait_done(lambda: admin.create_topics({topic: options}), TopicAlreadyExistsError)
            admin.wait_for_topics([topic], timeout_ms=PATIENCE_SECONDS * 1000)

    def delete(self, topic: str) -> None:
        """Deletes a topic and waits until no broker knows it."""
        with self.admin(CHANGE_MS) as admin:
            wait_done(lambda: admin.delete_topics([topic]), UnknownTopicOrPartitionError)
            wait_until(lambda: topic not in admin.list_topics())

    def configure(self, topic: str, **settings: str) -> None:
        """Sets settings of a topic, and waits until they hold; underscores stand for dots."""
        dotted = {name.replace("_", "."): value for name, value in settings.items()}
        wanted = ConfigResource(ConfigResourceType.TOPIC, topic, dotted)

        def holds(admin: KafkaAdminClient) -> bool:
            # A broker that does not know the topic yet knows none of its settings either, and any
            # takes up a changed setting a moment after it has accepted it.
            admin.alter_configs([wanted], raise_on_unknown=False)
            return self._settings(admin, topic).items() >= dotted.items()

        with self.admin(CHANGE_MS) as admin:
            wait_until(lambda: holds(admin))

    def delete_before(self, topic: str, partition: int, offset: int) -> None:
        """Lets the log of a partition begin at this offset."""
        with self.admin(CHANGE_MS) as admin:
            admin.delete_records({TopicPartition(topic, partition): offset})

    def partition(self, topic: str, number: int = 0) -> Partition:
        """Leader and in-sync brokers of a partition."""
        with self.admin() as admin:
            (told,) = admin.describe_topics([topic])
        for each in told["partitions"]:
            if each["partition_index"] == number:
                return Partition(each["leader_id"], frozenset(each["isr_nodes"]))
        # The broker that was asked does not know the topic yet.
        return Partition(-1, frozenset())

    def leader(self, topic: str, number: int = 0) -> int:
        """The number of the broker that leads a partition; waits while there is none."""
        return wait_until(lambda: max(self.partition(topic, number).leader, 0))

    def wait_in_sync(self, topic: str, number: int, replicas: int) -> None:
        """Waits until exactly so many brokers hold all of a partition."""
        wait_until(lambda: len(self.partition(topic, number).in_sync) == replicas)

    def reach(self, topic: str, number: int = 0) -> tuple[int, int]:
        """The offsets of a partition's first record and of the one to come."""
        place = TopicPartition(topic, number)

        def offsets() -> tuple[int, int]:
            with self.admin() as admin:
                first = admin.list_partition_offsets({place: OffsetSpec.EARLIEST})
                end = admin.list_partition_offsets({place: OffsetSpec.LATEST})
            return first[place].offset, end[place].offset

        # A broker may not know the topic yet, nor a leader that was elected just now its end.
        return wait_until(offsets)

    @staticmethod
    def _settings(admin: KafkaAdminClient, topic: str) -> dict[str, str]:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        told = admin.describe_configs([resource], config_filter="all")["topic"].get(topic, {})
        return {name: str(setting["value"]) for name, setting in told.items()}


def wait_done(change: Callable[[], object], done: type[KafkaError]) -> None:
    """Asks for a change until it is made; `done` says that it was made by asking before."""

    def made() -> bool:
        with suppress(done):
            change()
        return True

    wait_until(made)


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
