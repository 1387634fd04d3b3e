"""Records handed over and not yet seen in the log: who waits for which, and what became of it."""

import threading
import time
from collections.abc import Hashable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from deskledger.domain.errors import DeskError

Result = TypeVar("Result")

# After a failed send its record may still be on its way back.
GRACE_SECONDS = 1.0


class Awaited(Generic[Result]):
    """One caller's records, by place; settled by the reader of the log, waited for by the caller.

    Attributes:
        trouble: why the brokers may not have taken a record; empty where nothing is known.
    """

    __slots__ = ("_deadline_at", "_gate", "_missing", "_refusal", "_results", "trouble")

    def __init__(self, count: int, seconds: float) -> None:
        self.trouble = ""
        self._results: list[Result | None] = [None] * count
        self._refusal: DeskError | None = None
        self._missing = count
        self._deadline_at = time.monotonic() + seconds
        # A bare lock as a gate: half the cost of an Event.
        self._gate = threading.Lock()
        self._gate.acquire()

    def settle(self, place: int, result: Result) -> None:
        """Says what became of a record; called by one thread only."""
        self._results[place] = result
        self._missing -= 1
        if not self._missing:
            self._wake()

    def doubt(self, reason: str) -> None:
        """Says that a record may not have been taken, so that it is not waited for much longer."""
        self.trouble = self.trouble or reason
        self._deadline_at = min(self._deadline_at, time.monotonic() + GRACE_SECONDS)
        self._wake()

    def refuse(self, error: DeskError) -> None:
        """Says that no record was handed over, and why."""
        self._refusal = error
        self._wake()

    def wait(self) -> list[Result] | None:
        """The results in order, once all are there; None if one did not come in time.

        Raises:
            DeskError: no record was handed over.
        """
        while self._missing:
            if self._refusal is not None:
                # An exception object belongs to one thread, which may not be this one.
                raise type(self._refusal)(*self._refusal.args, **self._refusal.facts)
            seconds = self._deadline_at - time.monotonic()
            if seconds <= 0:
                return None
            self._gate.acquire(timeout=seconds)
        return [result for result in self._results if result is not None]

    def _wake(self) -> None:
        # Two threads may open the gate at once, which a lock does not allow.
        with suppress(RuntimeError):
            self._gate.release()


class ReadBack(Generic[Result]):
    """Which records are waited for, by what tells one from all others."""

    def __init__(self) -> None:
        self._awaited: dict[Hashable, list[tuple[Awaited[Result], int]]] = {}
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether anybody waits."""
        return bool(self._awaited)

    def __contains__(self, token: Hashable) -> bool:
        """Whether anybody waits for this record."""
        return token in self._awaited

    def expect(self, tokens: Sequence[Hashable], seconds: float) -> Awaited[Result]:
        """Waits for records from now on; to be called before they are handed over."""
        awaited: Awaited[Result] = Awaited(len(tokens), seconds)
        with self._lock:
            for place, token in enumerate(tokens):
                self._awaited.setdefault(token, []).append((awaited, place))
        return awaited

    def settle(self, token: Hashable, result: Result) -> None:
        """Says what became of the first record of this token that is still waited for."""
        with self._lock:
            waiting = self._awaited.get(token)
            if waiting is None:
                return
            awaited, place = waiting.pop(0)
            if not waiting:
                del self._awaited[token]
        awaited.settle(place, result)

    def forget(self, tokens: Sequence[Hashable], awaited: Awaited[Result]) -> None:
        """Waits no longer for what has not come."""
        with self._lock:
            for token in tokens:
                waiting = [each for each in self._awaited.get(token, []) if each[0] is not awaited]
                if waiting:
                    self._awaited[token] = waiting
                else:
                    self._awaited.pop(token, None)
