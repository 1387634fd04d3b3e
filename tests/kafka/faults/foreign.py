"""Somebody else who may write to the ledger's topic, and knows how, or does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, Self

from confluent_kafka import Message, Producer
from kafka import KafkaProducer

from deskledger.eventlog.names import lane_of
from tests.kafka.faults.forgeries import Forged
from tests.kafka.faults.scene import Scene
from tests.kafka.ledger.nodes import LANES
from tests.patience import PATIENCE_SECONDS

REQUEST_BYTES_MAX = 8 << 20


class Foreigner:
    """A plain producer to the ledger's topic of a scene."""

    def __init__(self, scene: Scene, **options: Any) -> None:
        self._begun = False
        self._topic = f"{scene.name}.ledger"
        self._cluster = scene.cluster
        self._producer = KafkaProducer(
            bootstrap_servers=scene.cluster.awake,
            acks="all",
            max_request_size=REQUEST_BYTES_MAX,
            **options,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close(timeout=60)

    def append(self, value: bytes | None, key: bytes | None, lane: int) -> tuple[int, int]:
        """Appends a record; gives lane and offset."""
        sent = self._producer.send(self._topic, value, key=key, partition=lane).get(30)
        return sent.partition, sent.offset

    def append_nothing(self, lane: int) -> tuple[int, int]:
        """Appends a record without key and value, which this client refuses and others send."""
        reports: list[Message] = []
        producer = Producer({"bootstrap.servers": ",".join(self._cluster.awake)})
        producer.produce(
            self._topic, partition=lane, on_delivery=lambda _error, told: reports.append(told)
        )
        assert producer.flush(PATIENCE_SECONDS) == 0
        (report,) = reports
        assert report.error() is None
        offset = report.offset()
        assert offset is not None
        return lane, offset

    def write(
        self, forged: Forged, *, lane: int | None = None, key: bytes | None = None
    ) -> tuple[int, int]:
        """Appends a commit, to the lane and under the key of its stream or others."""
        own = lane_of(forged.stream, LANES)
        return self.append(
            forged.value, key or forged.stream.encode(), own if lane is None else lane
        )

    @contextmanager
    def transaction(self, end: Literal["commit", "abort"]) -> Iterator[None]:
        """What is appended in the block is one transaction, which ends like this."""
        if not self._begun:
            self._producer.init_transactions()
            self._begun = True
        self._producer.begin_transaction()
        yield
        ends = {
            "commit": self._producer.commit_transaction,
            "abort": self._producer.abort_transaction,
        }
        ends[end]()
