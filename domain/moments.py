"""When a command happened, and when the desk refuses the time that it states."""

from __future__ import annotations

from datetime import datetime, timedelta

from deskledger.domain.context import Context, State
from deskledger.domain.errors import CommandRefused
from deskledger.domain.shapes import instant_text

AHEAD_MAX = timedelta(minutes=5)


def moment(state: State | None, stated: datetime | None, context: Context) -> datetime:
    """When a command happened: the stated time, else the later of now and the stream's latest.

    So only a stated time can lie before what the stream knows already.

    Raises:
        CommandRefused: the stated time lies more than five minutes ahead of now, or before the
            stream's beginning.
    """
    if stated is None:
        return context.now if state is None else max(context.now, state.latest_at)
    if stated > context.now + AHEAD_MAX:
        facts = {"occurred_at": instant_text(stated), "now": instant_text(context.now)}
        raise CommandRefused("time_in_future", facts)
    if state is not None and stated < state.began_at:
        opened_at = instant_text(state.began_at)
        facts = {"occurred_at": instant_text(stated), "opened_at": opened_at}
        raise CommandRefused("time_before_opening", facts)
    return stated


def refuse_late(state: State, at: datetime, context: Context) -> None:
    """Refuse a fact from before the stream's latest, unless the actor may record such.

    Contacts are never asked this: they are always filed, back to the opening.
    """
    if at < state.latest_at and not (context.record_late or context.history):
        facts = {"occurred_at": instant_text(at), "latest_at": instant_text(state.latest_at)}
        raise CommandRefused("late_not_permitted", facts)


def refuse_existing(state: State | None, context: Context) -> None:
    """Refuse to begin a stream that has begun."""
    if state is not None:
        raise CommandRefused("stream_exists", {"stream": context.stream})


def unknown_stream(context: Context) -> CommandRefused:
    """The refusal of a command to a stream that has not begun."""
    return CommandRefused("stream_unknown", {"stream": context.stream})
