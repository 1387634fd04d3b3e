"""The topic of a feed: how it is made, and what it must be."""

from collections.abc import Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.kafka.clients import connected, reached, unavailable
from deskledger.eventlog.kafka.settings import client_options
from deskledger.eventlog.kafka.topics import MESSAGE_BYTES_MAX, REPLICAS, Topics, asked, in_sync_min

_BYTES_MAX = "max.message.bytes"

# Everything is kept, so that a subscriber may begin at the first event. An operator may keep less:
# what is gone from the feed is still in the ledger.
SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "retention.bytes": "-1",
        "message.timestamp.type": "LogAppendTime",
        "unclean.leader.election.enable": "false",
        _BYTES_MAX: str(MESSAGE_BYTES_MAX),
    }
)


def make_feed_topic(settings: FeedSettings, lanes: int, replicas: int | None = None) -> bool:
    """Makes the topic of a feed; False where it is there already and fits.

    Args:
        settings: where.
        lanes: how many partitions.
        replicas: on how many brokers each record is to lie; None for three, or all if fewer.

    Raises:
        InvalidInput: a topic of this name does not fit the ledger.
        Unavailable: the brokers were not reached, or refused.
    """
    with asked(settings.kafka) as topics:
        each = replicas or min(REPLICAS, topics.brokers())
        wanted = {
            "num_partitions": lanes,
            "replication_factor": each,
            "configs": {**SETTINGS, "min.insync.replicas": str(in_sync_min(each))},
        }
        is_new = topics.make(settings.topic, wanted)
        # It may have been made a moment ago, by another process, too.
        topics.known([settings.topic])
    if not is_new:
        check_feed_topic(settings, lanes)
    return is_new


def check_feed_topic(settings: FeedSettings, lanes: int) -> None:
    """Looks whether the topic of a feed is there and fits a ledger of so many lanes.

    Raises:
        InvalidInput: it does not; the message says what to do.
        Unavailable: the brokers were not reached, or refused.
    """
    options = client_options(settings.kafka)
    with closing(reached(lambda: connected(KafkaAdminClient, options))) as admin:
        _check(admin, settings.topic, lanes)


def _check(admin: Any, topic: str, lanes: int) -> None:
    described = Topics(admin).described([topic])[topic]
    if described["error_code"]:
        told = f"There is no topic {topic}; `deskledger feed init` makes it."
        raise InvalidInput(told, topic=topic)
    partitions = len(described["partitions"])
    if partitions != lanes:
        told = f"{topic} has {partitions} partitions, and the ledger has {lanes} lanes."
        raise InvalidInput(told, topic=topic, partitions=partitions, lanes=lanes)
    bytes_max = _bytes_max(admin, topic)
    if bytes_max is not None and bytes_max < MESSAGE_BYTES_MAX:
        told = f"{topic} takes records of {bytes_max} bytes; set {_BYTES_MAX} {MESSAGE_BYTES_MAX}."
        raise InvalidInput(told, topic=topic, found=bytes_max)


def _bytes_max(admin: Any, topic: str) -> int | None:
    """The size that a batch may have, None where we are not told."""
    resource = ConfigResource("TOPIC", topic)
    try:
        described = admin.describe_configs([resource], config_filter="all")
    except TopicAuthorizationFailedError:
        return None
    except KafkaError as error:
        raise unavailable(error) from error
    # A broker that does not know the topic yet tells no settings of it.
    stated = described["topic"].get(topic, {}).get(_BYTES_MAX)
    return None if stated is None else int(stated["value"])
