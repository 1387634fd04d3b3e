"""Commands that are decided together, each on what the ones before it would make true."""

from deskledger.eventlog.proposal import Identified
from deskledger.eventlog.streams import Loaded, Streams


class Batch:
    """What the commands of one call assume of each other until the ledger has spoken."""

    def __init__(self, streams: Streams) -> None:
        """`streams` gives what the ledger has."""
        self._streams = streams
        self._assumed: dict[str, Loaded] = {}
        self._begun: set[tuple[str, str]] = set()
        self._failed: set[str] = set()

    def begin(self, task: Identified) -> bool:
        """Whether the command stands in the batch for the first time."""
        known = (task.stream, task.command_id) in self._begun
        self._begun.add((task.stream, task.command_id))
        return not known

    def load(self, stream: str) -> Loaded:
        """A stream as the earlier commands of the batch will have left it."""
        assumed = self._assumed.get(stream)
        return self._streams.load(stream) if assumed is None else assumed

    def kept(self, stream: str) -> Loaded | None:
        """The same, if it need not be read from the ledger."""
        assumed = self._assumed.get(stream)
        return self._streams.kept(stream) if assumed is None else assumed

    def assume(self, after: Loaded) -> None:
        """Decide what follows on a stream as a proposal would leave it."""
        self._assumed[after.stream] = after

    def fail(self, stream: str) -> None:
        """Whatever was decided on this stream after a void commit has to be decided again."""
        self._failed.add(stream)

    def has_failed(self, stream: str) -> bool:
        """Whether an earlier commit of this stream was void."""
        return stream in self._failed
