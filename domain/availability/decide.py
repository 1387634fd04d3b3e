"""The rules of an agent's availability."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.availability.events import (
    AgentAvailabilityChanged,
    Availability,
    AvailabilityChange,
    AvailabilityEvent,
    Channels,
)
from deskledger.domain.availability.months import availability_stream, earlier_streams
from deskledger.domain.availability.presence import CARRIED_MONTHS_MAX, speaking_month
from deskledger.domain.availability.state import NEVER, AvailabilityState
from deskledger.domain.context import Context
from deskledger.domain.errors import InvalidInput
from deskledger.domain.events import CommandAnswered
from deskledger.domain.moments import moment, refuse_late
from deskledger.domain.parties import check_agent
from deskledger.domain.people_codes import check_people_codes, configuration_needed
from deskledger.domain.timeline import Timeline


def decide(
    state: AvailabilityState | None, command: SetAvailability, context: Context
) -> list[AvailabilityEvent]:
    """Say whether the agent takes work from a moment on; nothing where that was so already.

    Raises:
        CommandRefused: the agent is not known or has left, or a time is refused.
        InvalidInput: the moment lies outside the month that the stream is about.
    """
    at = moment(state, command.occurred_at, context)
    agent = context.stream.split("/")[1]
    if availability_stream(agent, at) != context.stream:
        told = f"the stream is about another month; use {availability_stream(agent, at)}"
        raise InvalidInput(told, stream=context.stream)
    if state is not None:
        refuse_late(state, at, context)
    if not context.history:
        check_agent(agent, context)
    before, channels, since = _held(state, at, context)
    if (before, channels) == (command.availability, command.channels):
        return []
    changed = AgentAvailabilityChanged(
        occurred_at=at,
        by=command.by,
        availability=AvailabilityChange(before=before, after=command.availability, since=since),
        channels=command.channels,
        planned=command.planned,
        reason=command.reason,
    )
    check_people_codes(command, [changed], context)
    return [changed]


def needs(
    state: AvailabilityState | None, command: SetAvailability, context: Context
) -> frozenset[str]:
    """Name the agent, and where nothing was said of the month by then, the months before it."""
    agent = () if context.history else (f"agent/{context.stream.split('/')[1]}",)
    asked = (*agent, *configuration_needed(command, context))
    at = command.occurred_at
    if state is not None and (state.speaks_of(at) if at else len(state.channels.entries) > 1):
        return frozenset(asked)
    return frozenset((*asked, *earlier_streams(context.stream, CARRIED_MONTHS_MAX)))


def _held(
    state: AvailabilityState | None, at: datetime, context: Context
) -> tuple[Availability, Channels | None, datetime | None]:
    """Availability and channels at an instant, and since when that availability had held."""
    earlier = map(context.states.get, earlier_streams(context.stream, CARRIED_MONTHS_MAX))
    known = speaking_month((state, *earlier), at)
    if known is None:
        return "offline", None, None
    availability, since = known.availability.held(at)
    return availability, known.channels.held(at)[0], None if since == NEVER else since


def evolve(
    state: AvailabilityState | None, event: AvailabilityEvent, version: int
) -> AvailabilityState:
    """Give the month after one more event; it cannot fail."""
    at = event.occurred_at
    known = state or _begun(event, version)
    match event:
        case AgentAvailabilityChanged():
            return replace(
                known,
                version=version,
                latest_at=max(known.latest_at, at),
                availability=known.availability.filed(at, version, event.availability.after),
                channels=known.channels.filed(at, version, event.channels),
            )
        case CommandAnswered():
            return replace(known, version=version)
        case _:
            assert_never(event)


def _begun(event: AvailabilityEvent, version: int) -> AvailabilityState:
    month = event.occurred_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before: Availability = "offline"
    since = None
    if isinstance(event, AgentAvailabilityChanged):
        before, since = event.availability.before, event.availability.since
    availability = Timeline[Availability].begun(since or NEVER, 0, before)
    channels = Timeline[Channels | None].begun(NEVER, 0, None)
    return AvailabilityState(version, month, month, availability, channels)
