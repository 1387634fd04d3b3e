"""How long a test waits for what must come: only what never comes is given up.

No test depends on how fast something is. A machine with ten times more work than it can do takes
half a minute to start a process.
"""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 120


def wait_until(holds: Callable[[], bool]) -> None:
    """Looks again and again until it holds.

    Raises:
        AssertionError: it never did.
    """
    deadline_at = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline_at, "what was waited for did not come"
        time.sleep(0.02)
