"""The projector: follows the ledger and keeps the tables of the projections current."""

import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import chain
from typing import Protocol

from deskledger.consumers.staging_processes import Opener, staged_aside
from deskledger.eventlog.follower import FollowedLedger, Follower
from deskledger.eventlog.records import StoredRecord
from deskledger.projections.errors import Unfit
from deskledger.projections.personal import DataKeys
from deskledger.projections.staging import Staged, Stager
from deskledger.projections.store import ProjectionStore

BATCH_RECORDS_MAX = 7_000
APART_SECONDS_MIN = 0.16
"""From the beginning of a batch to that of the next. A stream of commands so makes some six
batches a second, which hold more for little more, and a record that comes while a batch is applied
waits for the rest of this time only, not for a pause as well."""
PAUSE_SECONDS_MAX = 0.2
PAUSE_SHARE = 2.0
"""Of the time that a batch took: batches of 60 to 100 ms take a third of a processor. Slower ones
wait no longer than the most, so that the tables do not fall behind."""

_WAIT_SECONDS = 1.0
# Other processes take a second to start.
_RECORDS_ASIDE_MIN = 100_000
_PIECE_RECORDS = 20_000
EVENTS_ASIDE_MAX = 200_000
"""Of a batch that other processes stage; nobody waits for the first."""

Report = Callable[[int], None]
"""Takes the number of records that were applied since it was last called."""


class Stop(Protocol):
    """Says when to end; a `threading.Event` does."""

    def is_set(self) -> bool:
        """Whether to end."""

    def wait(self, timeout: float) -> bool:
        """Waits for that, or as many seconds; gives whether to end."""


class Projector:
    """Applies every record of a ledger to a store, once and in the order of its lane.

    The store says how far it is, so a projector has nothing to remember: after an error, or in
    another process, it goes on where the rows end.
    """

    def __init__(
        self,
        store: ProjectionStore,
        ledger: FollowedLedger,
        data_keys: DataKeys,
        *,
        batch_records_max: int = BATCH_RECORDS_MAX,
    ) -> None:
        """Takes the store, the ledger that it follows, and the keys of sealed values.

        Raises:
            Astray: the store does not follow from this ledger; it must be rebuilt.
        """
        store.check(ledger)
        self._store = store
        self._ledger = ledger
        self._stager = Stager(data_keys)
        self._batch_records_max = batch_records_max

    def catch_up(self, report: Report = lambda _: None, *, opener: Opener | None = None) -> int:
        """Applies all that the ledger holds by now; gives the number of records.

        Args:
            report: takes the number of records that were applied since it was last called.
            opener: opens the ledger and the keys once more; with it, a long way is staged in
                processes of its own.

        Raises:
            Unavailable: the store cannot be written, or keys not read; what was applied stays.
        """
        total = 0
        if opener is not None and self._behind() >= _RECORDS_ASIDE_MIN:
            total = self._catch_up_aside(opener, report)
        follower = Follower(
            self._ledger,
            self._store.progress(),
            batch_size_max=self._batch_records_max,
            lane_by_lane=True,
        )
        records = follower.batch()
        if len(records) >= self._batch_records_max:
            staged = self._stager.stage(records, self._store.parked)
            del records
            return total + self._catch_up(follower, staged, report)
        if records:
            self._store.apply(records, self._stager)
            report(len(records))
        return total + len(records)

    def follow(self, stop: Stop, report: Report = lambda _: None) -> None:
        """Keeps the tables current until `stop` is set.

        Raises:
            Unavailable: as `catch_up`.
        """
        while not stop.is_set():
            seen, began = self._ledger.changes(), time.monotonic()
            if self.catch_up(report):
                took = time.monotonic() - began
                stop.wait(pause_after(took))
            else:
                self._ledger.wait(seen, _WAIT_SECONDS)

    def _catch_up(self, follower: Follower, staged: Staged, report: Report) -> int:
        """Applies batch after batch; while DuckDB applies one, the next is staged.

        Thousands of records are much, so what was staged is not kept, and in need read again.
        """
        total = 0
        parked = set(self._store.parked)
        with ThreadPoolExecutor(1, "projector") as writer:
            while staged.count:
                applied = writer.submit(self._store.write, staged)
                parked.update(record.stream for record, _ in staged.aside)
                ahead = self._stager.stage(follower.batch(), parked)
                if not self._applied(applied, staged):
                    parked |= self._store.parked
                    ahead = self._stager.stage(self._records(ahead), parked)
                report(staged.count)
                total += staged.count
                staged = ahead
        return total

    def _records(self, staged: Staged) -> list[StoredRecord]:
        """The records of a batch that is the next to be applied, read again."""
        applied = {at.lane: at.records for at in self._store.progress()}
        records = []
        for lane, last in sorted(staged.latest.items()):
            after = applied.get(lane, 0)
            records += self._ledger.read(lane, after, last.record - after)
        return records

    def _catch_up_aside(self, opener: Opener, report: Report) -> int:
        """Applies what other processes stage, up to where the ledger is now.

        A batch with a value that fits no column ends it: what is left is found the usual way.
        """
        total = 0
        with (
            staged_aside(
                opener,
                self._store.progress(),
                self._ledger.progress(),
                parked=frozenset(self._store.parked),
                batch_records_max=_PIECE_RECORDS,
            ) as pieces,
            closing(_one_ahead(pieces)) as waiting,
        ):
            for first in waiting:
                before = self._read()
                try:
                    self._store.write_as_they_come(_up_to(EVENTS_ASIDE_MAX, first, waiting, report))
                except Unfit:
                    return total
                records = self._read() - before
                report(records)
                total += records
        return total

    def _behind(self) -> int:
        return sum(lane.records for lane in self._ledger.progress()) - self._read()

    def _read(self) -> int:
        return sum(lane.records for lane in self._store.progress())

    def _applied(self, applied: Future[None], staged: Staged) -> bool:
        """Waits for a batch; False if something in it had to be set aside on the way."""
        try:
            applied.result()
        except Unfit:
            self._store.apply(self._records(staged), self._stager)
            return False
        return True


def pause_after(took: float) -> float:
    """Seconds to let records gather, after a batch that took as many."""
    return min(max(PAUSE_SHARE * took, APART_SECONDS_MIN - took), PAUSE_SECONDS_MAX)


def _one_ahead(pieces: Iterator[Staged]) -> Generator[Staged, None, None]:
    """The pieces; while one is applied, the next is received."""
    with ThreadPoolExecutor(1, "receiver") as receiver:
        coming = receiver.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = receiver.submit(next, pieces, None)
            yield piece


def _up_to(
    events_max: int, first: Staged, pieces: Iterator[Staged], report: Report
) -> Iterator[Staged]:
    """Pieces for one batch, the first included, until they have so many events together."""
    events = 0
    for piece in chain([first], pieces):
        yield piece
        # Nothing has been applied yet, but whoever is told may want to end here.
        report(0)
        events += piece.events
        if events >= events_max:
            return
