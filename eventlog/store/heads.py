"""What the judge needs to know of streams, kept in memory beside the tables it comes from."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

import orjson

from deskledger.eventlog.commit import commit_hash
from deskledger.eventlog.judge import Head

COMMANDS_MAX = 4_096
WEIGHT_MAX = 400_000
# What a remembered stream weighs beside its command ids, in ids.
_STREAM_WEIGHT = 8

_STREAMS = """
SELECT stream.name, stream.key, stream.number
FROM json_each(?) AS asked JOIN stream ON stream.name = asked.value
"""
_COMMANDS = """
SELECT record.stream, record.id, record.command
FROM json_each(?) AS asked JOIN record ON record.stream = asked.value
WHERE record.version IS NOT NULL
"""
# A commit's last version: the lane's sequence grew by its number of events.
_HEADS = """
SELECT record.stream, record.version + record.sequence - before.sequence - 1, record.value
FROM json_each(?) AS asked JOIN record ON record.id = asked.value
JOIN record AS before ON before.id = record.id - 1
"""
_COMMAND = "SELECT 1 FROM record WHERE stream = ? AND command = ? AND version IS NOT NULL"


class KnownStream:
    """A stream as the tables have it.

    `key` and `number` are None where it has none yet, `head` before its first effective commit;
    `commands` holds the ids of its effective commits, None where they are too many to remember.
    """

    __slots__ = ("commands", "head", "key", "name", "number")

    def __init__(self, name: str) -> None:
        self.name = name
        self.key: int | None = None
        self.number: int | None = None
        self.head: Head | None = None
        self.commands: set[bytes] | None = set()


class KnownStreams:
    """The recently used streams of one ledger file, as many as `WEIGHT_MAX` allows.

    It answers the judge (`Heads`) for streams that `load` was called with since the last `trim`.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._weight = 0
        self._known: dict[str, KnownStream] = {}
        # Commands of this batch that no set holds and that the table does not have yet.
        self._judged: set[tuple[str, bytes]] = set()

    def __getitem__(self, stream: str) -> KnownStream:
        return self._known[stream]

    def get(self, stream: str) -> KnownStream | None:
        """The stream if it is remembered."""
        return self._known.get(stream)

    def head(self, stream: str) -> Head | None:
        """The stream's head, None before its first effective commit."""
        return self._known[stream].head

    def has_command(self, stream: str, command: bytes) -> bool:
        """Whether an effective commit of the stream carries this command id (16 bytes)."""
        known = self._known[stream]
        if known.commands is not None:
            return command in known.commands
        if (stream, command) in self._judged:
            return True
        return self._connection.execute(_COMMAND, (known.key, command)).fetchone() is not None

    def add_commit(self, known: KnownStream, head: Head, command: bytes) -> None:
        """Notes an effective commit."""
        known.head = head
        if known.commands is None:
            self._judged.add((known.name, command))
            return
        known.commands.add(command)
        self._weight += 1
        if len(known.commands) > COMMANDS_MAX:
            self._weight -= len(known.commands)
            self._judged.update((known.name, each) for each in known.commands)
            known.commands = None

    def load(self, streams: Iterable[str]) -> None:
        """Makes the streams of a batch known, with three statements for all that are not."""
        self._judged.clear()
        missing = {}
        for name in streams:
            known = self._known.pop(name, None)
            if known is None:
                known = missing[name] = KnownStream(name)
                self._weight += _STREAM_WEIGHT
            # Put in again at the end: the first ones are the longest unused.
            self._known[name] = known
        if missing:
            self._read(missing)

    def trim(self) -> None:
        """Drops the longest unused streams until the rest fits; not while a batch is judged."""
        while self._weight > WEIGHT_MAX and self._known:
            known = self._known.pop(next(iter(self._known)))
            self._weight -= _STREAM_WEIGHT + len(known.commands or ())

    def forget(self) -> None:
        """Drops everything: the tables may say otherwise."""
        self._judged.clear()
        self._known.clear()
        self._weight = 0

    def _read(self, missing: dict[str, KnownStream]) -> None:
        numbered: dict[int, KnownStream] = {}
        for name, key, number in self._connection.execute(_STREAMS, (_json(missing),)):
            known = missing[name]
            known.key, known.number = key, number
            if number is not None:
                numbered[key] = known
        if numbered:
            self._read_heads(numbered, self._read_commands(numbered))

    def _read_commands(self, numbered: dict[int, KnownStream]) -> list[int]:
        """Fills in the commands; gives the ids of the streams' last effective records."""
        last: defaultdict[int, int] = defaultdict(int)
        for key, record, command in self._connection.execute(_COMMANDS, (_json(numbered),)):
            last[key] = max(last[key], record)
            commands = numbered[key].commands
            if commands is not None:
                commands.add(command)
                if len(commands) > COMMANDS_MAX:
                    numbered[key].commands = None
        self._weight += sum(len(known.commands or ()) for known in numbered.values())
        return list(last.values())

    def _read_heads(self, numbered: dict[int, KnownStream], records: list[int]) -> None:
        for key, version, value in self._connection.execute(_HEADS, (_json(records),)):
            numbered[key].head = Head(version, commit_hash(value))


def _json(values: Iterable[object]) -> str:
    return orjson.dumps(list(values)).decode()
