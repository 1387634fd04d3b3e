"""A lane of the desk as an application of the library: its events, to be read and followed.

An originator is a stream, an originator's version is a version in the stream, a topic is an
event's type, and a notification's id is the event's sequence in its lane.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

import orjson
from eventsourcing.persistence import (
    ApplicationRecorder,
    Notification,
    StoredEvent,
    Subscription,
)

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.control import EVENTS_MAX, control_key
from deskledger.eventlog.eventsourcing.errors import ReadOnly, told_to_the_library
from deskledger.eventlog.eventsourcing.ledger import ReadLedger
from deskledger.eventlog.eventsourcing.stored import OriginatorId
from deskledger.eventlog.eventsourcing.subscription import LedgerSubscription
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.positions import progress_behind
from deskledger.eventlog.records import StoredRecord

BATCH_RECORDS_MAX = 256

_ENVELOPE = (
    "commit",
    "recorded_at",
    "command",
    "actor",
    "on_behalf_of",
    "source",
    "correlation",
    "cause",
    "reads",
    "software",
)


def lane_name(lane: int) -> str:
    """What a lane is called as an application, and in tracking: `lane/0` and so on."""
    return control_key(lane).decode()


class LaneRecorder(ApplicationRecorder):
    """Reads the effective events of one lane; nothing can be inserted.

    The state of an event is compact JSON of the commit that holds it, with `event` in place of
    its `events`; personal values in it are sealed. Use one recorder for each lane: there is no
    order between lanes.
    """

    def __init__(self, ledger: ReadLedger, lane: int) -> None:
        """Reads from `ledger`, which stays its owner's.

        Raises:
            InvalidInput: the desk has no such lane.
        """
        if not 0 <= lane < ledger.lanes:
            told = f"There is no lane {lane}; they go from 0 to {ledger.lanes - 1}."
            raise InvalidInput(told, lane=lane)
        self.name = lane_name(lane)
        self._ledger = ledger
        self._lane = lane

    def insert_events(self, *_stored_events: Any, **_kwargs: Any) -> NoReturn:
        """Refuses: the desk's streams are changed by commands.

        Raises:
            ReadOnly: always.
        """
        raise ReadOnly

    def select_events(
        self,
        originator_id: OriginatorId,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of a stream of this lane, by version; none for one of another lane."""
        stream = str(originator_id)
        if lane_of(stream, self._ledger.lanes) != self._lane:
            return []
        # A commit that begins before `gt` may end behind it.
        begin = max((gt or 0) - EVENTS_MAX, 0)
        with told_to_the_library():
            records = self._ledger.history(stream, begin)
        found = [
            StoredEvent(one.originator_id, one.originator_version, one.topic, one.state)
            for record in records
            for one in notifications_of(record)
            if (gt is None or one.originator_version > gt)
            and (lte is None or one.originator_version <= lte)
        ]
        return (found[::-1] if desc else found)[:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Up to `limit` events of the lane whose sequences lie from `start` to `stop`."""
        first = 1 if start is None else start + (not inclusive_of_start)
        found: list[Notification] = []
        with told_to_the_library():
            for one in self._from(first):
                if len(found) >= limit or (stop is not None and one.id > stop):
                    break
                if not topics or one.topic in topics:
                    found.append(one)
        return found

    def max_notification_id(self) -> int | None:
        """The sequence of the lane's latest event, None before the first."""
        with told_to_the_library():
            return self._ledger.progress()[self._lane].sequence or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """All events behind the sequence `gt`, and then each as it is recorded."""
        return LedgerSubscription(self, self._ledger, gt, topics)

    def _from(self, first: int) -> Iterator[Notification]:
        """The lane's events from a sequence on, up to the present end."""
        end = self._ledger.progress()[self._lane]
        behind = progress_behind(self._ledger, end, first - 1)
        after = 0 if behind is None else behind.records
        while records := self._ledger.read(self._lane, after, BATCH_RECORDS_MAX):
            after = records[-1].record
            for record in records:
                yield from (one for one in notifications_of(record) if one.id >= first)


def notifications_of(record: StoredRecord) -> Iterator[Notification]:
    """The events of a record, in the order of their versions; none unless it is effective."""
    if record.version is None:
        return
    body: Mapping[str, Any] = orjson.loads(record.value)
    events: Sequence[Mapping[str, Any]] = body["events"]
    envelope = {name: body.get(name) for name in _ENVELOPE}
    sequence = record.sequence - len(events)
    for index, event in enumerate(events):
        yield Notification(
            originator_id=record.stream,
            originator_version=record.version + index,
            topic=str(event.get("type")),
            state=orjson.dumps({**envelope, "event": event}),
            id=sequence + index + 1,
        )
