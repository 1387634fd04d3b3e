"""One `app/` stream: what its recorders insert and select."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from eventsourcing.persistence import Notification, StoredEvent, Tracking

from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.eventsourcing.errors import told_to_the_library
from deskledger.eventlog.eventsourcing.index import StreamIndex
from deskledger.eventlog.eventsourcing.inserting import Inserter
from deskledger.eventlog.eventsourcing.insertion import Insertion
from deskledger.eventlog.eventsourcing.ledger import ApplicationLedger
from deskledger.eventlog.eventsourcing.places import Place
from deskledger.eventlog.eventsourcing.stored import (
    OriginatorId,
    originator_key,
    read_notifications,
)
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import StoredRecord


class ApplicationStream:
    """Inserts into a stream and selects from it, for any number of threads.

    Every selection is of all that the ledger holds when it begins.
    """

    def __init__(
        self,
        ledger: ApplicationLedger,
        name: str,
        directory: Path,
        *,
        clock: Callable[[], datetime],
        deadline_seconds: float,
    ) -> None:
        """The index lies in `directory`; `clock` gives aware UTC instants."""
        self.ledger = ledger
        self.name = name
        self._lane = lane_of(name, ledger.lanes)
        self._index = StreamIndex(ledger, name, directory, deadline_seconds)
        self._inserter = Inserter(ledger, self._index, name, clock)

    def close(self) -> None:
        """Ends inserting and closes the index; the ledger stays open."""
        self._inserter.close()
        self._index.close()

    def insert(
        self, stored_events: Sequence[StoredEvent], tracking: Tracking | None = None
    ) -> list[int]:
        """Records events and tracking in one commit; gives the events' notification ids.

        Raises:
            IntegrityError, InsertTooLarge, NotStorable, Contended, LedgerUnavailable: nothing of
                it was stored.
            InsertUnknown: it may have been stored.
        """
        if not stored_events and tracking is None:
            return []
        with told_to_the_library():
            return self._inserter.insert(Insertion(stored_events, tracking))

    def select_events(
        self,
        originator_id: OriginatorId,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """Events of one originator, by version; see the library's `AggregateRecorder`."""
        with told_to_the_library():
            self._index.catch_up()
            places = self._index.of_originator(
                originator_key(originator_id), above=gt, up_to=lte, descending=desc, limit=limit
            )
            found = self._read(places)
        return [
            StoredEvent(one.originator_id, one.originator_version, one.topic, one.state)
            for one in found
        ]

    def select_notifications(
        self, first: int, last: int | None, topics: Sequence[str], limit: int
    ) -> list[Notification]:
        """Events whose ids lie from `first` to `last`, by id; of these topics, or of any."""
        with told_to_the_library():
            self._index.catch_up()
            return self._read(self._index.of_ids(first, last, topics, limit))

    def last_notification_id(self) -> int | None:
        """The highest notification id, None before the first event."""
        with told_to_the_library():
            self._index.catch_up()
            return self._index.last_id()

    def tracked(self, application: str) -> int | None:
        """The highest notification id that is tracked of an upstream application."""
        with told_to_the_library():
            self._index.catch_up()
            return self._index.tracked(application)

    def _read(self, places: Sequence[Place]) -> list[Notification]:
        """The events at these places, in their order; each record is read once."""
        wanted: dict[int, list[int]] = {}
        for place in places:
            wanted.setdefault(place.record, []).append(place.notification)
        found = {
            one.id: one
            for record in self._records(sorted(wanted))
            for one in read_notifications(record, wanted[record.record])
        }
        return [found[place.notification] for place in places]

    def _records(self, numbers: Sequence[int]) -> Iterator[StoredRecord]:
        """Records of the lane by their numbers; those that follow each other are read at once."""
        for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
            asked = [number for _, number in run]
            read = self.ledger.read(self._lane, asked[0] - 1, len(asked))
            if [record.record for record in read] != asked or any(
                record.stream != self.name or record.version is None for record in read
            ):
                told = f"The ledger no longer holds what was indexed of {self.name}."
                raise LedgerDamaged(told, lane=self._lane, record=asked[0])
            yield from read
