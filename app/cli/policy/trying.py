"""What a publication would do to open tickets, for people and as data."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from deskledger.app.cli import lookup
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.app.cli.shown.clock_telling import clock_name
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.working_time import length_text
from deskledger.app.policy_preview import TicketChanges, open_tickets, planned_policies
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.shapes import instant_text
from deskledger.domain.sla.durations import duration_text
from deskledger.domain.sla.instants import instant_of
from deskledger.domain.ticket.clock_preview import ClockChange
from deskledger.domain.ticket.recorded_clocks import RecordedClock

ROWS_MAX = 20
_COLUMNS = ("number", "clock", "effect", "due_before", "due_after")


class Tried(NamedTuple):
    """What a publication would do to the open tickets.

    Attributes:
        open: how many there are.
        effects: how many clocks have each effect.
        changed: the tickets of which clocks would change; not all of them where few are shown.
        changed_count: how many there are.
    """

    open: int
    effects: Counter[str]
    changed: list[TicketChanges]
    changed_count: int


def tried(act: Changing, document: dict[str, Any]) -> Tried:
    """Looks at every open ticket; people are shown few of those that change, JSON holds all."""
    now = act.desk.clock()
    present = act.desk.writer.streams.load(POLICY_STREAM).state
    planned = planned_policies(present, document, _at(act, now))
    count, changed_count, effects = 0, 0, Counter[str]()
    changed: list[TicketChanges] = []
    total = float(sum(1 for _ in lookup.every(act.desk, "ticket")))
    with bar(act, "policy.bar", total) as advance:
        for one in open_tickets(act.desk, planned, now, advance):
            count += 1
            if not (one.changes or one.due_not_found):
                continue
            changed_count += 1
            effects.update(change.effect for change in one.changes)
            effects["due_not_found"] += one.due_not_found
            if act.as_json or len(changed) < ROWS_MAX:
                changed.append(one)
    return Tried(count, +effects, changed, changed_count)


def _at(act: Changing, now: datetime) -> datetime:
    return now if act.at is None else act.at


def tell_tried(session: Session, found: Tried, *, reaches_open: bool) -> None:
    """Shows how many open tickets would change, and how the first of them would."""
    session.tell(session.say("policy.open", count=found.open, changed=found.changed_count))
    for effect, count in sorted(found.effects.items()):
        session.tell("  " + session.say(f"policy.effect.{effect}", count=count))
    rows = list(_rows(session, found.changed))
    if rows:
        headers = [session.say(f"column.{name}") for name in _COLUMNS]
        session.tell(draw(headers, rows[:ROWS_MAX], right=(0,)))
    if found.changed_count > len(found.changed) or len(rows) > ROWS_MAX:
        session.tell(session.say("policy.more_tickets"))
    if not reaches_open:
        session.tell(session.say("policy.reach_new"))


def _rows(session: Session, changed: list[TicketChanges]) -> Iterator[list[str]]:
    for one in changed:
        for change in one.changes:
            clock = clock_name(session, change.metric, change.instance)
            effect = session.say(f"policy.effect_name.{change.effect}")
            dues = (_due(session, change.before), _due(session, change.after))
            yield [str(one.number), clock, effect, *dues]
        if one.due_not_found:
            effect = session.say("policy.effect_name.due_not_found")
            yield [str(one.number), "–", effect, "–", "–"]


def _due(session: Session, clock: RecordedClock | None) -> str:
    """When a clock is due; else how it stands, and what was promised."""
    if clock is None:
        return "–"
    if clock.due is None:
        promised = length_text(session.language, clock.target)
        return f"{session.code('clock', clock.state)} ({promised})"
    return session.time(instant_of(clock.due))


def tried_object(found: Tried) -> dict[str, Any]:
    """The open tickets, as JSON shows them."""
    return {
        "tickets": found.open,
        "changed": found.changed_count,
        "effects": dict(sorted(found.effects.items())),
        "changes": [
            {"number": one.number, "id": lookup.part(one.stream), **_change(change)}
            for one in found.changed
            for change in one.changes
        ],
        "due_not_found": [one.number for one in found.changed if one.due_not_found],
    }


def _change(change: ClockChange) -> dict[str, Any]:
    named = {"metric": change.metric, "instance": change.instance, "effect": change.effect}
    return {**named, "before": _clock(change.before), "after": _clock(change.after)}


def _clock(clock: RecordedClock | None) -> dict[str, Any] | None:
    if clock is None:
        return None
    judgement = clock.judgement
    return {
        "state": clock.state,
        "due": None if clock.due is None else instant_text(instant_of(clock.due)),
        "used": duration_text(clock.used),
        "target": duration_text(clock.target),
        "policy": judgement.name,
        "version": judgement.version,
        "calendar": judgement.calendar,
    }
