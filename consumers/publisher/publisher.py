"""The publisher: follows a ledger and keeps its feed complete, whoever else publishes."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from deskledger.consumers.processes.lease import Lease
from deskledger.consumers.publisher.content import Content, DataKeys
from deskledger.consumers.publisher.feed_settings import FeedSettings
from deskledger.consumers.publisher.feed_topic import check_feed_topic
from deskledger.consumers.publisher.lane_run import Counts, LaneRun
from deskledger.consumers.publisher.session import Parts, Report, Session
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.opening import utc_now

RETRY_SECONDS = 1.0
_WAIT_SECONDS = 0.5


def silent(happened: str, **facts: Any) -> None:
    """Reports to nobody."""
    del happened, facts


class Publisher:
    """Publishes the events of a ledger; any number of them may run on the same one.

    A lease only saves work: whoever publishes a lane besides, nothing is missed.

    Attributes:
        counts: what became of the events of each lane since this publisher began.
        lanes: where each lane is; empty until the feed was read back for the first time.
        failing: why nothing is published at present; empty while all is well.
    """

    def __init__(  # noqa: PLR0913 - what it works with, each part named by its caller
        self,
        ledger: FollowedLedger,
        settings: FeedSettings,
        data_keys: DataKeys,
        *,
        report: Report = silent,
        lease: Lease | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Takes what it works with; connects when it is run.

        Args:
            ledger: what is followed, embedded or on Kafka.
            settings: where and what to publish.
            data_keys: gives keys of sealed values; asked only where the allow-list opens some.
            report: told what happens.
            lease: says which lanes are published here; all without one.
            clock: gives aware UTC instants, for heartbeats.
        """
        self.counts = {reached.lane: Counts() for reached in ledger.progress()}
        self.lanes: Mapping[int, LaneRun] = {}
        self.failing = ""
        content = Content(settings.allow_list, data_keys)
        self._parts = Parts(ledger, settings, content, self.counts, report, clock)
        self._lease = lease
        self._checked = False

    def run(self, stop: threading.Event) -> None:
        """Publishes until `stop` is set; when the brokers fail, it begins again.

        Raises:
            InvalidInput: there is no such topic, or it does not fit the ledger.
            ForeignFile: the topic holds the feed of another desk.
            LedgerDamaged: the feed does not follow from this ledger, or the ledger was cut.
        """
        while not stop.is_set():
            lanes = self._held()
            if not lanes:
                stop.wait(_WAIT_SECONDS)
                continue
            try:
                with self._session(lanes) as session:
                    while not stop.is_set() and lanes == self._held():
                        session.step(_WAIT_SECONDS)
                        self._well()
            except Unavailable as error:
                self._failed(str(error))
                stop.wait(RETRY_SECONDS)

    def catch_up(self) -> int:
        """Publishes all that the ledger holds by now; gives the number of its records.

        Raises:
            Unavailable: the brokers failed; what was published stays.
            InvalidInput, ForeignFile, LedgerDamaged: as `run`.
        """
        total = 0
        with self._session(self._held()) as session:
            while records := session.step(0.0):
                total += records
            session.tell_withheld()
        return total

    def behind(self) -> int:
        """How many events of the ledger are not in the feed, nor known to be withheld."""
        return sum(
            reached.sequence - self.lanes[reached.lane].complete
            for reached in self._parts.ledger.progress()
            if reached.lane in self.lanes
        )

    def _held(self) -> frozenset[int]:
        """The lanes that are published here."""
        return frozenset(self.counts) if self._lease is None else self._lease.lanes()

    def _session(self, lanes: frozenset[int]) -> Session:
        if not self._checked:
            check_feed_topic(self._parts.settings, len(self.counts))
            self._checked = True
        session = Session(self._parts, lanes)
        self.lanes = session.lanes
        return session

    def _well(self) -> None:
        if self.failing:
            self.failing = ""
            self._parts.report("publishing_resumed")

    def _failed(self, reason: str) -> None:
        if not self.failing:
            self._parts.report("publishing_failed", reason=reason)
        self.failing = reason
