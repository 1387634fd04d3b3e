"""A ledger as it was when each lane had so many records, for whoever reads it again."""

from collections.abc import Sequence

from deskledger.eventlog.follower import FollowedLedger
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import StoredRecord


class Prefix:
    """The first records of each lane of a ledger; a lane that is not named has none."""

    def __init__(self, ledger: FollowedLedger, progress: Sequence[Progress]) -> None:
        """Takes the ledger, and how far each lane is to be read."""
        self.desk = ledger.desk
        self._ledger = ledger
        self._progress = {read.lane: read for read in progress}

    def progress(self) -> list[Progress]:
        """How far each lane is to be read, in the order of lanes."""
        return [self._progress[lane] for lane in sorted(self._progress)]

    def progress_at(self, lane: int, records: int) -> Progress | None:
        """How far a lane had come after that many records."""
        return self._ledger.progress_at(lane, records)

    def read(self, lane: int, after_record: int, limit: int) -> list[StoredRecord]:
        """The next records of a lane, none behind its end."""
        end = self._progress[lane].records
        return self._ledger.read(lane, after_record, min(limit, end - after_record))

    def changes(self) -> int:
        """A mark that never changes, as nothing is ever added."""
        return 0

    def wait(self, seen: int, timeout_seconds: float) -> int:
        """Comes back at once: nothing is ever added."""
        del timeout_seconds
        return seen
