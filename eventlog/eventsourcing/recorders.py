"""The library's recorders over `app/` streams of a ledger."""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)

from deskledger.eventlog.eventsourcing.stored import OriginatorId
from deskledger.eventlog.eventsourcing.stream import ApplicationStream
from deskledger.eventlog.eventsourcing.subscription import LedgerSubscription


class LedgerRecorder:
    """What all of them have: the stream that they write to."""

    def __init__(self, stream: ApplicationStream) -> None:
        self.stream = stream


class LedgerAggregateRecorder(LedgerRecorder, AggregateRecorder):
    """Stored events by originator; of snapshots, and of applications nobody follows."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **_kwargs: Any
    ) -> Sequence[int] | None:
        """Records the events in one commit, or none of them; see `ApplicationStream.insert`."""
        self.stream.insert(stored_events)
        return None

    def select_events(
        self,
        originator_id: OriginatorId,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one originator, by version."""
        return self.stream.select_events(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)


class LedgerApplicationRecorder(LedgerAggregateRecorder, ApplicationRecorder):
    """Stored events by originator, and all of an application in their order."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **_kwargs: Any
    ) -> Sequence[int] | None:
        """Records the events in one commit, or none of them; gives their notification ids."""
        return self.stream.insert(stored_events)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Up to `limit` events whose ids lie from `start` to `stop`, by id."""
        first = 0 if start is None else start + (not inclusive_of_start)
        return self.stream.select_notifications(first, stop, topics, limit)

    def max_notification_id(self) -> int | None:
        """The highest notification id, None before the first event."""
        return self.stream.last_notification_id()

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """All events behind `gt`, and then each as it is recorded, by whichever process."""
        return LedgerSubscription(self, self.stream.ledger, gt, topics)


class LedgerTrackingRecorder(LedgerRecorder, TrackingRecorder):
    """How far other applications were followed; a class of views may be derived from it."""

    def insert_tracking(self, tracking: Tracking) -> None:
        """Records a tracking that goes beyond what is tracked of its application."""
        self.stream.insert([], tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """The highest notification id that is tracked of an application, None for none."""
        return self.stream.tracked(application_name)


class LedgerProcessRecorder(LedgerTrackingRecorder, LedgerApplicationRecorder, ProcessRecorder):
    """Events together with the tracking of what they follow from: both, or neither."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Records the events and `tracking`, if it is given, in one commit."""
        return self.stream.insert(stored_events, kwargs.get("tracking"))
