"""What verifying a ledger gives: how far each lane goes, and where it is not what it should be."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskledger.eventlog.progress import Checkpoint, Progress


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the ledger is not what its records say; `record` counts from 1 in the lane.

    `what` is a column's name, or `key` for the record's stream, `record` for its place in the
    lane, `records` for their number, `desk`, `checkpoint`, or `file` for damage outside of records.
    With `lane_hash`, the key, the value or the hash itself was changed: the verdict fits neither.
    """

    lane: int | None
    record: int | None
    stream: str | None
    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        place = f"lane {self.lane}, record {self.record}, stream {self.stream}"
        expected, found = _shown(self.expected), _shown(self.found)
        return f"{place}: {self.what} should be {expected}, is {found}"


@dataclass(frozen=True, slots=True)
class LaneReport:
    """How far a lane was verified, its records counted by verdict, and its first difference.

    `streams` counts the streams whose first record was met here, keys up to a stated one; `strays`
    holds the keys of those that do not belong to the lane.
    """

    progress: Progress
    verdicts: Mapping[str, int]
    difference: Difference | None
    streams: int
    strays: frozenset[int]


@dataclass(frozen=True)
class ChainReport:
    """What `verify_chains` found; `differences` holds at most one for each lane, its first.

    `verdicts` counts the records that are as they should be. Without a checkpoint (`against`) a
    cut tail, or a ledger written anew from some record on, cannot be told from the truth.
    """

    desk: str
    against: Checkpoint | None
    lanes: tuple[Progress, ...]
    verdicts: Mapping[str, int]
    differences: tuple[Difference, ...]

    @property
    def records(self) -> int:
        """How many records are as they should be."""
        return sum(self.verdicts.values())

    @property
    def effective(self) -> int:
        """How many of them are effective commits."""
        return self.verdicts.get("effective", 0)

    @property
    def void(self) -> dict[str, int]:
        """How many of them are void, by reason."""
        return {
            verdict.removeprefix("void:"): count
            for verdict, count in sorted(self.verdicts.items())
            if verdict.startswith("void:")
        }


def _shown(value: object) -> str:
    return value.hex() if type(value) is bytes else str(value)
