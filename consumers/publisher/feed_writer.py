"""Sending: one batch for each lane at a time, so that nothing is written behind something lost."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError

from deskledger.consumers.publisher.cloud_event import FeedRecord
from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.clients import connected, drop, reached, unavailable
from deskledger.eventlog.kafka.settings import client_options, contact_ms
from deskledger.eventlog.kafka.topics import MESSAGE_BYTES_MAX

_DAY_MS = 24 * 60 * 60 * 1000


class SendFailed(Unavailable):
    """What was sent may not be in the feed; it must be read back before anything else is sent."""


class FeedWriter:
    """Writes to a feed. After `SendFailed` it must be closed and never used again.

    kafka-python sends a later batch although an earlier one of the same producer failed, which
    would leave a hole that nobody could fill. Here a producer never holds a second batch for a
    partition: it collects without a limit of time until it is flushed, and `send` comes back only
    when every batch is acknowledged. A process that is frozen in between finds all as it was.
    """

    def __init__(self, settings: FeedSettings) -> None:
        """Connects.

        Raises:
            Unavailable: no broker was reached, or the topic is not known.
        """
        self._topic = settings.topic
        self._seconds = settings.send_seconds
        options = {
            **client_options(settings.kafka),
            "acks": "all",
            "enable_idempotence": True,
            "allow_auto_create_topics": False,
            "metrics_enabled": False,
            "compression_type": "gzip",
            "linger_ms": 7 * _DAY_MS,
            "delivery_timeout_ms": 14 * _DAY_MS,
            "batch_size": MESSAGE_BYTES_MAX,
            "max_request_size": MESSAGE_BYTES_MAX,
            "max_block_ms": contact_ms(settings.kafka),
        }
        self._producer: Any = reached(lambda: connected(KafkaProducer, options))
        try:
            reached(lambda: self._producer.partitions_for(self._topic))
        except Unavailable:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, batches: Mapping[int, Sequence[FeedRecord]]) -> dict[int, int]:
        """Sends one batch for each lane and waits for all of them.

        Args:
            batches: by lane, none of them empty, each far below what a batch may hold.

        Returns:
            The offset of the first record of each batch.

        Raises:
            SendFailed: some may be in the feed and some not.
        """
        first: dict[int, Any] = {}
        last: dict[int, Any] = {}
        try:
            for lane, records in batches.items():
                for record in records:
                    sent = self._producer.send(
                        self._topic,
                        key=record.key,
                        value=record.value,
                        headers=record.headers,
                        partition=lane,
                    )
                    first.setdefault(lane, sent)
                    last[lane] = sent
            self._producer.flush(timeout=self._seconds)
            for sent in last.values():
                sent.get(timeout=0)
            return {lane: sent.get(timeout=0).offset for lane, sent in first.items()}
        except KafkaError as error:
            raise SendFailed(str(unavailable(error)), reason=type(error).__name__) from error

    def close(self) -> None:
        """Ends the producer at once; what it still holds may or may not reach the feed."""
        drop(self._producer)
