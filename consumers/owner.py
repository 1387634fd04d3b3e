"""The owner of the tables: keeps them current, and answers the other processes of its desk."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import structlog

from deskledger import __version__
from deskledger.consumers.projector import Projector, Report
from deskledger.consumers.staging_processes import Opener
from deskledger.consumers.switches import Switches
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.follower import FollowedLedger
from deskledger.projections.errors import InUse, Outdated
from deskledger.projections.file import NAME
from deskledger.projections.owner.client import find_owner
from deskledger.projections.owner.conversation import ANALYSTS_MAX, Served
from deskledger.projections.owner.messages import Owner, directory_mark
from deskledger.projections.owner.server import serving
from deskledger.projections.owner.shared import SharedStore
from deskledger.projections.owner.watch import Watch
from deskledger.projections.personal import DataKeys
from deskledger.projections.question import Limits
from deskledger.projections.replacing import aside_of, put_in_place
from deskledger.projections.store import ProjectionStore

LIMITS = Limits(seconds=300.0, rows=5_000_000, bytes=1 << 30)
TAKE_SECONDS = 0.5
RETRY_SECONDS = 1.0
REOPEN_SECONDS = 30.0
GRACE_SECONDS = 5.0

_log = structlog.get_logger()


@dataclass(frozen=True)
class Belongings:
    """What an owner of tables works with.

    Attributes:
        directory: the desk's.
        ledger: what the tables follow from.
        data_keys: the keys of sealed values.
        clock: gives aware UTC instants.
        rebuild: makes tables anew where those that lie there are of another version; its report
            may raise.
        limits: of each question in SQL; its seconds are also those of a moment.
        opener: opens ledger and keys once more, for processes that stage a long way.
    """

    directory: Path
    ledger: FollowedLedger
    data_keys: DataKeys
    clock: Callable[[], datetime]
    rebuild: Callable[[Report], object]
    limits: Limits = LIMITS
    opener: Opener | None = None


class _Interrupted(Exception):
    """Something else than projecting is to be done."""


def own_projections(parts: Belongings, stop: threading.Event) -> None:
    """Takes the tables, keeps them current and answers for them until `stop` is set.

    While another process owns them it waits, and takes over when that ends. Tables of another
    version of the software are made anew first.

    Raises:
        Astray: the tables do not follow from this ledger.
        ForeignFile, NewerVersion: the file is not this desk's, or not for this software.
        LedgerDamaged: the ledger does not hold what was read from it.
        Unavailable: the socket cannot be made, or the file was lost to another process.
    """
    store = _taken(parts, stop)
    if store is None:
        return
    shared = SharedStore(store)
    try:
        _Ownership(parts, shared, stop).run()
    finally:
        shared.close()
        _log.info("projections_given_back")


def _taken(parts: Belongings, stop: threading.Event) -> ProjectionStore | None:
    """The store, as soon as no other process has it; None if `stop` is set before."""
    path = parts.directory / NAME
    waits_for = ""
    while not stop.is_set():
        try:
            _refuse_beside_another(parts)
            store = ProjectionStore.open(path, parts.ledger.desk, deadline_seconds=0)
        except Outdated:
            _log.info("projections_outdated")
            _rebuild(parts, stop)
            continue
        except Unavailable as error:
            if str(error) != waits_for:
                waits_for = str(error)
                _log.info("projections_awaited", reason=waits_for)
        else:
            _log.info("projections_taken", file=str(path), pid=os.getpid())
            return store
        stop.wait(TAKE_SECONDS)
    return None


def _refuse_beside_another(parts: Belongings) -> None:
    other = find_owner(parts.directory, parts.ledger.desk)
    if other is not None:
        with other:
            told = f"Process {other.owner.pid} owns the tables since {other.owner.since}."
            raise InUse(told, pid=other.owner.pid)


def _rebuild(parts: Belongings, stop: threading.Event) -> None:
    """Makes the tables anew; another process that is at it is waited for."""

    def report(_records: int) -> None:
        if stop.is_set():
            raise _Interrupted

    began = time.monotonic()
    try:
        parts.rebuild(report)
    except _Interrupted:
        return
    except Unavailable as error:
        _log.warning("rebuild_failed", reason=str(error))
        stop.wait(RETRY_SECONDS)
    else:
        _log.info("projections_rebuilt", seconds=round(time.monotonic() - began, 1))


class _Ownership:
    """One process's time as the owner."""

    def __init__(self, parts: Belongings, shared: SharedStore, stop: threading.Event) -> None:
        self._parts = parts
        self._shared = shared
        self._stop = stop
        self._switches = Switches(stop)
        self._watch = Watch()

    def run(self) -> None:
        """Answers and projects until it is to stop."""
        with self._closing(), serving(self._parts.directory, self._served()):
            while not self._stop.is_set():
                try:
                    self._follow()
                except _Interrupted:
                    self._switches.serve(self._switch)
                except (Unavailable, duckdb.Error) as error:
                    self._recover(error)

    @contextmanager
    def _closing(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._switches.close()
            self._watch.close()

    def _served(self) -> Served:
        limits = self._parts.limits
        owner = Owner(
            desk=self._parts.ledger.desk,
            directory=directory_mark(self._parts.directory),
            software=__version__,
            pid=os.getpid(),
            since=self._parts.clock(),
            seconds=limits.seconds or LIMITS.seconds or 0.0,
        )
        analysts = threading.Semaphore(ANALYSTS_MAX)
        return Served(owner, self._shared, self._watch, limits, self._switches.ask, analysts)

    def _follow(self) -> None:
        parts = self._parts
        projector = Projector(self._shared.store, parts.ledger, parts.data_keys)
        began = time.monotonic()
        records = projector.catch_up(self._applied, opener=parts.opener)
        seconds = round(time.monotonic() - began, 1)
        _log.info("projections_current", records=records, seconds=seconds)
        projector.follow(self._switches, self._applied)
        raise _Interrupted

    def _applied(self, _records: int) -> None:
        self._shared.advanced()
        if self._switches.is_set():
            raise _Interrupted

    def _recover(self, error: Exception) -> None:
        """Waits, and opens the file again if it is that which failed."""
        _log.warning("projecting_failed", reason=str(error))
        self._stop.wait(RETRY_SECONDS)
        try:
            self._shared.advanced()
        except duckdb.Error:
            self._exchange(lambda: None)

    def _switch(self) -> None:
        """Goes on with the tables that were rebuilt beside.

        Raises:
            InvalidInput: there are none.
            ForeignFile, Outdated, Astray, Unavailable: they are not for this desk and software.
        """
        path, desk = self._parts.directory / NAME, self._parts.ledger.desk
        aside = aside_of(path)
        if not aside.exists():
            raise InvalidInput("No tables were rebuilt; run `deskledger rebuild`.")
        with ProjectionStore.open(aside, desk, deadline_seconds=0) as rebuilt:
            rebuilt.check(self._parts.ledger)
        self._exchange(lambda: put_in_place(path, desk, REOPEN_SECONDS))
        _log.info("projections_exchanged")

    def _exchange(self, between: Callable[[], None]) -> None:
        """Closes the file, does something, and opens it again, while nobody asks."""
        path, desk = self._parts.directory / NAME, self._parts.ledger.desk

        def reopen(store: ProjectionStore) -> ProjectionStore:
            store.close()
            between()
            return ProjectionStore.open(path, desk, deadline_seconds=REOPEN_SECONDS)

        self._shared.exchange(reopen, grace_seconds=GRACE_SECONDS, cut_off=self._watch.cut_off)
