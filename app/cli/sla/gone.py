"""Clocks that were recorded once, and that by what is known now never were."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from deskledger.app.cli.ledger.story import Told
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.clock_telling import clock_name
from deskledger.app.cli.shown.drawing import one_line
from deskledger.app.cli.shown.telling import Teller
from deskledger.app.cli.sla.recorded import Record, record_object, told_record
from deskledger.domain.ticket.clock_events import ClockEvent
from deskledger.domain.ticket.recorded_clocks import ClockKey


class Gone(NamedTuple):
    """A clock that was taken away.

    Attributes:
        record: what was recorded of it, its correction included.
        cause: the event that came with the correction, such as a late fact; None where time or a
            publication brought it, or where it is not recorded yet.
    """

    key: ClockKey
    record: Record
    cause: Told | None


def cause_of(told: Sequence[Told], record: Record) -> Told | None:
    """The event of the commit that holds a clock's last one, if there is any but of clocks."""
    commit = record.events[-1].stored["commit"]
    others = (one for one in told if one.stored["commit"] == commit)
    return next((one for one in others if not isinstance(one.event, ClockEvent)), None)


def told_gone(session: Session, one: Gone) -> str:
    """That there is no such clock, since when, and what was recorded of it."""
    lines = [session.say("explain.gone", clock=clock_name(session, *one.key))]
    if one.cause is not None:
        teller, event = Teller(session), one.cause
        facts = {"event": teller.title(event), "who": teller.who(event)}
        step = session.say("explain.event", version=event.version, **facts)
        lines.append(session.say("explain.gone_by", step=step))
    return "\n".join([*map(one_line, lines), told_record(session, one.record, session.zone)])


def gone_object(one: Gone) -> dict[str, Any]:
    """The same as JSON shows it; `taken_away_by` is None where no event of the ticket did it."""
    metric, instance = one.key
    cause = one.cause
    by = None
    if cause is not None:
        actor = cause.actor.written()
        by = {"version": cause.version, "type": cause.event.type, "actor": actor}
    return {
        "metric": metric,
        "instance": instance,
        "shows": {"state": "absent"},
        "lines": [],
        "taken_away_by": by,
        **record_object(one.record),
    }
