"""Clients of a desk that never rest: threads that ask for command after command."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from deskledger.app.desk import Desk
from deskledger.eventlog.names import lane_of
from tests.kafka.faults.asking import ask, new_command
from tests.kafka.history import Outcome
from tests.kafka.ledger.nodes import LANES

PACE_SECONDS = 0.02
RETRY_SECONDS = 0.1
# What a client does next with a command that it got no answer to.
AGAIN = 0.5
UNSETTLED = (Outcome.UNKNOWN, Outcome.UNAVAILABLE, Outcome.CONFLICT)
RECOVERY_SECONDS = 240.0


class Notes:
    """The lines that clients write down: kept in a file, and each in one piece."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, text: str) -> None:
        """Takes a line."""
        with self._lock:
            self._file.write(text)
            self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


class Clients:
    """Threads that work on the tickets of a desk until they are stopped."""

    def __init__(  # noqa: PLR0913, PLR0917 - at what, how many and how fast
        self,
        desk: Desk,
        notes: Notes,
        tickets: Sequence[str],
        seed: int,
        threads: int = 4,
        pace_seconds: float = PACE_SECONDS,
    ) -> None:
        """Begins at once; a client rests for `pace_seconds` between commands, on average."""
        self._desk = desk
        self._notes = notes
        self._pace_seconds = pace_seconds
        self._tickets = tickets
        self._lanes = {lane_of(ticket, LANES) for ticket in tickets}
        self._stop = threading.Event()
        self._acknowledged = threading.Condition()
        self._mark = 0.0
        # By lane: when the first command was acknowledged that was asked for after the mark.
        self._since: dict[int, float] = {}
        self._awaited: set[int] = set()
        self._threads = [
            threading.Thread(target=self._work, args=(Random(f"{seed} {number}"),))  # noqa: S311
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends the clients, each after its present command."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def recovered(self, since: float | None = None) -> float:
        """Waits until a new command was acknowledged in every lane.

        Args:
            since: on the machine's clock that never goes back; None is now.

        Returns:
            The seconds from then until the last lane's first one.
        """
        mark = time.monotonic() if since is None else since
        with self._acknowledged:
            self._mark, self._since, self._awaited = mark, {}, set(self._lanes)
            done = self._acknowledged.wait_for(
                lambda: self._since.keys() >= self._lanes, RECOVERY_SECONDS
            )
            missing = sorted(self._lanes - self._since.keys())
            assert done, f"no new command in lanes {missing} for {RECOVERY_SECONDS:g} s"
            return max(self._since.values()) - mark

    def _work(self, random: Random) -> None:
        while not self._stop.is_set():
            command, ticket = new_command(random), self._choice(random)
            while self._ask(command, ticket) in UNSETTLED and random.random() < AGAIN:
                self._stop.wait(RETRY_SECONDS)
            self._stop.wait(random.uniform(0, 2 * self._pace_seconds))

    def _choice(self, random: Random) -> str:
        """A ticket; while somebody waits for some lanes, one of these."""
        awaited = [ticket for ticket in self._tickets if lane_of(ticket, LANES) in self._awaited]
        return random.choice(awaited or self._tickets)

    def _ask(self, command: str, ticket: str) -> Outcome:
        began = time.monotonic()
        outcome, position = ask(self._desk, self._notes, command, ticket)
        if position is not None and began >= self._mark:
            with self._acknowledged:
                self._since.setdefault(position[0], time.monotonic())
                self._awaited.discard(position[0])
                self._acknowledged.notify_all()
        return outcome
