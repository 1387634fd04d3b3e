"""How soon the tail asks the brokers again: at once where somebody waits, else after a moment.

Each answer of a broker, and each transaction of the replica, costs about the same for one record
as for ten. Where records come one by one and nobody waits for any of them, some gather first.
"""

import threading
import time

GATHER_SECONDS = 0.02
CALM_SECONDS = 1.0
"""For which nobody must have waited; a writer that has just been answered will write again."""


class Pace:
    """Hurried by whoever waits for what is read, kept by the tail."""

    def __init__(self) -> None:
        self._hurried_at = float("-inf")
        self._hurry = threading.Event()

    @property
    def is_calm(self) -> bool:
        """Whether nobody has waited lately."""
        return time.monotonic() - self._hurried_at > CALM_SECONDS

    def hurry(self) -> None:
        """Ends a pause, and lets none begin for a while; called before the waiting begins."""
        self._hurried_at = time.monotonic()
        self._hurry.set()

    def pause(self) -> None:
        """Lets records gather for a moment, or less if somebody comes to wait."""
        self._hurry.clear()
        # Whoever hurries notes the time first, so none that came before the line above is missed.
        if self.is_calm:
            self._hurry.wait(GATHER_SECONDS)
