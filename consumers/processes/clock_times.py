"""What the events of clocks in a record say about when to look at them again."""

from collections.abc import Iterator
from typing import NamedTuple

import orjson
from pydantic import BaseModel

from deskledger.domain.shapes import Instant
from deskledger.domain.ticket.clock_events import Measured
from deskledger.eventlog.instants import microseconds
from deskledger.eventlog.records import StoredRecord

CLOCK_MARK = b'"next_at":'
"""What the bytes of clock events hold, and of no others: quotes within a text are escaped."""


class ClockTime(NamedTuple):
    """When a clock of a ticket is to be looked at again, by one event; None for never."""

    clock: str
    at: int | None
    version: int


class _Stated(BaseModel):
    """What is needed of a clock event, whatever else later versions of it may hold."""

    metric: str
    instance: int
    of: Measured
    next_at: Instant | None


def clock_times(record: StoredRecord) -> Iterator[ClockTime]:
    """What a record says of clocks, in order: for each clock the last counts.

    Raises:
        ValueError: it holds something like a clock event that is none.
    """
    if record.version is None:
        return
    for version, event in enumerate(orjson.loads(record.value)["events"], record.version):
        if "next_at" in event:
            stated = _Stated.model_validate(event)
            at = stated.next_at
            yield ClockTime(_name(stated), None if at is None else microseconds(at), version)


def _name(stated: _Stated) -> str:
    return clock_name(stated.metric, stated.instance, stated.of.kind, stated.of.id)


def clock_name(metric: str, instance: int, kind: str, measured: str) -> str:
    """A clock's name within its ticket: metric, instance, and what is no ticket but a part."""
    return f"{metric}/{instance}" + ("" if kind == "ticket" else f"/{kind}/{measured}")
