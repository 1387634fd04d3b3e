"""What was recorded of a clock beside what is computed of it now."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from deskledger.app.cli.ledger.story import Told
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw_pairs, one_line
from deskledger.app.desk import SYSTEM, Desk
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.context import Context
from deskledger.domain.ticket.clock_events import (
    AnyClockEvent,
    ClockRescheduled,
    MarkReached,
    Standing,
)
from deskledger.domain.ticket.clock_recording import clock_events

# What happens by a clock is recorded moments later; only more than that is worth a word.
_SOON = timedelta(minutes=1)

Time = Callable[[datetime], str]
"""An instant as the lines of one clock show it."""


class Record(NamedTuple):
    """What was recorded of one clock.

    Attributes:
        events: of the clock, in the order in which they happened.
        missing: what would be recorded now; None where that was not looked for.
    """

    events: Sequence[Told]
    missing: Sequence[AnyClockEvent] | None

    @property
    def agrees(self) -> bool | None:
        """Whether nothing that was recorded would have to be corrected; None where not looked."""
        if self.missing is None:
            return None
        return not any(isinstance(event, ClockRescheduled) for event in self.missing)


def unrecorded(desk: Desk, stream: str, now: datetime) -> list[AnyClockEvent]:
    """What the next observation of a ticket's clocks would record; nothing is written.

    Raises:
        CommandRefused: a clock would have no due time within a hundred years.
    """
    streams = desk.writer.streams
    states = {POLICY_STREAM: streams.load(POLICY_STREAM).state}
    context = Context(now=now, command_id="", stream=stream, actor=SYSTEM, states=states)
    return clock_events(streams.load(stream).state, [], context)


def told_record(session: Session, record: Record, zone: ZoneInfo) -> str:
    """What was recorded of a clock, and what is still to be, in lines with times of a zone."""
    time = partial(session.time, zone=zone)
    rows = [_row(session, told, time) for told in record.events]
    lines = [session.say("explain.section.recorded"), draw_pairs(rows)] if rows else []
    lines += [one_line(_told_missing(session, event, time)) for event in record.missing or ()]
    if record.agrees:
        lines.append(session.say("explain.agrees"))
    return "\n".join(lines)


def _row(session: Session, told: Told, time: Time) -> tuple[str, str]:
    event: Any = told.event
    facts = {"version": told.version, "event": _named(session, event)}
    if isinstance(event, ClockRescheduled):
        reason = session.code("correction", event.reason)
        changed = {"reason": reason, **_change(session, event.before, event, time)}
        text = session.say("explain.corrected", **facts, **changed)
    else:
        text = session.say("explain.recorded", **facts, **_stand(session, event, time))
    if told.recorded_at - event.occurred_at > _SOON:
        text += session.say("explain.recorded_at", at=time(told.recorded_at))
    return time(event.occurred_at), one_line(text)


def _told_missing(session: Session, event: AnyClockEvent, time: Time) -> str:
    if isinstance(event, ClockRescheduled):
        return session.say("explain.deviates", **_change(session, event.before, event, time))
    name, at = _named(session, event), time(event.occurred_at)
    return session.say("explain.missing", event=name, at=at)


def _named(session: Session, event: AnyClockEvent) -> str:
    """What happened to the clock; of a mark, which one was reached."""
    name = session.code("event", event.type)
    return f"{name} {event.mark}" if isinstance(event, MarkReached) else name


def _change(
    session: Session, before: Standing, after: ClockRescheduled, time: Time
) -> dict[str, str]:
    was = {f"before_{name}": value for name, value in _stand(session, before, time).items()}
    return {**was, **_stand(session, after, time)}


def _stand(session: Session, one: Standing | AnyClockEvent, time: Time) -> dict[str, str]:
    due = "–" if one.due is None else time(one.due)
    return {"state": session.code("clock", one.state), "due": due}


def record_object(record: Record) -> dict[str, Any]:
    """What was recorded of a clock, and what is not yet, as JSON shows it."""
    events = [
        {"version": one.version, "recorded_at": one.recorded_at, **one.event.written()}
        for one in record.events
    ]
    missing = None if record.missing is None else [one.written() for one in record.missing]
    return {"recorded": events, "unrecorded": missing, "agrees": record.agrees}
