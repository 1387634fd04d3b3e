"""How far the tables have come, as the `eventsourcing` library asks for it.

The tables' progress moves in the transaction that writes their rows, and with nothing else. So a
lane is tracked by applying its records, and here one can only ask, or wait until it has come.
"""

from typing import NoReturn

from eventsourcing.persistence import Tracking, TrackingRecorder

from deskledger.eventlog.eventsourcing.errors import ReadOnly
from deskledger.eventlog.eventsourcing.lanes import lane_name
from deskledger.projections.store import ProjectionStore


class ProgressRecorder(TrackingRecorder):
    """The progress of a store of projections, by lane: `lane/0` and so on.

    A notification id is the sequence of an event in its lane, as in a `LaneRecorder`.
    """

    def __init__(self, store: ProjectionStore) -> None:
        """Asks `store`, which stays its owner's."""
        self._store = store

    def max_tracking_id(self, application_name: str) -> int | None:
        """The sequence up to which a lane's events are in the tables, None before the first."""
        for lane in self._store.progress():
            if lane_name(lane.lane) == application_name:
                return lane.sequence or None
        return None

    def insert_tracking(self, _tracking: Tracking) -> NoReturn:
        """Refuses: progress without the rows that belong to it would lose them.

        Raises:
            ReadOnly: always.
        """
        raise ReadOnly("The tables' progress moves with their rows: apply the lane's records.")
