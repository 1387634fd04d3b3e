"""Requests to go on with other tables, from those who ask to the thread that projects."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import Unavailable

WAIT_SECONDS = 100.0
LOOK_SECONDS = 0.25
_ENDING = "The owner of the tables is ending; try again."


class Switches:
    """Is set while something else than projecting is to be done: a request, or to stop."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._asked: SimpleQueue[Future[None]] = SimpleQueue()

    def is_set(self) -> bool:
        """Whether projecting is to pause."""
        return self._stop.is_set() or not self._asked.empty()

    def wait(self, timeout: float) -> bool:
        """Waits so many seconds for the stop, but not for a request."""
        return self._stop.wait(timeout)

    def ask(self) -> None:
        """Waits until the request was served; any thread may ask.

        Raises:
            DeskError: what serving it has raised.
            Unavailable: it was not served in time.
        """
        future: Future[None] = Future()
        self._asked.put(future)
        deadline_at = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                return future.result(LOOK_SECONDS)
            except TimeoutError as error:
                # What is being served is waited for.
                if self._stop.is_set() and future.cancel():
                    raise Unavailable(_ENDING) from error
                if time.monotonic() > deadline_at:
                    future.cancel()
                    told = "The owner of the tables is busy; try again later."
                    raise Unavailable(told) from error

    def serve(self, work: Callable[[], None]) -> None:
        """Serves the requests that wait; each is told what its serving raises."""
        while (future := self._next()) is not None:
            if not future.set_running_or_notify_cancel():
                continue
            try:
                work()
            except DeskError as error:
                future.set_exception(error)
            else:
                future.set_result(None)

    def close(self) -> None:
        """Lets nobody wait any longer."""
        while (future := self._next()) is not None:
            if future.set_running_or_notify_cancel():
                future.set_exception(Unavailable(_ENDING))

    def _next(self) -> Future[None] | None:
        try:
            return self._asked.get_nowait()
        except Empty:
            return None
