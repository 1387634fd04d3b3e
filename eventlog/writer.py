"""The one way to change the desk: decide a command, append its commit, answer.

Correctness comes from the ledger alone: a commit that does not follow its stream's head is void,
and the command is decided again on what won. The locks only keep the threads of one process from
racing each other into void commits.

Threads that come at the same time share the deciding too: one of them decides for all who wait, in
one transaction. It costs each of them half of deciding alone, because the processor's caches stay
warm and the interpreter's lock changes hands less often.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from deskledger import __version__
from deskledger.domain.commands import Command
from deskledger.eventlog.answers import first_answer, refused
from deskledger.eventlog.arrivals import AT_ONCE_MAX
from deskledger.eventlog.batch import Batch
from deskledger.eventlog.batch import Ledger as BatchLedger
from deskledger.eventlog.commit import commit_hash
from deskledger.eventlog.contention import attempts
from deskledger.eventlog.errors import Conflict, OutcomeUnknown, Unavailable
from deskledger.eventlog.group_queue import Caller, GroupQueue
from deskledger.eventlog.identified import Identified, identify
from deskledger.eventlog.judge import TOO_LARGE
from deskledger.eventlog.lane import EFFECTIVE
from deskledger.eventlog.outcomes import Outcomes
from deskledger.eventlog.proposal import Proposal, Proposer
from deskledger.eventlog.records import Draft, Receipt, StoredRecord
from deskledger.eventlog.requests import Answer, Request
from deskledger.eventlog.sealing import Sealer
from deskledger.eventlog.stream_locks import StreamLocks
from deskledger.eventlog.streams import Loaded, Streams
from deskledger.eventlog.vault import Vault

# The ledger stores as many in one statement.
TOGETHER_MAX = AT_ONCE_MAX
SOFTWARE = f"deskledger {__version__}"


class Ledger(BatchLedger, Protocol):
    """What the writer asks of a ledger."""

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Append commits, each judged singly, and say where they stand."""

    def check_current(self, stream: str) -> None:
        """Make sure that what is read of a stream is all there is."""


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
        self._ledger = ledger
        self._command_key = vault.secrets.command
        self._proposer = Proposer(Sealer(vault), clock, SOFTWARE)
        self.streams = Streams(ledger, vault)
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
                    answer = self._settle(task)
        self.outcomes.add(answer.outcome)
        return answer

    def try_out(self, stream: str, command: Command, request: Request) -> Answer:
        """Decide one command as it stands now and record nothing, not even a refusal.

        Raises:
            InvalidInput: as `execute`.
        """
        task = identify(self._command_key, stream, command, request)
        return self._proposer.propose(task, self.streams.load(stream), self.streams.load).answer

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
            for task, answer in zip(identified, self._record(identified), strict=True):
                answers.append(answer or self._settle(task))
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
                callers[0].settle([self._settle(tasks[0])])
                return
            try:
                recorded = iter(self._record([task for task in tasks if task.stream in free]))
                answers = [next(recorded) if task.stream in free else None for task in tasks]
            except (Unavailable, OutcomeUnknown) as error:
                for caller in callers:
                    caller.settle(error)
                return
            except Exception:  # noqa: BLE001 - one of them is at fault: it will raise when alone
                answers = [None] * len(tasks)
        for caller, answer in zip(callers, answers, strict=True):
            caller.settle([answer if answer is not None and answer.position else None])

    def _record(self, tasks: Sequence[Identified]) -> list[Answer | None]:
        """Decide commands and append them at once; None for one that has to be decided again."""
        batch = Batch(self.streams, self._ledger, tasks)
        proposals = [self._propose_in(batch, task) for task in tasks]
        self._proposer.prepare(p for p in proposals if isinstance(p, Proposal))
        receipts = iter(self._append(self._chained(proposals)))
        return [
            self._confirm(batch, proposal, next(receipts) if _is_recorded(proposal) else None)
            for proposal in proposals
        ]

    def _settle(self, task: Identified) -> Answer:
        """Decide and append until the ledger takes the commit or knows the command."""
        for attempt in attempts():  # noqa: B007 - the last one is told below
            decided = self._decided(task)
            if decided is not None:
                return first_answer(decided, task.digest)
            loaded = self.streams.load(task.stream)
            proposal = self._proposer.propose(task, loaded, self.streams.load)
            if proposal.events:
                draft = self._proposer.write(proposal, loaded.hash)
                receipt = self._append([draft])[0]
                if receipt.text == EFFECTIVE:
                    return self._keep(proposal, receipt)
                if receipt.text == TOO_LARGE:
                    return refused(loaded.stream, loaded.number, loaded.version, "too_long")
            elif self._is_current(loaded):
                return proposal.answer
            self.streams.refresh(task.stream)
        raise Conflict(stream=task.stream, attempts=attempt)

    def _propose_in(self, batch: Batch, task: Identified) -> Proposal | Answer | None:
        """Decide within a batch; None for a command that the batch has already."""
        if not batch.begin(task):
            return None
        decided = batch.answered(task)
        if decided is not None:
            return first_answer(decided, task.digest)
        proposal = self._proposer.propose(task, batch.load(task.stream), batch.load)
        batch.assume(proposal.after)
        return proposal

    def _chained(self, proposals: Iterable[Proposal | Answer | None]) -> list[Draft]:
        """The commits of a batch, each naming the one before it in its stream."""
        heads: dict[str, bytes] = {}
        drafts = []
        for proposal in proposals:
            if isinstance(proposal, Proposal) and proposal.events:
                stream = proposal.task.stream
                draft = self._proposer.write(proposal, heads.get(stream, proposal.before.hash))
                heads[stream] = commit_hash(draft.value)
                drafts.append(draft)
        return drafts

    def _confirm(
        self, batch: Batch, proposal: Proposal | Answer | None, receipt: Receipt | None
    ) -> Answer | None:
        """The answer of a proposal that came true; None where it has to be decided again."""
        if proposal is None or isinstance(proposal, Answer):
            return proposal
        stream = proposal.task.stream
        if batch.has_failed(stream):
            return None
        if receipt is None:
            self._ledger.check_current(stream)
            return proposal.answer
        if receipt.text == EFFECTIVE:
            return self._keep(proposal, receipt)
        batch.fail(stream)
        self.streams.refresh(stream)
        return None

    def _append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        return self._ledger.append(drafts) if drafts else []

    def _keep(self, proposal: Proposal, receipt: Receipt) -> Answer:
        assert receipt.hash is not None, "an effective commit has a hash"
        assert receipt.sequence is not None, "an effective commit is stored"
        stream, kind, state, version, _, _, commands = proposal.after
        commands.add(proposal.task.command_id)
        self.streams.keep(
            Loaded(stream, kind, state, version, receipt.hash, receipt.number, commands)
        )
        position = (receipt.lane, receipt.sequence)
        return proposal.answer._replace(number=receipt.number, position=position)

    def _is_current(self, loaded: Loaded) -> bool:
        # What is answered without a record was not compared with the log by appending.
        self._ledger.check_current(loaded.stream)
        return not loaded.version or self.streams.is_current(loaded)

    def _decided(self, task: Identified) -> StoredRecord | None:
        """The commit in which the command was decided, if it was.

        A stream that is not kept in memory is asked for this one command: it need not be folded.
        """
        loaded = self.streams.kept(task.stream)
        if loaded is not None and task.command_id not in loaded.commands:
            return None
        return self._ledger.find_command(task.stream, task.command_id)


def _is_recorded(proposal: Proposal | Answer | None) -> bool:
    return isinstance(proposal, Proposal) and bool(proposal.events)
