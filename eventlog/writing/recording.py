"""Commands decided and appended, one alone or many at once.

Correctness comes from the ledger alone: a commit that does not follow its stream's head is void,
and the command is decided again on what won.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from deskledger.eventlog.commit import commit_hash
from deskledger.eventlog.errors import Conflict
from deskledger.eventlog.judge import TOO_LARGE
from deskledger.eventlog.lane import EFFECTIVE
from deskledger.eventlog.records import Draft, Receipt, StoredRecord
from deskledger.eventlog.writing.answers import first_answer, refused
from deskledger.eventlog.writing.batch import Batch
from deskledger.eventlog.writing.batch import Ledger as BatchLedger
from deskledger.eventlog.writing.contention import attempts
from deskledger.eventlog.writing.identified import Identified
from deskledger.eventlog.writing.proposal import Proposal, Proposer
from deskledger.eventlog.writing.requests import Answer
from deskledger.eventlog.writing.streams import Loaded, Streams


class Ledger(BatchLedger, Protocol):
    """What the writer asks of a ledger."""

    def append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        """Append commits, each judged singly, and say where they stand."""

    def check_current(self, stream: str) -> None:
        """Make sure that what is read of a stream is all there is."""

    def catch_up(self, stream: str) -> None:
        """Read all that there is of a stream by now, if that can be done."""


class Recording:
    """Decides commands on a ledger and appends what follows; who calls it holds their streams."""

    def __init__(self, ledger: Ledger, streams: Streams, proposer: Proposer) -> None:
        """`streams` are those of the ledger."""
        self._ledger = ledger
        self._streams = streams
        self._proposer = proposer

    def try_out(self, task: Identified) -> Answer:
        """Decide one command as it stands now and append nothing."""
        loaded = self._streams.load(task.stream)
        return self._proposer.propose(task, loaded, self._streams.load).answer

    def record(self, tasks: Sequence[Identified]) -> list[Answer | None]:
        """Decide commands and append them at once; None for one that has to be decided again."""
        batch = Batch(self._streams, self._ledger, tasks)
        proposals = [self._propose_in(batch, task) for task in tasks]
        self._proposer.prepare(p for p in proposals if isinstance(p, Proposal))
        receipts = iter(self._append(self._chained(proposals)))
        return [
            self._confirm(batch, proposal, next(receipts) if _is_recorded(proposal) else None)
            for proposal in proposals
        ]

    def settle(self, task: Identified) -> Answer:
        """Decide and append until the ledger takes the commit or knows the command.

        Raises:
            Conflict: others kept changing the stream.
        """
        for attempt in attempts():  # noqa: B007 - the last one is told below
            decided = self._decided(task)
            if decided is not None:
                return first_answer(decided, task.digest)
            loaded = self._streams.load(task.stream)
            proposal = self._proposer.propose(task, loaded, self._streams.load)
            if proposal.events:
                draft = self._proposer.write(proposal, loaded.hash)
                receipt = self._append([draft])[0]
                if receipt.text == EFFECTIVE:
                    return self._keep(proposal, receipt)
                if receipt.text == TOO_LARGE:
                    return refused(loaded.stream, loaded.number, loaded.version, "too_long")
            elif self._is_current(loaded):
                return proposal.answer
            self._streams.refresh(task.stream)
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
        self._streams.refresh(stream)
        return None

    def _append(self, drafts: Sequence[Draft]) -> list[Receipt]:
        return self._ledger.append(drafts) if drafts else []

    def _keep(self, proposal: Proposal, receipt: Receipt) -> Answer:
        assert receipt.hash is not None, "an effective commit has a hash"
        assert receipt.sequence is not None, "an effective commit is stored"
        stream, kind, state, version, _, _, commands = proposal.after
        commands.add(proposal.task.command_id)
        self._streams.keep(
            Loaded(stream, kind, state, version, receipt.hash, receipt.number, commands)
        )
        position = (receipt.lane, receipt.sequence)
        return proposal.answer._replace(number=receipt.number, position=position)

    def _is_current(self, loaded: Loaded) -> bool:
        # What is answered without a record was not compared with the log by appending.
        if not loaded.version:
            # Whoever is told that there is no such stream was told of it by another node.
            self._ledger.catch_up(loaded.stream)
        self._ledger.check_current(loaded.stream)
        return self._streams.is_current(loaded)

    def _decided(self, task: Identified) -> StoredRecord | None:
        """The commit in which the command was decided, if it was.

        A stream that is not kept in memory is asked for this one command: it need not be folded.
        """
        loaded = self._streams.kept(task.stream)
        if loaded is not None and task.command_id not in loaded.commands:
            return None
        return self._ledger.find_command(task.stream, task.command_id)


def _is_recorded(proposal: Proposal | Answer | None) -> bool:
    return isinstance(proposal, Proposal) and bool(proposal.events)
