"""What verifying a ledger gives: how far each lane goes, and where it is not what it should be."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskledger.eventlog.lane import Genesis
from deskledger.eventlog.progress import Checkpoint, Progress
from deskledger.replay.evidence import Evidence
from deskledger.replay.lane_notes import LaneNotes


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
    """How far a lane was verified, and what was found on the way.

    Attributes:
        progress: its end, or that of the last record before the difference.
        verdicts: how many records have each.
        difference: its first.
        notes: what was found of what was asked.
        genesis: what its first control record says, None where there is none.
        streams: in a file of a ledger, how many streams were first met here, keys up to a
            stated one.
        strays: the keys of those that do not belong to the lane.
        gaps: on a log, how many of its places hold no record.
    """

    progress: Progress
    verdicts: Mapping[str, int]
    difference: Difference | None
    notes: LaneNotes
    genesis: Genesis | None
    streams: int = 0
    strays: frozenset[int] = frozenset()
    gaps: int = 0


@dataclass(frozen=True)
class ChainReport:
    """What `verify_chains` found; `differences` holds at most one for each lane, its first.

    `verdicts` counts the records that are as they should be. Without a checkpoint (`against`) a
    cut tail, or a ledger written anew from some record on, cannot be told from the truth.
    `lanes` are those that were there, of `count`; `evidence` is of the stream that was asked for.
    `gaps` counts places of a log without a record: where transactions ended, or where records
    were taken out, which only a checkpoint tells apart.
    """

    desk: str
    against: Checkpoint | None
    lanes: tuple[Progress, ...]
    verdicts: Mapping[str, int]
    differences: tuple[Difference, ...]
    count: int
    evidence: Evidence | None = None
    gaps: int = 0

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
