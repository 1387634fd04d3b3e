"""A clock that follows a story."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime


class StoryClock:
    """Gives the times that it was set to, one after the other; then the last one again.

    A writer reads its clock once for each command that it decides, in the order of the commands,
    so a run of commands gets exactly the times that were set for it.
    """

    def __init__(self, now: datetime) -> None:
        """`now` is an aware UTC instant."""
        self._now = now
        self._ahead: deque[datetime] = deque()

    def set(self, times: Iterable[datetime]) -> None:
        """Set the next times; those not read yet are dropped."""
        self._ahead = deque(times)

    @property
    def unread(self) -> int:
        """How many of the set times nobody has read."""
        return len(self._ahead)

    def __call__(self) -> datetime:
        """The next time of the story."""
        if self._ahead:
            self._now = self._ahead.popleft()
        return self._now
