"""The present state of streams, folded from their commits and kept for the next command."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, Protocol

from deskledger.domain.events import Event
from deskledger.domain.shapes import ActorKind
from deskledger.domain.streams import StreamType, stream_type
from deskledger.eventlog.commit import Commit, commit_hash, genesis_prev, read_commit
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.vault.sealing import key_ids, unseal

ENTRIES_MAX = 20_000


class History(Protocol):
    """What the fold asks of a ledger."""

    desk: str

    def history(self, stream: str, after_version: int = 0) -> list[StoredRecord]:
        """The effective commits of a stream after a version of it, oldest first."""

    def existing(self, streams: Collection[str]) -> set[str]:
        """Those of the streams that have an effective commit."""


class KeySource(Protocol):
    """What the fold asks of a vault."""

    def data_keys(self, ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """The data keys that still exist."""


class Loaded(NamedTuple):
    """A stream as of its head.

    Attributes:
        state: what its events fold to; null before the first.
        version: of its latest event, 0 before the first.
        hash: what the next commit names as `prev`.
        number: the stream's number for people; null before its first commit.
        commands: ids of all commands that were decided in it; grows with the stream.
    """

    stream: str
    type: StreamType
    state: Any
    version: int
    hash: bytes
    number: int | None
    commands: set[str]


class Streams:
    """Loads streams and keeps the most recently used ones."""

    def __init__(self, ledger: History, keys: KeySource, entries_max: int = ENTRIES_MAX) -> None:
        """Reads from `ledger`; personal values are opened with `keys`."""
        self._ledger = ledger
        self._genesis = genesis_prev(ledger.desk)
        self._keys = keys
        # Each with the number of the recheck after which it was read.
        self._entries: OrderedDict[str, tuple[Loaded, int]] = OrderedDict()
        self._rechecks = 0
        # The versions that streams are known to have come to, kept or not.
        self._heads: dict[str, int] = {}
        self._entries_max = entries_max
        self._lock = Lock()

    def keep_at_most(self, entries_max: int) -> None:
        """From now on keeps so many streams."""
        with self._lock:
            self._entries_max = entries_max
            while len(self._entries) > entries_max:
                self._entries.popitem(last=False)

    def load(self, stream: str) -> Loaded:
        """The stream as last seen; most that do not exist yet are looked for each time."""
        entry = self.kept(stream)
        if entry is None:
            checked = self._rechecks
            entry = self.read(stream)
            if entry.version or entry.type.absence_kept:
                self.keep(entry, checked)
        return entry

    def kept(self, stream: str) -> Loaded | None:
        """The stream if it is kept; the ledger is asked only for what others are known to add."""
        with self._lock:
            found = self._entries.get(stream)
            if found is None:
                return None
            self._entries.move_to_end(stream)
            (entry, checked), now = found, self._rechecks
            if entry.version >= self._heads.get(stream, 0) and checked == now:
                return entry
        entry = self._read_on(entry)
        self.keep(entry, now)
        return entry

    def recheck(self) -> None:
        """Lets the ledger be asked once more for each stream before it is used again.

        For what is to be decided on all that was recorded by now, whoever recorded it.
        """
        with self._lock:
            self._rechecks += 1

    def moved(self, heads: Mapping[str, int] | None) -> None:
        """Takes in that streams have come at least so far; None: whichever, to any version."""
        with self._lock:
            if heads is None:
                self._entries.clear()
                self._heads.clear()
                return
            for stream, version in heads.items():
                # Whoever tells of it may be behind others who did.
                self._heads[stream] = max(version, self._heads.get(stream, 0))
            if len(self._heads) > 2 * self._entries_max:
                self._heads = {name: self._heads.get(name, 0) for name in self._entries}

    def load_all(self, streams: Collection[str]) -> dict[str, Loaded]:
        """Many streams; all that do not exist are found with one question."""
        kept = {stream: self.kept(stream) for stream in streams}
        known = {stream: loaded for stream, loaded in kept.items() if loaded is not None}
        existing = self._ledger.existing([stream for stream in kept if stream not in known])
        for stream in kept.keys() - known.keys():
            known[stream] = self.load(stream) if stream in existing else self.unbegun(stream)
        return known

    def read(self, stream: str) -> Loaded:
        """The stream as the ledger has it now, past what is kept."""
        return self._read_on(self.unbegun(stream))

    def unbegun(self, stream: str) -> Loaded:
        """The stream as it is before its first event."""
        return Loaded(stream, stream_type(stream), None, 0, self._genesis, None, set())

    def refresh(self, stream: str) -> None:
        """Take in what others have recorded since the stream was last seen."""
        with self._lock:
            found, now = self._entries.get(stream), self._rechecks
        if found is not None:
            self.keep(self._read_on(found[0]), now)

    def is_current(self, loaded: Loaded) -> bool:
        """Whether the ledger has nothing later of the stream."""
        return not self._ledger.history(loaded.stream, loaded.version)

    def _read_on(self, loaded: Loaded) -> Loaded:
        """The stream with what the ledger has of it after this."""
        records = self._ledger.history(loaded.stream, loaded.version)
        if not records:
            return loaded
        commits = [read_commit(record.value) for record in records]
        state, events = loaded.state, iter(self.events(loaded.type, commits))
        for commit in commits:
            read = [event for _, event in islice(events, len(commit.events))]
            state = loaded.type.after(state, read, commit.version, _acting(commit))
        return Loaded(
            loaded.stream,
            loaded.type,
            state,
            commits[-1].version + len(commits[-1].events) - 1,
            commit_hash(records[-1].value),
            records[-1].number,
            loaded.commands | {commit.envelope.command_id for commit in commits},
        )

    def events(self, kind: StreamType, commits: Sequence[Commit]) -> list[tuple[int, Event]]:
        """The events of a stream's commits with their versions, personal values opened."""
        ids = {key for commit in commits for event in commit.events for key in key_ids(event)}
        keys = self._keys.data_keys(sorted(ids)) if ids else {}
        return [
            (commit.version + index, kind.read(unseal(commit.stream, event, keys)))
            for commit in commits
            for index, event in enumerate(commit.events)
        ]

    def keep(self, loaded: Loaded, checked: int = 0) -> None:
        """Keep what a stream has become; `checked`: how many rechecks there were when it was read.

        What was not read but made is looked for once more if there were any.
        """
        with self._lock:
            self._entries[loaded.stream] = (loaded, checked)
            self._entries.move_to_end(loaded.stream)
            if len(self._entries) > self._entries_max:
                self._entries.popitem(last=False)


def _acting(commit: Commit) -> ActorKind:
    """Who did it in the world: on whose behalf it was done, else who appended it."""
    kind: ActorKind = (commit.envelope.on_behalf_of or commit.envelope.actor)["kind"]
    return kind
