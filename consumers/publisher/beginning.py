"""Where publishing goes on in a lane: behind what its feed holds, once that was checked."""

from collections.abc import Sequence

from deskledger.consumers.publisher.feed_reader import FeedEnd
from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.positions import progress_behind
from deskledger.eventlog.progress import Progress

_NO_HASH = bytes(32)


class FeedAstray(LedgerDamaged):
    """The feed does not follow from this ledger, so nothing was published."""


def place_to_begin(ledger: FollowedLedger, reached: Progress, end: FeedEnd) -> Progress:
    """How far a lane of the ledger has been published.

    A ledger that is behind its feed, as a replica may be, goes on at its own end.

    Args:
        ledger: what is published.
        reached: how far the lane has come.
        end: how far its feed has come.

    Raises:
        FeedAstray: the feed holds what the ledger does not.
    """
    places = [Progress(ledger.desk, reached.lane, 0, 0, _NO_HASH)]
    looked = end.looked_through
    if looked is not None and looked.records <= reached.records:
        if looked.records and ledger.progress_at(looked.lane, looked.records) != looked:
            raise _astray(looked.lane, f"its record {looked.records} is another")
        places.append(looked)
    if end.published > reached.sequence:
        places.append(reached)
    elif end.published:
        places += _behind(ledger, reached, end)
    return max(places, key=lambda place: place.records)


def _behind(ledger: FollowedLedger, reached: Progress, end: FeedEnd) -> Sequence[Progress]:
    """The place before the commit that holds the latest published event, if there is one."""
    before = progress_behind(ledger, reached, end.published - 1)
    (record,) = ledger.read(reached.lane, before.records if before else 0, 1)
    if end.stream and record.stream != end.stream:
        told = f"its event {end.published} is of {record.stream}, not of {end.stream}"
        raise _astray(reached.lane, told)
    return [before] if before else []


def _astray(lane: int, told: str) -> FeedAstray:
    return FeedAstray(
        f"The feed of lane {lane} does not follow from this ledger: {told}. If the ledger was"
        " restored or adopted, begin a new topic and tell the subscribers to start at 0.",
        lane=lane,
    )
