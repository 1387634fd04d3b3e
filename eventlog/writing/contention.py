"""How often something is tried again while others keep changing the same stream.

Nobody holds a stream, so of several who write to one only the first is not too late, and the
others decide again. Whoever is slower each time would lose for as long as the others go on. So
after a few attempts at once there is a random pause before each, and the end comes by time.
"""

import random
import time
from collections.abc import Iterator

AT_ONCE = 8
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS_MAX = 0.05


def attempts() -> Iterator[int]:
    """Numbers attempts from 1 until patience ends; whoever has succeeded takes no further one."""
    deadline_at = time.monotonic() + PATIENCE_SECONDS
    number = 0
    while number < AT_ONCE or time.monotonic() < deadline_at:
        if number >= AT_ONCE:
            time.sleep(random.uniform(0, PAUSE_SECONDS_MAX))  # noqa: S311 - nothing secret
        number += 1
        yield number
