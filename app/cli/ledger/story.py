"""What happened in a stream, read from the ledger itself: always as fresh as it can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from deskledger.app.desk import Desk
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.shapes import Actor
from deskledger.domain.streams import stream_type
from deskledger.domain.ticket.clock_events import ClockEvent
from deskledger.eventlog.commit import Commit, read_commit
from deskledger.eventlog.instants import parse_instant


@dataclass(frozen=True, slots=True)
class Told:
    """One event with what its commit says about it.

    Attributes:
        sequence: its number among the effective events of its lane.
        late: whether something that happened later had been recorded before.
        stored: the commit's members, but for its events.
    """

    lane: int
    sequence: int
    version: int
    event: Event
    recorded_at: datetime
    late: bool
    stored: Mapping[str, Any]

    @property
    def actor(self) -> Actor:
        """Who did it in the world: on whose behalf it was done, else who appended it."""
        return Actor(**(self.stored["on_behalf_of"] or self.stored["actor"]))


def story(desk: Desk, stream: str) -> list[Told]:
    """Every event of a stream in the order in which it happened, then of recording."""
    records = desk.ledger.history(stream)
    commits = [read_commit(record.value) for record in records]
    events = iter(desk.writer.streams.events(stream_type(stream), commits))
    told: list[Told] = []
    latest_at: datetime | None = None
    for record, commit in zip(records, commits, strict=True):
        before = record.sequence - len(commit.events)
        stored = _about(commit)
        recorded_at = parse_instant(commit.recorded_at)
        for index, (version, event) in enumerate(islice(events, len(commit.events)), 1):
            is_fact = not isinstance(event, CommandAnswered | ClockEvent)
            late = is_fact and latest_at is not None and event.occurred_at < latest_at
            if is_fact:
                latest_at = max(latest_at or event.occurred_at, event.occurred_at)
            position = (record.lane, before + index)
            told.append(Told(*position, version, event, recorded_at, late, stored))
    return sorted(told, key=lambda one: (one.event.occurred_at, one.version))


def _about(commit: Commit) -> dict[str, Any]:
    envelope = commit.envelope
    return {
        "commit": commit.commit_id,
        "command": {"id": envelope.command_id, "type": envelope.command_type},
        "actor": envelope.actor,
        "on_behalf_of": envelope.on_behalf_of,
        "source": envelope.source,
        "correlation": envelope.correlation,
        "cause": envelope.cause,
        "software": envelope.software,
    }
