"""Handing records over to the brokers, by one producer that is made anew after a failure."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.kafka.clients import connected, drop, reached, reason, unavailable
from deskledger.eventlog.kafka.read_back import Awaited
from deskledger.eventlog.kafka.settings import KafkaSettings, client_options, contact_ms
from deskledger.eventlog.kafka.topics import MESSAGE_BYTES_MAX

BATCH_BYTES = 256 << 10
# A topic that is not known after this long, or a first contact, is not there.
METADATA_MS = 6_000


class Record(NamedTuple):
    """A record to be appended; no value stands for a deletion in a compacted topic.

    Only what others once wrote to a log, and is now moved to another one, may have no key.
    """

    partition: int
    key: bytes | None
    value: bytes | None


class _Handed(NamedTuple):
    """What one caller hands over, and who is told if it cannot be done."""

    topic: str
    records: Sequence[Record]
    awaited: Awaited[Any]


class Handover:
    """Gives records to an idempotent producer; never waits for what becomes of them.

    One thread does so for all callers: many at once would spend their time on handing each other
    the interpreter. After a failed send its producer gets no more records: it may have lost count
    of what the brokers have, and a later success of it would prove nothing.
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
            "max_block_ms": contact_ms(settings, METADATA_MS),
            "max_request_size": MESSAGE_BYTES_MAX,
            "batch_size": BATCH_BYTES,
        }
        self._lock = threading.Lock()
        self._producer: Any = None
        self._closed = False
        self._queue: SimpleQueue[_Handed | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def send(self, topic: str, records: Sequence[Record], awaited: Awaited[Any]) -> None:
        """Hands records over, soon, in another thread.

        Args:
            topic: where to.
            records: in their order; those of a partition stay in it.
            awaited: is told where a record may not have been taken, or where none was handed over.
        """
        if self._thread is None:
            self._begin()
        self._queue.put(_Handed(topic, records, awaited))

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
        self._queue.put(None)
        if producer is not None:
            drop(producer)

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="handover", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            handed, is_last = self._waiting(first)
            for topic in {each.topic for each in handed}:
                self._send_all(topic, [each for each in handed if each.topic == topic])
            if is_last:
                return

    def _waiting(self, first: _Handed) -> tuple[list[_Handed], bool]:
        """All that wait by now, and whether nothing will follow."""
        handed = [first]
        try:
            while (following := self._queue.get_nowait()) is not None:
                handed.append(following)
        except Empty:
            return handed, False
        return handed, True

    def _send_all(self, topic: str, handed: Sequence[_Handed]) -> None:
        try:
            producer = self._ready(topic)
        except DeskError as error:
            for each in handed:
                each.awaited.refuse(error)
            return
        with _one_wake(producer):
            for each in handed:
                self._send(producer, each)

    def _send(self, producer: Any, handed: _Handed) -> None:
        def give_up(error: BaseException) -> None:
            self._retire(producer)
            handed.awaited.doubt(reason(error))

        sent = 0
        try:
            for partition, key, value in handed.records:
                future = producer.send(handed.topic, key=key, value=value, partition=partition)
                future.add_errback(give_up)
                sent += 1
        except (KafkaError, ValueError) as error:
            if sent:
                give_up(error)
            else:
                self._retire(producer)
                handed.awaited.refuse(unavailable(error))

    def _ready(self, topic: str) -> Any:
        """The producer, which knows the topic: handing over will not wait for the brokers."""
        if not self._lock.acquire(timeout=self._seconds):
            raise Unavailable("The brokers cannot be reached; nothing was stored.")
        try:
            if self._closed:
                raise Unavailable("The ledger was closed; nothing was stored.")
            producer = self._producer
            if producer is None:
                producer = reached(lambda: connected(KafkaProducer, self._options))
            try:
                # At once where the topic is known; later, nobody would wake the producer for it.
                reached(lambda: producer.partitions_for(topic))
            except Unavailable:
                drop(producer)
                self._producer = None
                raise
            self._producer = producer
            return producer
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


@contextmanager
def _one_wake(producer: Any) -> Iterator[None]:
    """Wakes the producer's own thread once for many records, rather than for every partition.

    Each waking is a system call during which other threads take the interpreter.
    """
    sender = producer._sender  # noqa: SLF001 - there is no other way to hand over many at once
    wake = type(sender).wakeup
    sender.wakeup = _nothing
    try:
        yield
    finally:
        del sender.wakeup
        wake(sender)


def _nothing() -> None:
    """Stands for a waking that is to come."""
