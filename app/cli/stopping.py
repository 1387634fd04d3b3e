"""How long-running commands are ended: by an interrupt or by being asked to terminate."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that is set by SIGINT and SIGTERM: the work is ended, not cut off."""
    stop = threading.Event()

    def ask(_signal: int, _frame: object) -> None:
        stop.set()

    before = {one: signal.signal(one, ask) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
