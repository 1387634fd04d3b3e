"""A desk's topic that many have written to, and what a node makes of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaProducer

from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.progress import Checkpoint
from deskledger.eventlog.records import Draft
from deskledger.replay.chain_report import ChainReport
from deskledger.replay.chains import verify_chains
from deskledger.replay.log_chains import verify_log
from deskledger.replay.proving import Wanted
from deskledger.replay.topic_lane import topic_lanes
from tests.eventlog.build import Chain, ticket
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import new_log, node, settings_of

LANES = 3

Raw = tuple[int, bytes | None, bytes | None]


class DeskTopic:
    """The ledger's topic of a new desk, and producers that anybody might have."""

    def __init__(self, cluster: Cluster, name: str, lanes: int = LANES) -> None:
        self.cluster = cluster
        self.location: Location = new_log(cluster, name, lanes)
        self.name = self.location.ledger.name
        self.desk = str(self.location.desk)
        self.chains = [Chain(ticket(number), self.desk) for number in range(1, 5)]

    def commits(self, rounds: int = 1) -> list[Raw]:
        """Commits that fit, of all tickets in turn."""
        drafts = [chain.next() for _ in range(rounds) for chain in self.chains]
        return [_raw(draft) for draft in drafts]

    def append(self, records: Sequence[Raw]) -> None:
        """Appends records as a plain producer does."""
        with self._producer() as producer:
            _send(producer, self.name, records)

    def transact(self, records: Sequence[Raw], *, commit: bool) -> None:
        """Appends records in a transaction, which ends as is said."""
        with self._producer(transactional_id=f"{self.name}-{commit}") as producer:
            producer.init_transactions()
            producer.begin_transaction()
            _send(producer, self.name, records)
            if commit:
                producer.commit_transaction()
            else:
                producer.abort_transaction()

    def replica(self, directory: Path) -> Path:
        """The replica of a node that has read the topic to its end."""
        node(self.location, directory).close()
        return directory / REPLICA.name

    def replayed(self, directory: Path, wanted: Wanted = None) -> ChainReport:
        """What the replica of a node proves."""
        return verify_chains(self.replica(directory), wanted=wanted)

    def verified(
        self, against: Checkpoint | None = None, *, wanted: Wanted = None, processes: int = 1
    ) -> ChainReport:
        """What the topic alone proves."""
        lanes = topic_lanes(settings_of(self.cluster.bootstrap), self.name)
        return verify_log(lanes, against=against, wanted=wanted, processes=processes)

    @contextmanager
    def _producer(self, **options: Any) -> Iterator[Any]:
        producer = KafkaProducer(
            bootstrap_servers=self.cluster.awake,
            acks="all",
            enable_idempotence=True,
            max_request_size=2 << 20,
            **options,
        )
        try:
            yield producer
        finally:
            producer.close(timeout=60)


def _send(producer: Any, topic: str, records: Sequence[Raw]) -> None:
    sent = [producer.send(topic, value, key=key, partition=lane) for lane, key, value in records]
    for one in sent:
        one.get(30)


def _raw(draft: Draft) -> Raw:
    return lane_of(draft.stream, LANES), draft.stream.encode(), draft.value
