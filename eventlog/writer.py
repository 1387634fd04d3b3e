"""The one way to change the desk: decide a command, append its commit, answer.

Correctness comes from the ledger alone: a commit that does not follow its stream's head is void,
and the command is decided again on what won. The locks here only keep the threads of one process
from racing each other into void commits.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import NamedTuple, Protocol
from zlib import crc32

from deskledger import __version__
from deskledger.domain.agent.commands import AddAgent
from deskledger.domain.commands import Command
from deskledger.domain.errors import DeskError
from deskledger.domain.identifiers import agent_id, ticket_id
from deskledger.eventlog.batch import Batch
from deskledger.eventlog.batch import Ledger as BatchLedger
from deskledger.eventlog.commit import commit_hash, read_commit
from deskledger.eventlog.errors import Conflict
from deskledger.eventlog.identity import command_id, digest
from deskledger.eventlog.judge import TOO_LARGE
from deskledger.eventlog.lane import EFFECTIVE
from deskledger.eventlog.outcomes import Outcomes
from deskledger.eventlog.proposal import Identified, Proposal, Proposer, answer_of
from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.records import Draft, Receipt, StoredRecord
from deskledger.eventlog.requests import Answer, Request
from deskledger.eventlog.sealing import Sealer
from deskledger.eventlog.stated import stated_by
from deskledger.eventlog.streams import Loaded, Streams
from deskledger.eventlog.vault import Vault

ATTEMPTS_MAX = 16
SOFTWARE = f"deskledger {__version__}"
_LOCKS = 1_024


class Ledger(BatchLedger, Protocol):
    """What the writer asks of a ledger."""

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Append commits, each judged singly, and say where they stand."""


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
        self._locks = [RLock() for _ in range(_LOCKS)]

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
        task = self._identify(Task(stream, command, request))
        with self._counted(), self._locked([task.stream]):
            answer = self._settle(task)
            self.outcomes.add(answer.outcome)
            return answer

    def execute_many(self, tasks: Iterable[Task]) -> list[Answer]:
        """Decide commands in order, each on what the ones before made, and record them at once.

        They share one transaction, but each is judged and answered singly.

        Raises:
            InvalidInput, Conflict, Unavailable, OutcomeUnknown: as `execute`; some commands may
                then have been recorded, and repeating all of them is safe.
        """
        identified = [self._identify(task) for task in tasks]
        with self._counted(), self._locked(task.stream for task in identified):
            batch = Batch(self.streams, self._ledger, identified)
            proposals = [self._propose_in(batch, task) for task in identified]
            self._proposer.prepare(p for p in proposals if isinstance(p, Proposal))
            receipts = iter(self._append(self._chained(proposals)))
            answers: list[Answer] = []
            for task, proposal in zip(identified, proposals, strict=True):
                receipt = next(receipts) if _is_recorded(proposal) else None
                answer = self._confirm(batch, proposal, receipt)
                answers.append(answer or self._settle(task))
                self.outcomes.add(answers[-1].outcome)
            return answers

    def _settle(self, task: Identified) -> Answer:
        """Decide and append until the ledger takes the commit or knows the command."""
        for _ in range(ATTEMPTS_MAX):
            decided = self._decided(task)
            if decided is not None:
                return _first_answer(task, decided)
            loaded = self.streams.load(task.stream)
            proposal = self._proposer.propose(task, loaded, self.streams.load)
            if proposal.events:
                draft = self._proposer.write(proposal, loaded.hash)
                receipt = self._append([draft])[0]
                if receipt.text == EFFECTIVE:
                    return self._keep(proposal, receipt)
                if receipt.text == TOO_LARGE:
                    return _refused(loaded.stream, loaded.number, loaded.version, "too_long")
            elif self._is_current(loaded):
                return proposal.answer
            self.streams.refresh(task.stream)
        raise Conflict(stream=task.stream, attempts=ATTEMPTS_MAX)

    def _propose_in(self, batch: Batch, task: Identified) -> Proposal | Answer | None:
        """Decide within a batch; None for a command that the batch has already."""
        if not batch.begin(task):
            return None
        decided = batch.answered(task)
        if decided is not None:
            return _first_answer(task, decided)
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
        return not loaded.version or self.streams.is_current(loaded)

    def _decided(self, task: Identified) -> StoredRecord | None:
        """The commit in which the command was decided, if it was.

        A stream that is not kept in memory is asked for this one command: it need not be folded.
        """
        loaded = self.streams.kept(task.stream)
        if loaded is not None and task.command_id not in loaded.commands:
            return None
        return self._ledger.find_command(task.stream, task.command_id)

    def _identify(self, task: Task) -> Identified:
        stream, command, request, _ = task
        identity = request.command_id or command_id(
            self._command_key,
            surface=request.surface,
            credential=request.credential,
            idempotency_key=request.key or random_bytes(16).hex(),
        )
        target = stream or _new_stream(command, identity)
        stated = stated_by(command) if task.stated is None else task.stated
        mac = digest(self._command_key, command=command.type, stream=target, stated=stated)
        return Identified(target, command, request, identity, mac)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        try:
            yield
        except DeskError as error:
            self.outcomes.add_failure(error)
            raise

    @contextmanager
    def _locked(self, streams: Iterable[str]) -> Iterator[None]:
        """Hold the locks of streams, taken in one order by every thread."""
        indexes = sorted({crc32(stream.encode()) % _LOCKS for stream in streams})
        locks = [self._locks[index] for index in indexes]
        for lock in locks:
            lock.acquire()
        try:
            yield
        finally:
            for lock in locks:
                lock.release()


def _first_answer(task: Identified, decided: StoredRecord) -> Answer:
    """The answer that the command got when it was decided."""
    commit = read_commit(decided.value)
    version = commit.version + len(commit.events) - 1
    if commit.envelope.digest != task.digest:
        return _refused(task.stream, decided.number, version, "key_reused")
    answer = answer_of(task.stream, decided.number, version, commit.events)
    return answer._replace(position=(decided.lane, decided.sequence), repeated=True)


def _is_recorded(proposal: Proposal | Answer | None) -> bool:
    return isinstance(proposal, Proposal) and bool(proposal.events)


def _refused(stream: str, number: int | None, version: int, code: str) -> Answer:
    """A refusal that is not recorded: it says nothing about what the command asks for."""
    return Answer("refused", stream, number, version, code, {})


def _new_stream(command: Command, identity: str) -> str:
    """The stream that a command creates where its caller names none."""
    if isinstance(command, AddAgent):
        return f"agent/{agent_id(identity)}"
    return f"ticket/{ticket_id(identity)}"
