"""How far this machine's clock is off the brokers', by the times that they give to records."""

import time
from collections.abc import Callable
from datetime import datetime

from deskledger.eventlog.errors import Unavailable

VALID_SECONDS = 60.0


class BrokerClock:
    """What is known of the brokers' clock, kept by this machine's steady one.

    So it is noticed at once when somebody sets this machine's clock.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """`clock` gives the aware instants that are written into commits."""
        self._clock = clock
        # Where the brokers' clock stood when the steady clock stood at 0: between these, in
        # seconds since 1970.
        self._between: tuple[float, float] | None = None
        self._known_at = 0.0

    @property
    def is_known(self) -> bool:
        """Whether the brokers' clock was read a short while ago."""
        return self._between is not None and time.monotonic() - self._known_at < VALID_SECONDS

    def note(self, timestamp: int, sent_at: float, received_at: float) -> None:
        """Takes in the time that a broker gave to a record.

        Args:
            timestamp: the broker's, in milliseconds since 1970.
            sent_at: when the record was handed over, on `time.monotonic()`.
            received_at: when the broker's answer was here.
        """
        seconds = timestamp / 1000
        self._between = (seconds - received_at, seconds - sent_at)
        self._known_at = received_at

    def skew_seconds(self) -> float:
        """How far the clock is surely ahead of the brokers', negative where it is behind."""
        if self._between is None:
            return 0.0
        now, steady = self._clock().timestamp(), time.monotonic()
        earliest, latest = (at + steady for at in self._between)
        return now - min(max(now, earliest), latest)

    def check(self, most: float) -> None:
        """Checks that the clock may be written into commits.

        Raises:
            Unavailable: it is more than `most` seconds off.
        """
        skew = self.skew_seconds()
        if abs(skew) > most:
            side = "ahead of" if skew > 0 else "behind"
            told = f"This machine's clock is {abs(skew):.0f} s {side} the brokers'; set it right."
            raise Unavailable(told, skew_seconds=round(skew, 3))
