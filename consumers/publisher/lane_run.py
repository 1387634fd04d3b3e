"""What a publisher knows of one lane: what is in the feed, what waits, and how far it has read."""

from collections import deque
from dataclasses import dataclass, field

from deskledger.consumers.publisher.allow_checks import EventName
from deskledger.consumers.publisher.cloud_event import (
    Describing,
    FeedRecord,
    position_text,
    schema_uri,
    source_of,
    type_of,
)
from deskledger.consumers.publisher.content import Contents, Published
from deskledger.consumers.publisher.feed_reader import FeedEnd
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord

BATCH_BYTES = 256 << 10
# What headers, key and lengths add to the data of a record, at most.
_AROUND_BYTES = 1_000


@dataclass(slots=True)
class Counts:
    """What became of events since the publisher began.

    Attributes:
        published: handed to the feed and acknowledged.
        withheld: not on the allow-list.
        unreadable: on the list, but not of the shape of their type.
    """

    published: int = 0
    withheld: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class LaneRun:
    """One lane, from the position at which its feed was read back.

    Attributes:
        read: how far the ledger was looked through.
        published: position of the latest event known to be in the feed.
        offset: where the next record stands in the feed if nobody else writes.
        heard_at: when something was last written, in seconds of a clock that never goes back.
        counts: grows with what is published and withheld.
        shared: whether somebody else wrote since, so that the end must be read back.
        trouble: why nothing more is published; empty while all is well.
    """

    desk: str
    lane: int
    read: Progress
    published: int
    offset: int
    heard_at: float
    counts: Counts
    shared: bool = False
    trouble: str = ""
    _waiting: deque[tuple[bytes, Published]] = field(default_factory=deque)
    _describing: dict[EventName, Describing] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether anything has yet to be sent."""
        return bool(self._waiting)

    @property
    def complete(self) -> int:
        """The position up to which all that is published is in the feed."""
        return self.published if self._waiting else max(self.published, self.read.sequence)

    def take(self, record: StoredRecord, contents: Contents) -> None:
        """Goes on behind a record of the ledger; what is in the feed already is left out."""
        key = record.stream.encode()
        self._waiting.extend(
            (key, event) for event in contents.published if event.sequence > self.published
        )
        self.counts.withheld += contents.withheld
        self.counts.unreadable += len(contents.unreadable)
        self.read = Progress.after(record, self.desk)

    def batch(self) -> list[FeedRecord]:
        """The next records, in order and each naming the one before; they go on waiting."""
        records: list[FeedRecord] = []
        size, previous = 0, self.published
        for key, event in self._waiting:
            size += len(event.data) + len(key) + _AROUND_BYTES
            if records and size > BATCH_BYTES:
                break
            records.append(self._record(key, event, previous))
            previous = event.sequence
        return records

    def sent(self, records: list[FeedRecord], offset: int, now: float) -> None:
        """Takes note that a batch is in the feed, beginning at this offset."""
        self.shared = self.shared or offset != self.offset
        self.offset = offset + len(records)
        self.heard_at = now
        self.published = max(self.published, records[-1].sequence)
        while self._waiting and self._waiting[0][1].sequence <= self.published:
            self._waiting.popleft()
            self.counts.published += 1

    def beaten(self, offset: int, now: float) -> None:
        """Takes note that a heartbeat is in the feed, at this offset."""
        self.shared = self.shared or offset != self.offset
        self.offset = offset + 1
        self.heard_at = now

    def read_back(self, end: FeedEnd) -> None:
        """Takes note of what others have published."""
        self.offset = end.offset
        self.published = max(self.published, end.published)
        self.shared = False
        while self._waiting and self._waiting[0][1].sequence <= self.published:
            self._waiting.popleft()

    def _record(self, key: bytes, event: Published, previous: int) -> FeedRecord:
        describing = self._describing.get(event.name)
        if describing is None:
            describing = self._describing[event.name] = Describing(
                source_of(self.desk, self.lane), type_of(event.name), schema_uri(event.name)
            )
        headers = describing.headers(
            identity=position_text(event.sequence),
            subject=key,
            time=event.time,
            sequence=event.sequence,
            previous=previous,
        )
        return FeedRecord(self.lane, event.sequence, key, event.data, headers)
