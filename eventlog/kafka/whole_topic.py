"""A topic read once, from its first record to the end that it has at the moment.

For readers who have nothing of the desk: no directory, no replica, no settings but how to reach
the brokers. Whatever stands in the log is given, records of transactions too, committed or not.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from typing import Any, NamedTuple

from kafka import TopicPartition
from kafka.errors import (
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
    for_code,
)

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.kafka.clients import reached, unavailable
from deskledger.eventlog.kafka.errors import LogChanged
from deskledger.eventlog.kafka.fetching import fetching_consumer
from deskledger.eventlog.kafka.reading import LogRecord
from deskledger.eventlog.kafka.settings import KafkaSettings, reading_options
from deskledger.eventlog.kafka.topics import asked

BATCH_RECORDS_MAX = 2_000
FETCH_BYTES_MAX = 8 << 20
POLL_MS = 500
# An election takes seconds, a frozen leader half a minute; longer than that nobody will come.
STALL_SECONDS = 45.0
_ABSENT = 3


class Extent(NamedTuple):
    """The offsets of a partition's first record and of the one to come."""

    begin: int
    end: int


def topic_extents(settings: KafkaSettings, topic: str) -> list[Extent]:
    """How far each partition of a topic goes at the moment, in their order.

    Raises:
        InvalidInput: there is no such topic.
        Unavailable: the brokers were not reached, or refused.
    """
    with asked(settings) as topics:
        described = topics.describe([topic])[topic]
    code = described["error_code"]
    if code == _ABSENT:
        told = f"The brokers have no topic {topic}, or do not show it to everybody."
        raise InvalidInput(told, topic=topic)
    if code:
        raise unavailable(for_code(code)(topic))
    partitions = [TopicPartition(topic, one) for one in range(len(described["partitions"]))]
    consumer = reached(lambda: fetching_consumer(_options(settings)))
    try:
        begins = reached(lambda: consumer.beginning_offsets(partitions))
        ends = reached(lambda: consumer.end_offsets(partitions))
    finally:
        consumer.close(autocommit=False, timeout_ms=0)
    return [Extent(begins[one], ends[one]) for one in partitions]


def read_partition(
    settings: KafkaSettings, topic: str, partition: int, extent: Extent
) -> Generator[Sequence[LogRecord], None, None]:
    """The records of one partition as far as `extent` goes, some at a time.

    Raises:
        Unavailable: the brokers were not reached, or gave nothing for too long.
        LogChanged: the log was cut while it was read.
        LedgerDamaged: what the broker has is not what it was given.
    """
    consumer = reached(lambda: fetching_consumer(_options(settings)))
    place = TopicPartition(topic, partition)
    try:
        consumer.assign([place])
        consumer.seek(place, extent.begin)
        yield from _steps(consumer, place, extent)
    except (LogTruncationError, OffsetOutOfRangeError) as error:
        told = f"{topic}, partition {partition}: the log was cut while it was read."
        raise LogChanged(told, topic=topic, partition=partition) from error
    except CorruptRecordError as error:
        told = f"{topic}, partition {partition}: the broker's copy is damaged ({error})."
        raise LedgerDamaged(told, topic=topic, partition=partition) from error
    except KafkaError as error:
        raise unavailable(error) from error
    finally:
        consumer.close(autocommit=False, timeout_ms=0)


def _steps(consumer: Any, place: TopicPartition, extent: Extent) -> Iterator[Sequence[LogRecord]]:
    position, moved_at = extent.begin, time.monotonic()
    while position < extent.end:
        records = consumer.poll(timeout_ms=POLL_MS).get(place, [])
        # Where a transaction ends stands no record, but the position passes it.
        reached_now = consumer.position(place, timeout_ms=POLL_MS) or position
        if reached_now > position:
            position, moved_at = reached_now, time.monotonic()
        elif time.monotonic() - moved_at > STALL_SECONDS:
            told = f"{place.topic}, partition {place.partition}: the brokers give no more records."
            raise Unavailable(told, topic=place.topic, partition=place.partition)
        if records:
            yield [record for record in records if record.offset < extent.end]


def _options(settings: KafkaSettings) -> dict[str, Any]:
    return {
        **reading_options(settings),
        "max_poll_records": BATCH_RECORDS_MAX,
        "fetch_max_bytes": FETCH_BYTES_MAX,
        "max_partition_fetch_bytes": FETCH_BYTES_MAX,
    }
