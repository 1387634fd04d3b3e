"""What people call a clock, and what was recorded of it, in a line: the rest is for programs."""

from collections.abc import Iterator

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.working_time import stated_length
from deskledger.domain.ticket.clock_events import (
    ClockEvent,
    ClockRescheduled,
    ClockStarted,
    MarkReached,
)


def clock_name(session: Session, metric: str, instance: int) -> str:
    """What people call a clock: its metric, and from the second one on which of them it is."""
    name = session.code("metric", metric)
    if instance == 1:
        return name
    return session.say("clock.numbered", metric=name, instance=instance)


def clock_line(session: Session, event: ClockEvent) -> str:
    """Which clock, how it stands, and what is special about the event."""
    told = [(clock_name(session, event.metric, event.instance), session.code("clock", event.state))]
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
        yield session.code("field", "reason"), session.code("correction", event.reason)
    if isinstance(event, ClockStarted | ClockRescheduled):
        within = stated_length(session.language, event.within)
        yield event.name, session.say("list.part").join((within, event.calendar))
