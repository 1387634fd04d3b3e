"""How followers learn that a ledger file has grown, whichever process wrote."""

import sqlite3
import threading
import time
from pathlib import Path

from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.files.sqlite_errors import desk_error

POLL_SECONDS = 0.02
POLL_SECONDS_MAX = 0.25
_SLOWER = 1.5


class Changes:
    """Watches one file through a connection of its own.

    A writer of this process wakes the waiting at once; what other processes write is seen by
    polling, every 20 ms at first and slower while nothing happens.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._condition = threading.Condition()
        self._waiting = 0
        self._closed = False

    def seen(self) -> int:
        """A mark of what is stored now: it differs from an older one if anything was stored.

        Raises:
            Unavailable: the file was closed, or cannot be read.
        """
        with self._condition:
            if self._closed:
                raise Unavailable("The ledger was closed.")
            return self._version()

    def wait(self, seen: int, timeout_seconds: float) -> int:
        """Waits until something was stored since the mark `seen`; gives the mark of now.

        The marks are equal after `timeout_seconds`, and when the file is closed meanwhile.
        """
        deadline_at = time.monotonic() + timeout_seconds
        pause = POLL_SECONDS
        with self._condition:
            self._waiting += 1
            try:
                while not self._closed and (now := self._version()) == seen:
                    remaining = deadline_at - time.monotonic()
                    if remaining <= 0:
                        return now
                    self._condition.wait(min(pause, remaining))
                    pause = min(pause * _SLOWER, POLL_SECONDS_MAX)
                return seen if self._closed else now
            finally:
                self._waiting -= 1

    def notify(self) -> None:
        """Wakes the waiting; called after each transaction of this process."""
        if self._waiting:
            with self._condition:
                self._condition.notify_all()

    def close(self) -> None:
        """Wakes the waiting for good."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
            self._connection.close()

    def _version(self) -> int:
        # SQLite counts the transactions of all other connections, in whichever process.
        try:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise desk_error(error, self._path) from error
