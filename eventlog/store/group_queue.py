"""Callers who share a transaction: the first to come writes for all who wait by then."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import OutcomeUnknown, Unavailable

CALLERS_MAX = 1_024
ENTRIES_MAX = 4_096

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Caller(Generic[Asked, Told]):
    """One call of `submit`: its entries, and in the end what is told of each, or its error."""

    __slots__ = ("_answer", "_woken", "came_at", "entries", "leads")

    def __init__(self, entries: Sequence[Asked]) -> None:
        self.entries = entries
        self.came_at = time.monotonic()
        self.leads = False
        self._answer: list[Told] | DeskError | None = None
        # A bare lock as a gate: half the cost of an Event.
        self._woken = threading.Lock()
        self._woken.acquire()

    def wait(self) -> None:
        """Returns once the caller is answered, or is to lead."""
        self._woken.acquire()

    def wake(self) -> None:
        """Lets `wait` return."""
        if self._woken.locked():
            self._woken.release()

    def settle(self, answer: list[Told] | DeskError) -> None:
        """Gives the caller its answer, and wakes it; the same answer may be given again."""
        self._answer = answer
        self.wake()

    @property
    def is_settled(self) -> bool:
        """Whether the caller has an answer."""
        return self._answer is not None

    def answer(self) -> list[Told]:
        """What was told, or the error raised."""
        assert self._answer is not None
        if isinstance(self._answer, DeskError):
            # An exception object belongs to one thread: each caller raises its own.
            raise type(self._answer)(*self._answer.args, **self._answer.facts) from self._answer
        return self._answer


class GroupQueue(Generic[Asked, Told]):
    """Waiting callers, of whom one at a time leads: it writes what all have brought.

    After each write the lead goes to the caller who has waited longest, so nobody works for
    others longer than for one transaction.

    Args:
        write: called by the leader with itself, who is the longest waiting; it takes callers out
            with `take` and settles each of them, itself included.
        entries_max: after how many entries `take` takes no further caller.
    """

    def __init__(
        self, write: Callable[[Caller[Asked, Told]], None], entries_max: int = ENTRIES_MAX
    ) -> None:
        self._write = write
        self._entries_max = entries_max
        self._door = threading.Lock()
        self._left = threading.Condition(self._door)
        self._callers: deque[Caller[Asked, Told]] = deque()
        # Those whom the present leader has taken out.
        self._taken: list[Caller[Asked, Told]] = []
        self._led = False
        self._closed = False

    def submit(self, entries: Sequence[Asked]) -> list[Told]:
        """Writes the entries together with those of other callers; returns when they are stored.

        Raises:
            Unavailable: nothing was stored; too many callers wait, or the queue is closed.
            DeskError: as the writer decided.
        """
        caller: Caller[Asked, Told] = Caller(entries)
        self._enter(caller)
        try:
            if not caller.leads:
                caller.wait()
            if caller.leads:
                self._write(caller)
        finally:
            self._leave(caller)
        return caller.answer()

    def take(self, came_until: float = math.inf) -> list[Caller[Asked, Told]]:
        """Takes out the longest waiting callers, as long as their entries are not too many.

        Args:
            came_until: take only those who had come by then, on `time.monotonic()`.
        """
        taken: list[Caller[Asked, Told]] = []
        entries = 0
        with self._door:
            while self._callers and entries < self._entries_max:
                if self._callers[0].came_at > came_until:
                    break
                taken.append(self._callers.popleft())
                self._taken.append(taken[-1])
                entries += len(taken[-1].entries)
        return taken

    def close(self) -> None:
        """Lets nobody in any more, and returns when those inside are served."""
        with self._door:
            self._closed = True
            while self._led:
                self._left.wait()

    def _enter(self, caller: Caller[Asked, Told]) -> None:
        with self._door:
            if self._closed:
                raise Unavailable("The ledger was closed; nothing was stored.")
            if len(self._callers) >= CALLERS_MAX:
                raise Unavailable("Too many commands wait for the disk; nothing was stored.")
            self._callers.append(caller)
            caller.leads, self._led = not self._led, True

    def _leave(self, caller: Caller[Asked, Told]) -> None:
        """Hands the lead on; also for a caller whom an interrupt took out of its wait."""
        if caller.is_settled and not caller.leads:
            return
        with self._door:
            if caller in self._callers:
                self._callers.remove(caller)
            if not caller.leads:
                return
            self._settle_the_forgotten()
            self._led = bool(self._callers)
            if self._callers:
                self._callers[0].leads = True
                self._callers[0].wake()
            else:
                self._left.notify_all()

    def _settle_the_forgotten(self) -> None:
        """An interrupt may strike anywhere in a leader; nobody else is to wait for ever."""
        for taken in self._taken:
            if not taken.is_settled:
                taken.settle(OutcomeUnknown())
        self._taken.clear()
