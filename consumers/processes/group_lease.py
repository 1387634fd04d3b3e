"""The lease of a process on Kafka: the brokers share the lanes among the nodes of a group."""

import time
from typing import Any, Self

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from deskledger.eventlog.kafka.clients import connected
from deskledger.eventlog.kafka.settings import KafkaSettings, client_options

SESSION_MS = 6_000
HEARTBEAT_MS = 1_000
# How often a member shows that it still works, and how long brokers wait for that.
POLL_SECONDS = 0.5
POLL_MS = 100
POLL_MS_MAX = 60_000
RETRY_SECONDS = 2.0


class GroupLease:
    """The lanes that the consumer group `<desk>.<process>` has given this node.

    Nothing is fetched by it: the node's own replica is read. Where no broker is reached the lanes
    last held are kept: what two nodes do at once, ids of commands keep right.
    """

    def __init__(self, settings: KafkaSettings, topic: str, group: str) -> None:
        """`topic` is the ledger's, whose partitions are the lanes."""
        self._options = {
            **client_options(settings),
            "group_id": group,
            "enable_auto_commit": False,
            "auto_offset_reset": "latest",
            "allow_auto_create_topics": False,
            "metrics_enabled": False,
            "session_timeout_ms": SESSION_MS,
            "heartbeat_interval_ms": HEARTBEAT_MS,
            "max_poll_interval_ms": POLL_MS_MAX,
        }
        self._topic = topic
        self._consumer: Any = None
        self._lanes: frozenset[int] = frozenset()
        self._next_at = 0.0

    def lanes(self) -> frozenset[int]:
        """The lanes given to this node by now."""
        now = time.monotonic()
        if now >= self._next_at:
            self._next_at = now + POLL_SECONDS
            try:
                self._ask()
            except (KafkaError, OSError):
                self._drop()
                self._next_at = now + RETRY_SECONDS
        return self._lanes

    def close(self) -> None:
        """Lets other nodes have the lanes at once."""
        self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self) -> None:
        if self._consumer is None:
            consumer = connected(KafkaConsumer, self._options)
            consumer.subscribe([self._topic], listener=_Pausing(consumer))
            self._consumer = consumer
        self._consumer.poll(timeout_ms=POLL_MS)
        self._lanes = frozenset(one.partition for one in self._consumer.assignment())

    def _drop(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=1_000)


class _Pausing(ConsumerRebalanceListener):  # type: ignore[misc]
    """Keeps a group's member from fetching what it is given."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing is to be done: the next look finds them gone."""

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """They stay where they are."""
        self._consumer.pause(*assigned)
