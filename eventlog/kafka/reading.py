"""What passes between the reader of a log and those who take its records."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from deskledger.domain.errors import DeskError
from deskledger.eventlog.records import Receipt


class LogRecord(Protocol):
    """A record as the log gives it; `timestamp` in milliseconds since 1970, -1 for none."""

    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def timestamp(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102


class Tip(NamedTuple):
    """The last record of a partition that was read; the log must still hold it, byte for byte."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None

    def matches(self, record: LogRecord) -> bool:
        """Whether it is this record."""
        return self == (record.offset, record.timestamp, record.key, record.value)


class Begin(NamedTuple):
    """Where reading a partition begins: at the last record that was read, to compare it."""

    offset: int
    tip: Tip | None


Records = Mapping[int, Sequence[LogRecord]]
"""By lane, each in the order of the log."""


class Added(NamedTuple):
    """What became of a record.

    `record` is its number in the lane, `stream` what its key names, None where it names none;
    `receipt` is None where another process had stored it.
    """

    record: int
    stream: str | None
    receipt: Receipt | None


class Sink(Protocol):
    """Takes the records of one topic; used by the tail's thread alone."""

    def rewind(self) -> Mapping[int, Begin]:
        """Where to begin with each partition, behind all that is stored by now."""

    def begin(self, partition: int) -> Begin:
        """Where to begin with a partition again."""

    def add(self, records: Records) -> Mapping[int, DeskError]:
        """Takes the next records of some partitions; gives those that cannot go on, and why.

        Raises:
            Unavailable: nothing was taken; the same records may be brought again.
        """

    def note_fresh(self, at: float) -> None:
        """Remembers when all of the log had been read, in seconds since 1970."""
