"""What a publisher needs to know beside the ledger that it follows."""

from dataclasses import dataclass

from deskledger.consumers.publisher import heartbeat
from deskledger.consumers.publisher.allow_list import AllowList
from deskledger.eventlog.kafka.settings import KafkaSettings

SUFFIX = ".events"


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """Where and what to publish.

    Attributes:
        kafka: the brokers.
        topic: the feed's topic, one partition for each lane.
        allow_list: what is published; the same for every publisher of a desk.
        heartbeat_seconds: how long a lane may be silent.
        send_seconds: how long the brokers may take for what was handed to them at once.
    """

    kafka: KafkaSettings
    topic: str
    allow_list: AllowList
    heartbeat_seconds: float = heartbeat.SECONDS
    send_seconds: float = 10.0


def feed_topic(name: str) -> str:
    """The topic of a desk's feed; `name` is what the names of the desk's topics begin with."""
    return name + SUFFIX
