"""Notifications as they are recorded, by whichever process."""

from collections import deque
from collections.abc import Sequence

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

from deskledger.eventlog.eventsourcing.errors import told_to_the_library
from deskledger.eventlog.follower import FollowedLedger

LIMIT = 500
# How soon a subscription that waits sees that it was stopped.
WAIT_SECONDS = 0.2


class LedgerSubscription(Subscription[ApplicationRecorder]):
    """Goes through a recorder's notifications in order, and waits for more at the end.

    `stop` may be called from another thread. If the ledger is closed before that, iterating
    raises `LedgerUnavailable`.
    """

    def __init__(
        self,
        recorder: ApplicationRecorder,
        ledger: FollowedLedger,
        gt: int | None,
        topics: Sequence[str],
    ) -> None:
        """Begins behind the notification `gt`; only these topics, if there are any."""
        super().__init__(recorder, gt, topics)
        self._ledger = ledger
        self._fetched: deque[Notification] = deque()
        self._behind = gt or 0

    def __next__(self) -> Notification:
        """The next notification; waits until there is one, or until the subscription is stopped."""
        with told_to_the_library():
            while not self._has_been_stopped:
                if self._fetched:
                    return self._fetched.popleft()
                # The mark first: what is recorded after it ends the wait.
                seen = self._ledger.changes()
                if not self._fetch():
                    self._ledger.wait(seen, WAIT_SECONDS)
        raise StopIteration

    def _fetch(self) -> bool:
        """Selects what comes next; moves on even where nothing has a topic that is asked for."""
        last = self._recorder.max_notification_id() or 0
        if last <= self._behind:
            return False
        self._fetched += self._recorder.select_notifications(
            self._behind, LIMIT, topics=self._topics, inclusive_of_start=False, stop=last
        )
        self._behind = self._fetched[-1].id if len(self._fetched) == LIMIT else last
        return bool(self._fetched)
