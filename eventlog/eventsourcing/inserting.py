"""Inserts of all threads into one `app/` stream: checked, chained, appended together.

The ledger arbitrates: a commit that does not follow its stream's head is void. Every adapter
checks an insert against exactly the head that its commit names as `prev`, so no version of an
originator can be recorded twice, whoever else writes. The queue only lets threads share an append.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from eventsourcing.persistence import IntegrityError

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import OutcomeUnknown
from deskledger.eventlog.eventsourcing.errors import Contended, InsertTooLarge, InsertUnknown
from deskledger.eventlog.eventsourcing.index import StreamIndex
from deskledger.eventlog.eventsourcing.insertion import Insertion, taken, tracked_already
from deskledger.eventlog.eventsourcing.ledger import ApplicationLedger
from deskledger.eventlog.judge import Head
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.group_queue import Caller, GroupQueue

ATTEMPTS_MAX = 64
TOGETHER_MAX = 64


class _Waiting:
    """An insertion, and in the end the ids of its events or its error."""

    def __init__(self, insertion: Insertion) -> None:
        self.insertion = insertion
        self._answer: list[int] | Exception | None = None

    @property
    def is_settled(self) -> bool:
        return self._answer is not None

    def settle(self, answer: list[int] | Exception) -> None:
        self._answer = answer

    def answer(self) -> list[int]:
        assert self._answer is not None, "its thread or another one has settled it"
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class Inserter:
    """Inserts into one stream, for any number of threads."""

    def __init__(
        self,
        ledger: ApplicationLedger,
        index: StreamIndex,
        stream: str,
        clock: Callable[[], datetime],
    ) -> None:
        """`clock` gives aware UTC instants: the time of recording."""
        self._ledger = ledger
        self._index = index
        self._stream = stream
        self._clock = clock
        self._queue: GroupQueue[_Waiting, None] = GroupQueue(self._write, TOGETHER_MAX)

    def insert(self, insertion: Insertion) -> list[int]:
        """Records an insertion whole, or nothing of it.

        Returns:
            The notification ids of its stored events, once they are acknowledged.

        Raises:
            IntegrityError: a version is recorded already, or the tracking does not grow.
            InsertTooLarge: the commit has more bytes than may be stored.
            Contended, Unavailable: nothing was stored.
            InsertUnknown: it may have been stored.
        """
        waiting = _Waiting(insertion)
        self._queue.submit([waiting])
        return waiting.answer()

    def close(self) -> None:
        """Serves those who wait already; later inserts are refused."""
        self._queue.close()

    def _write(self, _leader: Caller[_Waiting, None]) -> None:
        """Tries until each of the insertions that wait is settled."""
        callers = self._queue.take()
        group = [waiting for caller in callers for waiting in caller.entries]
        try:
            self._settle(group)
        except DeskError as error:
            _settle_rest(group, error)
        except BaseException:
            _settle_rest(group, InsertUnknown())
            raise
        finally:
            for caller in callers:
                caller.settle([])

    def _settle(self, group: Sequence[_Waiting]) -> None:
        missing = group
        for _ in range(ATTEMPTS_MAX):
            missing = self._attempt(missing)
            if not missing:
                return
        raise Contended(stream=self._stream, attempts=ATTEMPTS_MAX)

    def _attempt(self, group: Sequence[_Waiting]) -> list[_Waiting]:
        """Appends those that clash with nothing; gives those that must be looked at again."""
        self._index.catch_up()
        # The head first: what is recorded after it makes the commits void, so no check is too old.
        head = self._index.head()
        chain = _Chain(self._stream, head, self._clock())
        later = []
        for waiting in group:
            refusal = self._refusal(waiting.insertion)
            if refusal is not None:
                waiting.settle(refusal)
            elif not chain.add(waiting):
                later.append(waiting)
        void = self._append(chain) if chain.drafts else []
        return void + later

    def _refusal(self, insertion: Insertion) -> IntegrityError | None:
        """Why the stream as it is now cannot take an insertion."""
        for originator, versions in insertion.versions.items():
            found = self._index.taken(originator, versions)
            if found:
                return taken(originator, min(found))
        tracking = insertion.tracking
        if tracking is not None:
            tracked = self._index.tracked(tracking.application_name)
            if tracked is not None and tracked >= tracking.notification_id:
                return tracked_already(tracking, tracked)
        return None

    def _append(self, chain: "_Chain") -> list[_Waiting]:
        """Appends a chain of commits; gives the insertions whose commits are void."""
        try:
            receipts = self._ledger.append(chain.drafts)
        except OutcomeUnknown as error:
            return self._look_up(chain.members, error)
        void = []
        for waiting, receipt in zip(chain.members, receipts, strict=True):
            if receipt.version is None:
                void.append(waiting)
            else:
                waiting.settle(waiting.insertion.notification_ids(receipt.version))
        return void

    def _look_up(self, sent: Sequence[_Waiting], error: OutcomeUnknown) -> list[_Waiting]:
        """Settles what was handed over without an answer by what the ledger holds of it."""
        for waiting in sent:
            insertion = waiting.insertion
            record = self._ledger.find_command(self._stream, insertion.command_id)
            if record is None or record.version is None:
                waiting.settle(InsertUnknown(**error.facts))
            else:
                waiting.settle(insertion.notification_ids(record.version))
        return []


class _Chain:
    """Commits of one append, each naming the one before it."""

    def __init__(self, stream: str, head: Head, recorded_at: datetime) -> None:
        self._stream = stream
        self._head = head
        self._recorded_at = recorded_at
        self._claims: set[tuple[str, int]] = set()
        self.members: list[_Waiting] = []
        self.drafts: list[Draft] = []

    def add(self, waiting: _Waiting) -> bool:
        """Adds an insertion's commit, or settles it as too large.

        False if one before it claims the same: that one may yet be void, so nothing is known.
        """
        insertion = waiting.insertion
        if not self._claims.isdisjoint(insertion.claims):
            return False
        try:
            draft, self._head = insertion.draft(self._stream, self._head, self._recorded_at)
        except InsertTooLarge as error:
            waiting.settle(error)
            return True
        self._claims |= insertion.claims
        self.members.append(waiting)
        self.drafts.append(draft)
        return True


def _settle_rest(group: Sequence[_Waiting], error: DeskError) -> None:
    """Gives everyone who has no answer yet an error of his own."""
    for waiting in group:
        if not waiting.is_settled:
            told = type(error)(*error.args, **error.facts)
            told.__cause__ = error
            waiting.settle(told)
