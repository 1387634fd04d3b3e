"""Handing records over to the brokers, by one producer that is made anew after a failure."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.kafka.clients import connected, drop, reached, unavailable
from deskledger.eventlog.kafka.settings import KafkaSettings, client_options
from deskledger.eventlog.kafka.topics import MESSAGE_BYTES_MAX

BATCH_BYTES = 256 << 10
# A topic that is not known after this long is not there.
METADATA_MS = 2_000


class Record(NamedTuple):
    """A record to be appended; no value stands for a deletion in a compacted topic."""

    partition: int
    key: bytes
    value: bytes | None


class Handover:
    """Gives records to an idempotent producer; never waits for what becomes of them.

    After a failed send its producer gets no more records: it may have lost count of what the
    brokers have, and a later success of it would prove nothing.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._seconds = settings.answer_seconds
        delivery_ms = int(settings.answer_seconds * 1000)
        options = client_options(settings)
        self._options = {
            **options,
            # A request must be able to fail once before the delivery does.
            "request_timeout_ms": min(options["request_timeout_ms"], delivery_ms // 2),
            "acks": "all",
            "enable_idempotence": True,
            "allow_auto_create_topics": False,
            "metrics_enabled": False,
            "delivery_timeout_ms": delivery_ms,
            "max_block_ms": METADATA_MS,
            "max_request_size": MESSAGE_BYTES_MAX,
            "batch_size": BATCH_BYTES,
        }
        self._lock = threading.Lock()
        self._producer: Any = None
        self._closed = False

    def send(self, topic: str, records: Sequence[Record], failed: Callable[[str], None]) -> None:
        """Hands records over.

        Args:
            topic: where to.
            records: in their order; those of a partition stay in it.
            failed: told a reason, from another thread, where a record may not have been taken.

        Raises:
            Unavailable: none was handed over.
            OutcomeUnknown: some were.
        """
        producer = self._ready(topic)

        def give_up(error: BaseException) -> None:
            self._retire(producer)
            failed(f"{type(error).__name__}: {error}")

        sent = 0
        try:
            for partition, key, value in records:
                future = producer.send(topic, key=key, value=value, partition=partition)
                future.add_errback(give_up)
                sent += 1
        except (KafkaError, ValueError) as error:
            self._retire(producer)
            if not sent:
                raise unavailable(error) from error
            raise OutcomeUnknown(reason=str(error)) from error

    def deliver(self, topic: str, records: Iterable[Record]) -> None:
        """Hands records over and waits until the brokers have all of them.

        Raises:
            Unavailable: none was handed over.
            OutcomeUnknown: the brokers may have some of them.
        """
        producer = self._ready(topic)
        sent: list[Any] = []
        try:
            for partition, key, value in records:
                sent.append(producer.send(topic, key=key, value=value, partition=partition))
            for each in sent:
                each.get(timeout=self._seconds)
        except (KafkaError, ValueError) as error:
            self._retire(producer)
            if not sent:
                raise unavailable(error) from error
            raise OutcomeUnknown(f"The brokers did not take all records: {error}.") from error

    def ask_time(self, topic: str, record: Record) -> int:
        """Appends a record that says nothing; gives the time that the broker puts on it.

        Returns:
            Milliseconds since 1970.

        Raises:
            Unavailable: no broker answered.
        """
        producer = self._ready(topic)
        partition, key, value = record
        try:
            sent = producer.send(topic, key=key, value=value, partition=partition)
            return int(sent.get(timeout=self._seconds).timestamp)
        except (KafkaError, ValueError) as error:
            self._retire(producer)
            raise Unavailable(f"The brokers do not tell their time: {error}.") from error

    def close(self) -> None:
        """Ends the producer; what it still holds may or may not reach the brokers."""
        with self._lock:
            self._closed, producer, self._producer = True, self._producer, None
        if producer is not None:
            drop(producer)

    def _ready(self, topic: str) -> Any:
        """The producer, which knows the topic: handing over will not wait for the brokers."""
        if not self._lock.acquire(timeout=self._seconds):
            raise Unavailable("The brokers cannot be reached; nothing was stored.")
        try:
            if self._closed:
                raise Unavailable("The ledger was closed; nothing was stored.")
            if self._producer is None:
                producer = reached(lambda: connected(KafkaProducer, self._options))
                try:
                    reached(lambda: producer.partitions_for(topic))
                except Unavailable:
                    drop(producer)
                    raise
                self._producer = producer
            return self._producer
        finally:
            self._lock.release()

    def _retire(self, producer: Any) -> None:
        """Takes a producer out of use; it has a while to bring home what it holds."""
        with self._lock:
            if self._producer is not producer:
                return
            self._producer = None
        reaper = threading.Thread(target=self._reap, args=(producer,), daemon=True)
        reaper.start()

    def _reap(self, producer: Any) -> None:
        time.sleep(self._seconds)
        drop(producer)
