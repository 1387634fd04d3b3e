"""What a publication of service levels would do to a ticket's clocks, before anything is recorded.

The clocks are brought up to date twice by the code that records them, under the rules as they are
and as they would be; so what is foretold is what the next observation records.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.configuration.state import ConfigurationState
from deskledger.domain.context import Context
from deskledger.domain.ticket.clock_recording import clock_events
from deskledger.domain.ticket.recorded_clocks import ClockKey, RecordedClock, filed_clock
from deskledger.domain.ticket.state import TicketState

Effect = Literal["breached", "gained", "lost", "moved"]

_LIVE = frozenset({"running", "paused"})


class ClockChange(NamedTuple):
    """One clock before and after a publication; None where there is no such clock.

    Attributes:
        effect: breached at once, a clock gained or lost, or moved: another due time or target.
    """

    metric: str
    instance: int
    effect: Effect
    before: RecordedClock | None
    after: RecordedClock | None


def clock_changes(
    state: TicketState,
    present: ConfigurationState | None,
    planned: ConfigurationState,
    context: Context,
) -> list[ClockChange]:
    """The clocks that a publication would change, by metric and instance.

    Args:
        state: the ticket.
        present: the desk's service levels as they are; None before the first.
        planned: as they would be after the publication.
        context: as of when; its states are not looked at.

    Raises:
        CommandRefused: a clock would have no due time within a hundred years.
    """
    before = _recorded(state, present, context)
    after = _recorded(state, planned, context)
    return [
        ClockChange(*key, _effect(was, would), was, would)
        for key in sorted({*before, *after})
        if _shown(was := before.get(key)) != _shown(would := after.get(key))
    ]


def _recorded(
    state: TicketState, policies: ConfigurationState | None, context: Context
) -> dict[ClockKey, RecordedClock]:
    """The clocks as they would be recorded at the context's time under some rules."""
    clocks = dict(state.clocks)
    for event in clock_events(state, [], context._replace(states={POLICY_STREAM: policies})):
        clocks = filed_clock(clocks, event)
    return {key: clock for key, clock in clocks.items() if clock.state != "absent"}


def _shown(clock: RecordedClock | None) -> tuple[object, ...] | None:
    """What people see of a clock; its policy's version or name alone is no change to a ticket."""
    if clock is None:
        return None
    judged = (clock.judgement.calendar, clock.judgement.within)
    return clock.state, clock.phase, clock.due, clock.target, clock.noticed, *judged


def _effect(before: RecordedClock | None, after: RecordedClock | None) -> Effect:
    was_live = before is not None and before.state in _LIVE
    if after is not None and after.state == "breached":
        return "moved" if before is not None and before.state == "breached" else "breached"
    if after is not None and after.state in _LIVE:
        return "moved" if was_live else "gained"
    return "lost" if was_live else "moved"
