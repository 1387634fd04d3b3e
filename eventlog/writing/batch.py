"""Commands that are decided together, each on what the ones before it would make true."""

from collections.abc import Sequence
from typing import Protocol

from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.writing.identified import Identified
from deskledger.eventlog.writing.streams import History, Loaded, Streams


class Ledger(History, Protocol):
    """What a batch asks of a ledger."""

    def find_command(self, stream: str, command_id: str) -> StoredRecord | None:
        """The effective commit of a command in a stream."""

    def find_commands(self, asked: Sequence[tuple[str, str]]) -> list[StoredRecord]:
        """The same for many streams and command ids, in no order."""


class Batch:
    """What the commands of one call assume of each other until the ledger has spoken."""

    def __init__(self, streams: Streams, ledger: Ledger, tasks: Sequence[Identified]) -> None:
        """`streams` and `ledger` give what is recorded, asked once for all `tasks`."""
        self._streams = streams
        self._ledger = ledger
        self._assumed: dict[str, Loaded] = {}
        self._begun: set[tuple[str, str]] = set()
        self._failed: set[str] = set()
        self._answered = self._look_up(tasks)

    def begin(self, task: Identified) -> bool:
        """Whether the command stands in the batch for the first time."""
        before = len(self._begun)
        self._begun.add((task.stream, task.command_id))
        return len(self._begun) > before

    def answered(self, task: Identified) -> StoredRecord | None:
        """The commit in which the command was decided, if it was."""
        known = self._assumed.get(task.stream)
        if known is None:
            return self._answered.get((task.stream, task.command_id))
        if task.command_id not in known.commands:
            return None
        return self._ledger.find_command(task.stream, task.command_id)

    def load(self, stream: str) -> Loaded:
        """A stream as the earlier commands of the batch will have left it."""
        assumed = self._assumed.get(stream)
        return self._streams.load(stream) if assumed is None else assumed

    def assume(self, after: Loaded) -> None:
        """Decide what follows on a stream as a proposal would leave it."""
        self._assumed[after.stream] = after

    def fail(self, stream: str) -> None:
        """Whatever was decided on this stream after a void commit has to be decided again."""
        self._failed.add(stream)

    def has_failed(self, stream: str) -> bool:
        """Whether an earlier commit of this stream was void."""
        return stream in self._failed

    def _look_up(self, tasks: Sequence[Identified]) -> dict[tuple[str, str], StoredRecord]:
        """The commands that are decided already, of streams that are not kept in memory.

        Such a stream need not be folded to repeat an answer; one that does not exist yet need not
        be asked for again.
        """
        unknown = []
        for stream in {task.stream for task in tasks}:
            kept = self._streams.kept(stream)
            if kept is None:
                unknown.append(stream)
            else:
                self._assumed[stream] = kept
        existing = self._ledger.existing(unknown)
        for stream in unknown:
            if stream not in existing:
                self._assumed[stream] = self._streams.unbegun(stream)
        asked = [(task.stream, task.command_id) for task in tasks if task.stream in existing]
        found = self._ledger.find_commands(asked)
        return {(one.stream, read_commit(one.value).envelope.command_id): one for one in found}
