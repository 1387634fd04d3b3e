"""The topics of a desk: how they are made, and in what they differ from how they must be."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from types import MappingProxyType
from typing import Any
from uuid import UUID

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource
from kafka.errors import (
    KafkaError,
    NodeNotReadyError,
    TopicAlreadyExistsError,
    UnknownBrokerIdError,
)
from kafka.protocol.consumer import OffsetSpec

from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.kafka.clients import connected, reached, unavailable
from deskledger.eventlog.kafka.deviation import MISSING, Deviation
from deskledger.eventlog.kafka.location import Location, Topic
from deskledger.eventlog.kafka.settings import KafkaSettings, client_options, contact_ms

REPLICAS = 3
MESSAGE_BYTES_MAX = 1 << 20
VAULT_PARTITIONS = 1
# A destroyed key lies in the log until its segment is compacted; a node that was away for longer
# than tombstones are kept reads the vault anew.
TOMBSTONE_DAYS = 30
_COMPACTED_DAYS = 7
_DAY_MS = 24 * 60 * 60 * 1000

# A client that came while one broker was up asks no other before it looks who else is there.
BROKERS_MS = 1_000
# How long it may take until every broker knows a new topic, or a client a new broker.
KNOWN_SECONDS = 20.0
# How long a topic that was made a while ago may be unknown to the broker that happens to be asked.
LAG_SECONDS = 2.0
ASK_AGAIN_SECONDS = 0.05

_BOTH = {
    "message.timestamp.type": "LogAppendTime",
    "unclean.leader.election.enable": "false",
    "max.message.bytes": str(MESSAGE_BYTES_MAX),
}
LEDGER_SETTINGS: Mapping[str, str] = MappingProxyType(
    {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1", **_BOTH}
)
VAULT_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "cleanup.policy": "compact",
        "delete.retention.ms": str(TOMBSTONE_DAYS * _DAY_MS),
        "max.compaction.lag.ms": str(_COMPACTED_DAYS * _DAY_MS),
        "segment.ms": str(_DAY_MS),
        **_BOTH,
    }
)


class Topics:
    """What the brokers say of topics, and what they are told to do with them.

    Raises:
        Unavailable: no broker was reached, or one refused.
    """

    def __init__(self, admin: Any) -> None:
        """Takes a connected `KafkaAdminClient`."""
        self._admin = admin

    def brokers(self) -> int:
        """How many brokers there are."""
        return len(reached(self._admin.describe_cluster)["brokers"])

    def create(self, name: str, lanes: int, replicas: int) -> tuple[Topic, Topic]:
        """Makes the topics of a desk, or takes empty ones that have been made for it.

        Returns:
            The ledger's topic and the vault's.

        Raises:
            InvalidInput: a topic exists and is not empty, or not as it must be.
        """
        in_sync = str(in_sync_min(replicas))
        wanted = {
            f"{name}.ledger": (lanes, LEDGER_SETTINGS),
            f"{name}.vault": (VAULT_PARTITIONS, VAULT_SETTINGS),
        }
        for topic, (partitions, settings) in wanted.items():
            configs = {**settings, "min.insync.replicas": in_sync}
            made = {
                "num_partitions": partitions,
                "replication_factor": replicas,
                "configs": configs,
            }
            self.make(topic, made)
        described = self.known(list(wanted))
        ledger, vault = (Topic(name=topic, id=described[topic]["topic_id"]) for topic in wanted)
        return ledger, vault

    def make(self, topic: str, wanted: Mapping[str, Any]) -> bool:
        """Makes a topic; False where there is one of this name already."""
        until = time.monotonic() + KNOWN_SECONDS
        while True:
            try:
                self._admin.create_topics({topic: wanted})
            except TopicAlreadyExistsError:
                return False
            except (NodeNotReadyError, UnknownBrokerIdError) as error:
                # Topics are made by one broker, of which the client may not have heard yet.
                if time.monotonic() > until:
                    raise unavailable(error) from error
                time.sleep(ASK_AGAIN_SECONDS)
            except KafkaError as error:
                raise unavailable(error) from error
            else:
                return True

    def known(self, topics: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What is said of new topics: the brokers learn of them one by one, and any is asked."""
        waited_ms = int(KNOWN_SECONDS * 1000)
        # Until each partition has a leader.
        reached(lambda: self._admin.wait_for_topics(list(topics), timeout_ms=waited_ms))
        described = self.described(topics, KNOWN_SECONDS)
        unknown = [topic for topic in topics if described[topic]["error_code"]]
        if unknown:
            raise Unavailable(f"The brokers do not know {', '.join(unknown)} yet; try again.")
        return described

    def described(
        self, topics: Sequence[str], seconds: float = LAG_SECONDS
    ) -> dict[str, dict[str, Any]]:
        """As `describe`; a topic that seems to be missing is asked for so long."""
        until = time.monotonic() + seconds
        while True:
            described = self.describe(topics)
            if not any(described[topic]["error_code"] for topic in topics):
                return described
            if time.monotonic() > until:
                return described
            time.sleep(ASK_AGAIN_SECONDS)

    def find(self, name: str) -> tuple[Topic, Topic] | None:
        """The topics of a desk of this name; None where one of them is missing."""
        names = [f"{name}.ledger", f"{name}.vault"]
        described = self.described(names)
        ids = [
            described[topic]["topic_id"] for topic in names if not described[topic]["error_code"]
        ]
        if len(ids) < len(names):
            return None
        ledger, vault = (Topic(name=topic, id=id_) for topic, id_ in zip(names, ids, strict=True))
        return ledger, vault

    def copies(self, topic: str) -> tuple[int, int]:
        """On how many brokers a topic's records lie, and how many of them must have one."""
        described = self.describe([topic])[topic]["partitions"]
        stated = self._settings([topic])[topic]
        fewest = min(len(partition["replica_nodes"]) for partition in described)
        return fewest, int(stated["min.insync.replicas"])

    def records(self, topic: str) -> int:
        """Up to how many records a topic holds: the offsets that were given out."""
        described = self.describe([topic])[topic]["partitions"]
        ends = dict.fromkeys(
            (TopicPartition(topic, each["partition_index"]) for each in described),
            OffsetSpec.LATEST,
        )
        found = reached(lambda: self._admin.list_partition_offsets(ends))
        return sum(at.offset for at in found.values())

    def describe(self, topics: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What the brokers say of each topic; `error_code` is not 0 for one that is missing."""
        described = reached(lambda: self._admin.describe_topics(list(topics)))
        return {topic["name"]: topic for topic in described}

    def check(self, location: Location) -> list[Deviation]:
        """In what the topics differ from how they must be."""
        in_sync = {"min.insync.replicas": str(location.in_sync_min)}
        wanted = {
            location.ledger: (location.lanes, {**LEDGER_SETTINGS, **in_sync}),
            location.vault: (VAULT_PARTITIONS, {**VAULT_SETTINGS, **in_sync}),
        }
        described = self.describe([topic.name for topic in wanted])
        missing = [t for t in wanted if described[t.name]["error_code"]]
        if missing:
            return [Deviation(topic.name, "id", str(topic.id), MISSING) for topic in missing]
        stated = self._settings([topic.name for topic in wanted])
        found = []
        for topic, (partitions, settings) in wanted.items():
            shape = _shape(described[topic.name], topic.id, partitions, location.replicas)
            found += [Deviation(topic.name, *each) for each in shape]
            # A broker that does not know the topic yet tells no settings of it.
            told = stated.get(topic.name, {})
            found += [
                Deviation(topic.name, name, expected, told.get(name, "not told"))
                for name, expected in settings.items()
                if told.get(name) != expected
            ]
        return found

    def _settings(self, topics: Sequence[str]) -> dict[str, dict[str, str]]:
        resources = [ConfigResource("TOPIC", topic) for topic in topics]
        described = reached(lambda: self._admin.describe_configs(resources, config_filter="all"))
        return {
            topic: {name: str(config["value"]) for name, config in configs.items()}
            for topic, configs in described["topic"].items()
        }


def in_sync_min(replicas: int) -> int:
    """How many brokers must have a record before it counts: one may always be missing."""
    return max(1, min(2, replicas - 1))


@contextmanager
def asked(settings: KafkaSettings) -> Iterator[Topics]:
    """The topics that the brokers have, asked through a connection of its own.

    Raises:
        Unavailable: no broker was reached.
    """
    options = {
        **client_options(settings),
        "metadata_max_age_ms": BROKERS_MS,
        "request_timeout_ms": contact_ms(settings),
    }
    with closing(reached(lambda: connected(KafkaAdminClient, options))) as admin:
        yield Topics(admin)


def _shape(
    described: Mapping[str, Any], topic_id: UUID, partitions: int, replicas: int
) -> list[tuple[str, str, str]]:
    """Setting, expected and found of what is no setting but must be as well."""
    each = described["partitions"]
    fewest = min(len(partition["replica_nodes"]) for partition in each)
    found = []
    if UUID(str(described["topic_id"])) != topic_id:
        found.append(("id", str(topic_id), str(described["topic_id"])))
    if len(each) < partitions:
        found.append(("partitions", str(partitions), str(len(each))))
    if fewest < replicas:
        found.append(("replicas", str(replicas), str(fewest)))
    return found
