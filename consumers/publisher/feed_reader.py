"""Reading back: how far the feed has come, as the brokers know it and not as we remember it."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from kafka import KafkaConsumer, TopicPartition

from deskledger.consumers.publisher.cloud_event import read_attributes, source_of
from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.consumers.publisher.heartbeat import TYPE, read_heartbeat
from deskledger.eventlog.errors import ForeignFile, Unavailable
from deskledger.eventlog.kafka.clients import connected, reached
from deskledger.eventlog.kafka.settings import reading_options
from deskledger.eventlog.progress import Progress

# The latest record tells enough; a few more spare repetitions where publishers overlap.
WINDOW_RECORDS = 64
_WIDER = 32
_POLL_MS = 500


@dataclass(slots=True)
class FeedEnd:
    """How far the feed of a lane has come.

    Attributes:
        offset: of the record to come.
        published: position of the latest published event, 0 for none: everything that is
            published up to there is in the feed.
        stream: the stream of that event, empty where no event was seen.
        looked_through: how far the ledger had been looked through at the latest heartbeat.
        heard_at: when the brokers took the latest record, seconds since 1970; None for none.
    """

    offset: int
    published: int = 0
    stream: str = ""
    looked_through: Progress | None = None
    heard_at: float | None = None

    def add(self, record: Any, source: str) -> None:
        """Takes in what a record tells; one that is no part of any feed tells nothing.

        Raises:
            ForeignFile: the record belongs to the feed of another desk.
        """
        stated = read_attributes(record.headers)
        if stated is None:
            return
        if stated.source != source:
            told = f"{record.topic} holds the feed of {stated.source}, not of {source}."
            raise ForeignFile(told, topic=record.topic, source=stated.source)
        self.heard_at = max(self.heard_at or 0.0, record.timestamp / 1000)
        if stated.type == TYPE:
            self._add_heartbeat(record.value)
        elif stated.sequence > self.published:
            self.stream = (record.key or b"").decode(errors="replace")
        self.published = max(self.published, stated.sequence)

    def _add_heartbeat(self, value: bytes | None) -> None:
        beat = read_heartbeat(value)
        known = self.looked_through
        if beat is not None and (known is None or beat.records > known.records):
            self.looked_through = beat.progress


class FeedReader:
    """Reads the ends of a feed's partitions.

    Raises:
        Unavailable: from every call, the brokers did not answer in time.
    """

    def __init__(self, settings: FeedSettings, desk: str) -> None:
        options = reading_options(settings.kafka)
        self._consumer: Any = reached(lambda: connected(KafkaConsumer, options))
        self._topic = settings.topic
        self._desk = desk
        self._seconds = settings.send_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ends(self, lanes: Collection[int]) -> dict[int, FeedEnd]:
        """How far the feed of each of these lanes has come.

        Raises:
            ForeignFile: the topic holds the feed of another desk.
            Unavailable: the brokers did not answer in time.
        """
        deadline = time.monotonic() + self._seconds
        places = {TopicPartition(self._topic, lane): lane for lane in lanes}
        begins, ends = self._offsets(list(places))
        found = {lane: FeedEnd(ends[place]) for place, lane in places.items()}
        starts = dict(ends)
        records = WINDOW_RECORDS
        # Where the end holds nothing of a feed, somebody else wrote there: look further back.
        while missing := [
            place
            for place, lane in places.items()
            if found[lane].heard_at is None and starts[place] > begins[place]
        ]:
            before = {place: starts[place] for place in missing}
            starts |= {place: max(begins[place], starts[place] - records) for place in missing}
            for record in self._read({place: starts[place] for place in missing}, before, deadline):
                found[record.partition].add(record, source_of(self._desk, record.partition))
            records *= _WIDER
        return found

    def close(self) -> None:
        """Ends the connection, without waiting for a broker."""
        self._consumer.close(autocommit=False, timeout_ms=0)

    def _offsets(
        self, places: list[TopicPartition]
    ) -> tuple[Mapping[TopicPartition, int], Mapping[TopicPartition, int]]:
        timeout_ms = int(self._seconds * 1000)
        consumer = self._consumer
        reached(lambda: consumer.assign(places))
        begins = reached(lambda: consumer.beginning_offsets(places, timeout_ms=timeout_ms))
        return begins, reached(lambda: consumer.end_offsets(places, timeout_ms=timeout_ms))

    def _read(
        self,
        starts: Mapping[TopicPartition, int],
        ends: Mapping[TopicPartition, int],
        deadline: float,
    ) -> Iterable[Any]:
        """The records from each start up to its end, where the latter exist by now."""
        consumer = self._consumer
        consumer.assign(list(starts))
        consumer.resume(*starts)
        for place, offset in starts.items():
            consumer.seek(place, offset)
        missing = set(starts)
        while missing:
            if time.monotonic() > deadline:
                told = f"The end of {self._topic} could not be read in {self._seconds:g} s."
                raise Unavailable(told, topic=self._topic)
            for place, records in reached(lambda: consumer.poll(timeout_ms=_POLL_MS)).items():
                yield from (record for record in records if record.offset < ends[place])
            missing = {place for place in missing if self._position(place) < ends[place]}
            consumer.pause(*(set(starts) - missing))

    def _position(self, place: TopicPartition) -> int:
        position: int | None = reached(
            lambda: self._consumer.position(place, timeout_ms=int(self._seconds * 1000))
        )
        return -1 if position is None else position
