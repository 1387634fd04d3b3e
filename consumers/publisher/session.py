"""One spell of publishing: from reading the feed back until the brokers fail.

Whatever is in a feed stands behind everything published before it: each batch goes on behind what
was read back from the feed, or behind a batch that the brokers have acknowledged, and a batch is
written whole or not at all. So a record may be repeated, and none is ever missing.
"""

import time
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from deskledger.consumers.publisher.beginning import place_to_begin
from deskledger.consumers.publisher.content import Content
from deskledger.consumers.publisher.feed_reader import FeedReader
from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.consumers.publisher.feed_writer import FeedWriter
from deskledger.consumers.publisher.heartbeat import Heartbeat
from deskledger.consumers.publisher.lane_run import Counts, LaneRun
from deskledger.domain.shapes import instant_text
from deskledger.eventlog.errors import NewerVersion
from deskledger.eventlog.follower import FollowedLedger, Follower
from deskledger.eventlog.records import StoredRecord

BATCH_RECORDS_MAX = 2_000


class Report(Protocol):
    """Takes what happened, in the past tense, with its facts by name."""

    def __call__(self, happened: str, **facts: Any) -> None:
        """Must come back soon and not raise."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every session of a publisher works with.

    Attributes:
        counts: of every lane, by its number.
        clock: gives aware UTC instants.
    """

    ledger: FollowedLedger
    settings: FeedSettings
    content: Content
    counts: Mapping[int, Counts]
    report: Report
    clock: Callable[[], datetime]


class Session:
    """Publishes while all goes well; after any error it must be closed and another one begun.

    Raises:
        Unavailable: the brokers failed; some of what was sent last may be in the feed.
        ForeignFile: the topic holds the feed of another desk.
        LedgerDamaged: the feed does not follow from this ledger, or the ledger was cut.
    """

    def __init__(self, parts: Parts, lanes: Collection[int]) -> None:
        """Reads the feed of some lanes back and checks it against the ledger."""
        self._parts = parts
        self._settings = parts.settings
        with ExitStack() as opened:
            self._reader = opened.enter_context(FeedReader(parts.settings, parts.ledger.desk))
            self.lanes = self._begun(lanes)
            self._writer = opened.enter_context(FeedWriter(parts.settings))
            self._follower = Follower(
                parts.ledger,
                [run.read for run in self.lanes.values()],
                lanes=tuple(self.lanes),
                batch_size_max=BATCH_RECORDS_MAX,
            )
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def step(self, timeout_seconds: float) -> int:
        """Publishes the next records of the ledger, waiting for them; gives their number."""
        records = self._follower.batch(timeout_seconds)
        self._parts.content.prepare(records)
        for record in records:
            self._take(record)
        self._send()
        self._beat()
        return len(records)

    def _begun(self, lanes: Collection[int]) -> dict[int, LaneRun]:
        ledger = self._parts.ledger
        ends = self._reader.ends(lanes)
        # Nothing was heard of this publisher yet, so it says at once that it is there.
        heard_at = time.monotonic() - self._settings.heartbeat_seconds
        return {
            reached.lane: LaneRun(
                desk=ledger.desk,
                lane=reached.lane,
                read=place_to_begin(ledger, reached, ends[reached.lane]),
                published=ends[reached.lane].published,
                offset=ends[reached.lane].offset,
                heard_at=heard_at,
                counts=self._parts.counts[reached.lane],
            )
            for reached in ledger.progress()
            if reached.lane in ends
        }

    def _take(self, record: StoredRecord) -> None:
        run = self.lanes[record.lane]
        if run.trouble:
            return
        try:
            contents = self._parts.content.read(record)
        except NewerVersion as error:
            run.trouble = str(error)
            self._parts.report("lane_halted", lane=run.lane, reason=run.trouble)
            return
        for each in contents.unreadable:
            self._parts.report("event_left_out", **each._asdict())
        run.take(record, contents)

    def _send(self) -> None:
        while True:
            shared = [run.lane for run in self.lanes.values() if run.shared and run.waits]
            if shared:
                for lane, end in self._reader.ends(shared).items():
                    self.lanes[lane].read_back(end)
            batches = {run.lane: run.batch() for run in self.lanes.values() if run.waits}
            if not batches:
                return
            offsets = self._writer.send(batches)
            now = time.monotonic()
            for lane, records in batches.items():
                self.lanes[lane].sent(records, offsets[lane], now)
            self._parts.report("events_published", events=sum(map(len, batches.values())))

    def _beat(self) -> None:
        """Says something in every lane in which nothing was said for too long."""
        now = time.monotonic()
        silent = [
            run
            for run in self.lanes.values()
            if not run.trouble
            and run.read.sequence >= run.published
            and now - run.heard_at >= self._settings.heartbeat_seconds
        ]
        self._tell_progress(silent, now)

    def tell_withheld(self) -> None:
        """Says that the events at the end of lanes were looked through and are withheld.

        For a publisher that stops here: otherwise they would look as if it were behind.
        """
        ending = [run for run in self.lanes.values() if run.read.sequence > run.published]
        self._tell_progress([run for run in ending if not run.trouble], time.monotonic())

    def _tell_progress(self, lanes: Collection[LaneRun], now: float) -> None:
        if not lanes:
            return
        told = instant_text(self._parts.clock())
        beats = {
            run.lane: [
                self._heartbeat(run).record(
                    identity=str(uuid.uuid4()), time=told, published=run.published
                )
            ]
            for run in lanes
        }
        offsets = self._writer.send(beats)
        for run in lanes:
            run.beaten(offsets[run.lane], now)

    def _heartbeat(self, run: LaneRun) -> Heartbeat:
        return Heartbeat.of(
            run.read,
            every_seconds=self._settings.heartbeat_seconds,
            allow_list=self._settings.allow_list.fingerprint,
        )
