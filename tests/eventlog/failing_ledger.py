# ruff: noqa: SLF001 - faults are put into the ledger's own connection
"""An embedded ledger whose writes fail as asked, and callers that come at once."""

import sqlite3
import threading
from collections.abc import Callable
from functools import partial

from deskledger.domain.errors import DeskError
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.patience import PATIENCE_SECONDS


class FailingConnection:
    """A connection to SQLite that fails as asked in the statement that makes things durable.

    A real disk does not fail a sync on demand.
    """

    def __init__(
        self, connection: sqlite3.Connection, error: BaseException, *, after: bool
    ) -> None:
        self._connection = connection
        self._error = error
        self._after = after

    def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:
        fails = statement == "COMMIT" or statement.startswith("INSERT INTO arrival")
        if fails and not self._after:
            raise self._error
        cursor = self._connection.execute(statement, *parameters)  # type: ignore[arg-type]
        if fails:
            raise self._error
        return cursor

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


def failing(ledger: EmbeddedLedger, error: BaseException, *, after: bool) -> Callable[[], None]:
    """Makes the ledger's writes fail; gives what ends that."""
    real = ledger._writer
    broken = FailingConnection(real, error, after=after)
    places = ((ledger, "_writer"), (ledger._store, "_connection"))
    for owner, name in places:
        setattr(owner, name, broken)

    def repair() -> None:
        for owner, name in places:
            setattr(owner, name, real)

    return repair


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def appending(ledger: EmbeddedLedger, drafts: list[Draft]) -> list[Callable[[], object]]:
    """A task per draft that appends it alone."""
    return [partial(ledger.append, [draft]) for draft in drafts]


def in_threads(tasks: list[Callable[[], object]]) -> list[object]:
    """The results of all tasks run at once, or what they raised."""
    results: list[object] = [None] * len(tasks)

    def run(index: int) -> None:
        try:
            results[index] = tasks[index]()
        except (DeskError, KeyboardInterrupt) as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()
    return results
