"""The one way to change the desk: decide a command, append its commit, answer.

The locks only keep the threads of one process from racing each other into void commits: what
makes an answer right is in `recording`.

Threads that come at the same time share the deciding too: one of them decides for all who wait, in
one transaction. It costs each of them half of deciding alone, because the processor's caches stay
warm and the interpreter's lock changes hands less often.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from deskledger.domain.commands import Command
from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.software import SOFTWARE
from deskledger.eventlog.store.arrivals import AT_ONCE_MAX
from deskledger.eventlog.store.group_queue import Caller, GroupQueue
from deskledger.eventlog.vault.sealing import Sealer
from deskledger.eventlog.vault.vault import Vault
from deskledger.eventlog.writing.identified import Identified, identify
from deskledger.eventlog.writing.outcomes import Outcomes
from deskledger.eventlog.writing.proposal import Proposer
from deskledger.eventlog.writing.recording import Ledger, Recording
from deskledger.eventlog.writing.requests import Answer, Request
from deskledger.eventlog.writing.stream_locks import StreamLocks
from deskledger.eventlog.writing.streams import Streams

# The ledger stores as many in one statement.
TOGETHER_MAX = AT_ONCE_MAX


class Task(NamedTuple):
    """A command with its request.

    Attributes:
        stream: None where it is to be derived from the command's id.
        stated: what `stated_by` gives for the command, where the caller has it at hand.
    """

    stream: str | None
    command: Command
    request: Request
    stated: bytes | None = None


class Writer:
    """Executes commands on a ledger; safe to share between threads.

    Attributes:
        streams: the present states of streams.
        outcomes: what became of the commands so far.
    """

    def __init__(self, ledger: Ledger, vault: Vault, clock: Callable[[], datetime]) -> None:
        """`clock` gives aware UTC instants: the time of recording."""
        self._command_key = vault.secrets.command
        self.streams = Streams(ledger, vault)
        proposer = Proposer(Sealer(vault), clock, SOFTWARE)
        self._recording = Recording(ledger, self.streams, proposer)
        self.outcomes = Outcomes()
        self._locks = StreamLocks()
        self._together = 0
        self._queue: GroupQueue[Identified, Answer | None] = GroupQueue(
            self._decide_for_all, TOGETHER_MAX
        )

    def execute(self, stream: str | None, command: Command, request: Request) -> Answer:
        """Decide and record one command.

        Returns:
            The answer, once it is on disk: done, refused, or nothing to do.

        Raises:
            InvalidInput: the stream's name or noun is wrong, or it does not take the command.
            Conflict: others kept changing the stream.
            Unavailable: nothing was stored.
            OutcomeUnknown: it may have been stored; the same key settles it.
        """
        task = identify(self._command_key, stream, command, request)
        with self.outcomes.counting_failures():
            (answer,) = self._queue.submit([task])
            if answer is None:
                with self._locks.held([task.stream]):
                    answer = self._recording.settle(task)
        self.outcomes.add(answer.outcome)
        return answer

    def try_out(self, stream: str, command: Command, request: Request) -> Answer:
        """Decide one command as it stands now and record nothing, not even a refusal.

        Raises:
            InvalidInput: as `execute`.
        """
        task = identify(self._command_key, stream, command, request)
        return self._recording.try_out(task)

    def execute_many(self, tasks: Iterable[Task]) -> list[Answer]:
        """Decide commands in order, each on what the ones before made, and record them at once.

        They share one transaction, but each is judged and answered singly.

        Raises:
            InvalidInput, Conflict, Unavailable, OutcomeUnknown: as `execute`; some commands may
                then have been recorded, and repeating all of them is safe.
        """
        identified = [identify(self._command_key, *task) for task in tasks]
        answers: list[Answer] = []
        with (
            self.outcomes.counting_failures(),
            self._locks.held(task.stream for task in identified),
        ):
            for task, answer in zip(identified, self._recording.record(identified), strict=True):
                answers.append(answer or self._recording.settle(task))
                self.outcomes.add(answers[-1].outcome)
        return answers

    def _decide_for_all(self, _leader: Caller[Identified, Answer | None]) -> None:
        """Decide for all who wait; who gets None has to decide alone.

        So it is with a stream that another thread holds, and with a command that found nothing
        to do, as that must hold for the ledger as it is now.
        """
        if self._together > 1:
            # Those who were answered last have their next command ready in a moment.
            time.sleep(0)
        callers = self._queue.take()
        self._together = len(callers)
        tasks = [task for caller in callers for task in caller.entries]
        with self._locks.held_if_free(task.stream for task in tasks) as free:
            if len(tasks) == 1 and free:
                callers[0].settle([self._recording.settle(tasks[0])])
                return
            try:
                recorded = iter(
                    self._recording.record([task for task in tasks if task.stream in free])
                )
                answers = [next(recorded) if task.stream in free else None for task in tasks]
            except (Unavailable, OutcomeUnknown) as error:
                for caller in callers:
                    caller.settle(error)
                return
            except Exception:  # noqa: BLE001 - one of them is at fault: it will raise when alone
                answers = [None] * len(tasks)
        for caller, answer in zip(callers, answers, strict=True):
            caller.settle([answer if answer is not None and answer.position else None])
