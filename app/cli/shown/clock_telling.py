"""What was recorded of a clock, in a line: the rest is for programs."""

from collections.abc import Iterator

from deskledger.app.cli.session import Session
from deskledger.domain.ticket.clock_events import (
    ClockEvent,
    ClockRescheduled,
    ClockStarted,
    MarkReached,
)


def clock_line(session: Session, event: ClockEvent) -> str:
    """Which clock, how it stands, and what is special about the event."""
    number = f" {event.instance}" if event.instance > 1 else ""
    state = session.code("clock", event.state)
    told = [(f"{session.code('metric', event.metric)}{number}", state)]
    if event.due is not None:
        told.append((session.code("field", "due"), session.time(event.due)))
    colon, semicolon = session.say("list.value"), session.say("list.fact")
    return semicolon.join(map(colon.join, (*told, *_special(session, event))))


def _special(session: Session, event: ClockEvent) -> Iterator[tuple[str, str]]:
    if isinstance(event, MarkReached):
        yield session.code("field", "mark"), event.mark
        if event.level is not None:
            yield session.code("field", "level"), str(event.level)
    if isinstance(event, ClockRescheduled):
        yield session.code("field", "before"), session.code("clock", event.before.state)
        yield session.code("field", "reason"), event.reason
    if isinstance(event, ClockStarted | ClockRescheduled):
        yield event.name, session.say("list.part").join((event.within, event.calendar))
