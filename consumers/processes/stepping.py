"""How a process works on and on: step after step, until it is to stop."""

import threading
from collections.abc import Callable

import structlog

from deskledger.eventlog.errors import Conflict, OutcomeUnknown, Unavailable

WAIT_SECONDS_MAX = 1.0
RETRY_SECONDS = 1.0
PAUSE_SECONDS = 0.1
# A step that found as much to do may have left more.
MUCH = 256

PASSING = (Unavailable, OutcomeUnknown, Conflict)
"""What may be gone when the same is tried again."""

_log = structlog.get_logger()


def work_on(
    stop: threading.Event,
    name: str,
    step: Callable[[float], int],
    wait_seconds: Callable[[], float],
) -> None:
    """Takes step after step until `stop` is set; where the desk is unavailable it tries again.

    Many small steps would cost far more than what they do: every commit would wake every process
    of a node. So there is a pause after each, unless there was much to do.

    Args:
        stop: ends it, at most a step later.
        name: the process's, for the log.
        step: waits so many seconds for something to do, and gives how much it has done.
        wait_seconds: how long it may wait.
    """
    while not stop.is_set():
        try:
            done = step(wait_seconds())
        except PASSING as error:
            _log.warning("process_delayed", process=name, reason=str(error))
            stop.wait(RETRY_SECONDS)
        else:
            stop.wait(PAUSE_SECONDS if done < MUCH else 0)


def until(seconds: float | None) -> float:
    """How long to wait for what is due in so many seconds, if anything is: the lease is kept."""
    return WAIT_SECONDS_MAX if seconds is None else min(max(seconds, 0.0), WAIT_SECONDS_MAX)
