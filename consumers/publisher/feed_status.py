"""How far a feed is behind its ledger, told from what the brokers hold."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from deskledger.consumers.publisher.feed_reader import FeedEnd, FeedReader
from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.consumers.publisher.feed_topic import check_feed_topic
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.positions import progress_behind
from deskledger.eventlog.progress import Progress

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class LaneFeed:
    """How far the feed of a lane is.

    Attributes:
        published: position of the latest event in the feed, 0 for none.
        looked_through: position up to which all that is published is in the feed.
        reached: position of the ledger's latest event.
        behind_seconds: for how long the oldest event that was not looked through has waited.
        silent_seconds: since when nothing has come in the feed; None for never.
    """

    lane: int
    published: int
    looked_through: int
    reached: int
    behind_seconds: float
    silent_seconds: float | None

    @property
    def behind(self) -> int:
        """How many events of the ledger were not looked through; negative for a late replica."""
        return self.reached - self.looked_through


def feed_status(
    ledger: FollowedLedger, settings: FeedSettings, clock: Callable[[], datetime]
) -> list[LaneFeed]:
    """How far the feed of each lane is, in the order of lanes.

    Raises:
        InvalidInput: there is no such topic, or it does not fit the ledger.
        ForeignFile: the topic holds the feed of another desk.
        Unavailable: the brokers did not answer.
    """
    lanes = ledger.progress()
    check_feed_topic(settings, len(lanes))
    with FeedReader(settings, ledger.desk) as reader:
        ends = reader.ends([reached.lane for reached in lanes])
    now = clock().timestamp()
    return [_status(ledger, reached, ends[reached.lane], now) for reached in lanes]


def _status(ledger: FollowedLedger, reached: Progress, end: FeedEnd, now: float) -> LaneFeed:
    looked = end.looked_through
    through = max(end.published, looked.sequence if looked else 0)
    return LaneFeed(
        lane=reached.lane,
        published=end.published,
        looked_through=through,
        reached=reached.sequence,
        behind_seconds=_behind_seconds(ledger, reached, through, now),
        silent_seconds=None if end.heard_at is None else max(0.0, now - end.heard_at),
    )


def _behind_seconds(ledger: FollowedLedger, reached: Progress, through: int, now: float) -> float:
    """The age of the first event behind a position, by the lane's own time."""
    if reached.sequence <= through:
        return 0.0
    before = progress_behind(ledger, reached, through)
    (waiting,) = ledger.read(reached.lane, before.records if before else 0, 1)
    return max(0.0, now - waiting.lane_time / _MICROSECONDS)
