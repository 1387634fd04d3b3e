"""The heartbeat: what a publisher says of a lane in which nothing was published for a while.

It tells silence from a dead publisher, and says how far the lane was looked through: up to there
whatever is published stands before it in the feed. Its position is that of the lane's latest
published event, so whoever ignores what is not ahead of the last position ignores it, too.
"""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, ValidationError

from deskledger.consumers.publisher.cloud_event import (
    Describing,
    FeedRecord,
    schema_uri,
    source_of,
    type_of,
)
from deskledger.domain.shapes import Count, Frozen
from deskledger.eventlog.control import control_key
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.software import SOFTWARE

NAME = "feed.Heartbeat.v1"
TYPE = type_of(NAME)
SECONDS = 30.0

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]


class Heartbeat(Frozen):
    """Nothing was published in a lane for a while, and the publisher is alive.

    Attributes:
        desk: id of the desk.
        lane: the lane, which is the partition.
        records: how many records of the lane's ledger were looked through.
        sequence: position of the last event among them; the published ones stand before this.
        hash: the lane's hash after these records, which proves that the ledger has not changed.
        every_seconds: at least this often something comes in every lane while a publisher runs.
        allow_list: fingerprint of the list that says what is published.
        software: what publishes.
    """

    desk: str
    lane: Count
    records: Count
    sequence: Count
    hash: Hash
    every_seconds: Annotated[float, Field(gt=0)]
    allow_list: str
    software: str

    @classmethod
    def of(cls, read: Progress, *, every_seconds: float, allow_list: str) -> Self:
        """The heartbeat of a publisher that has read so far."""
        return cls(
            desk=read.desk,
            lane=read.lane,
            records=read.records,
            sequence=read.sequence,
            hash=read.hash.hex(),
            every_seconds=every_seconds,
            allow_list=allow_list,
            software=SOFTWARE,
        )

    @property
    def progress(self) -> Progress:
        """How far the lane was looked through."""
        return Progress(self.desk, self.lane, self.records, self.sequence, bytes.fromhex(self.hash))

    def record(self, *, identity: str, time: str, published: int) -> FeedRecord:
        """The heartbeat as a record.

        Args:
            identity: unique in the lane.
            time: now.
            published: position of the lane's latest published event; 0 where there is none.
        """
        key = control_key(self.lane)
        source = source_of(self.desk, self.lane)
        headers = Describing(source, TYPE, schema_uri(NAME)).headers(
            identity=identity, subject=key, time=time, sequence=published, previous=published
        )
        return FeedRecord(self.lane, published, key, self.model_dump_json().encode(), headers)


def read_heartbeat(value: bytes | None) -> Heartbeat | None:
    """The heartbeat that a record's value is, None where it is none."""
    try:
        return Heartbeat.model_validate_json(value or b"")
    except ValidationError:
        return None
