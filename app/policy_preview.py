"""What a publication of service levels would do to the open tickets, read ticket by ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from deskledger.app.desk import SYSTEM, Desk
from deskledger.domain.configuration.decide import evolve
from deskledger.domain.configuration.documents import SERVICE_POLICY
from deskledger.domain.configuration.events import Published
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.configuration.state import ConfigurationState
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.ticket.clock_preview import ClockChange, clock_changes
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.status import SETTLED

_PAGE = 1_000


class TicketChanges(NamedTuple):
    """What would change of an open ticket's clocks; nothing for most.

    Attributes:
        due_not_found: whether a clock would have no due time, so nothing could be recorded.
    """

    number: int
    stream: str
    changes: list[ClockChange]
    due_not_found: bool = False


def planned_policies(
    present: ConfigurationState | None, document: dict[str, Any], at: datetime
) -> ConfigurationState:
    """The desk's service levels as they would be with one more version, published at a time."""
    version = 1 if present is None else present.published + 1
    event = Published(
        occurred_at=at, by=None, version=version, document=document, scope=None, note=None
    )
    return evolve(SERVICE_POLICY, present, event, version)


def open_tickets(
    desk: Desk,
    planned: ConfigurationState,
    now: datetime,
    advance: Callable[[float], None] = lambda _: None,
) -> Iterator[TicketChanges]:
    """Every open ticket with what the publication would change of it; nothing is written or kept.

    Args:
        desk: whose tickets are read from the ledger, one at a time.
        planned: the service levels as they would be.
        now: as of when clocks are looked at.
        advance: told of each ticket that was looked at.
    """
    streams = desk.writer.streams
    present: ConfigurationState | None = streams.load(POLICY_STREAM).state
    for number, stream in _tickets(desk):
        advance(1)
        state: TicketState | None = streams.read(stream).state
        if state is None or state.status.present in SETTLED or state.merged is not None:
            continue
        context = Context(now=now, command_id="", stream=stream, actor=SYSTEM)
        try:
            changes = clock_changes(state, present, planned, context)
        except CommandRefused:
            yield TicketChanges(number, stream, [], due_not_found=True)
        else:
            yield TicketChanges(number, stream, changes)


def _tickets(desk: Desk) -> Iterator[tuple[int, str]]:
    after = 0
    while page := desk.ledger.streams("ticket", after, _PAGE):
        yield from page
        after = page[-1][0]
