"""A bare loop of kafka-python, produce a value and see it come back, to measure a desk beside."""

import os
import threading
import time
from collections.abc import Callable
from functools import partial

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

PARTITIONS = 12
_TOKEN_BYTES = 16


class BareLoop:
    """One producer and one consumer on a topic of its own; any number of threads may append."""

    def __init__(self, bootstrap: str, topic: str, replicas: int) -> None:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        settings = {"min.insync.replicas": str(min(2, replicas))}
        admin.create_topics([NewTopic(topic, PARTITIONS, replicas, topic_configs=settings)])
        admin.close()
        self._topic = topic
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, metrics_enabled=False
        )
        self._consumer = KafkaConsumer(
            bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False,
            auto_offset_reset="earliest", metrics_enabled=False,
        )  # fmt: skip
        self._consumer.assign([TopicPartition(topic, index) for index in range(PARTITIONS)])
        self._waiting: dict[bytes, threading.Lock] = {}
        self._stopping = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def append(self, size: int, place: int) -> None:
        """Produces a random value of so many bytes and waits until it is read back."""
        token = os.urandom(_TOKEN_BYTES)
        gate = self._waiting[token] = threading.Lock()
        gate.acquire()
        value = token + os.urandom(size - _TOKEN_BYTES)
        self._producer.send(self._topic, key=token, value=value, partition=place % PARTITIONS)
        if not gate.acquire(timeout=30):
            raise TimeoutError

    def close(self) -> None:
        """Ends both clients."""
        self._stopping = True
        self._reader.join()
        self._producer.close(timeout=5)
        self._consumer.close()

    def _read(self) -> None:
        while not self._stopping:
            for records in self._consumer.poll(timeout_ms=50).values():
                for record in records:
                    gate = self._waiting.pop(record.value[:_TOKEN_BYTES], None)
                    if gate is not None:
                        gate.release()


def closed_loop(work: Callable[[int, int], None], writers: int, count: int) -> tuple[float, ...]:
    """Rate a second, and p50, p95, p99 in ms, of `writers` threads that each wait for an answer.

    `work` takes the writer's and the operation's index.
    """
    latencies: list[list[float]] = [[] for _ in range(writers)]

    def write(writer: int) -> None:
        for index in range(count // writers):
            began = time.perf_counter()
            work(writer, index)
            latencies[writer].append(time.perf_counter() - began)

    wall = _run([partial(write, writer) for writer in range(writers)])
    return (count // writers * writers / wall, *_percentiles(latencies))


def open_loop(
    work: Callable[[int, int], None], rate: int, seconds: int, writers: int = 64
) -> tuple[float, ...]:
    """As `closed_loop`, but operations are due at a fixed rate, whether or not others are answered.

    Latency counts from when an operation was due, so that a stall is not hidden.
    """
    latencies: list[list[float]] = [[] for _ in range(writers)]
    began = time.perf_counter() + 0.1

    def write(writer: int) -> None:
        for index in range(writer, rate * seconds, writers):
            due = began + index / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            work(writer, index // writers)
            latencies[writer].append(time.perf_counter() - due)

    wall = _run([partial(write, writer) for writer in range(writers)])
    return (rate * seconds / wall, *_percentiles(latencies))


def _run(works: list[Callable[[], None]]) -> float:
    threads = [threading.Thread(target=work) for work in works]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _percentiles(latencies: list[list[float]]) -> list[float]:
    ordered = sorted(value * 1e3 for own in latencies for value in own)
    return [ordered[int(len(ordered) * part)] for part in (0.5, 0.95, 0.99)]
