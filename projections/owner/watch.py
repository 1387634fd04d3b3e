"""A look at those who wait for answers: whoever has gone, or asks for too long, is cut off."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deskledger.projections.owner.frames import Channel

TICK_SECONDS = 0.1


@dataclass(frozen=True, eq=False, slots=True)
class _Moment:
    channel: Channel
    interrupt: Callable[[], None]
    deadline_at: float


class Watch:
    """Watches every moment that is being asked, in a thread of its own.

    A question that runs cannot look at its socket; this thread does, and interrupts it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._moments: set[_Moment] = set()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="owner-watch", daemon=True)
        self._thread.start()

    @contextmanager
    def over(
        self, channel: Channel, interrupt: Callable[[], None], seconds: float
    ) -> Iterator[None]:
        """Watches one moment: `interrupt` is called when its asker hangs up, or time is up."""
        moment = _Moment(channel, interrupt, time.monotonic() + seconds)
        with self._changed:
            self._moments.add(moment)
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._moments.discard(moment)

    def cut_off(self) -> None:
        """Hangs up on everybody who is in a moment."""
        with self._changed:
            for moment in self._moments:
                moment.channel.hang_up()
                moment.interrupt()

    def close(self) -> None:
        """Ends the watch."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                self._changed.wait(TICK_SECONDS if self._moments else None)
                now = time.monotonic()
                for moment in self._moments:
                    # Again at every look: what was interrupted may just have begun the next one.
                    if now >= moment.deadline_at or moment.channel.is_gone():
                        moment.interrupt()
