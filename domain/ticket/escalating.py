"""The rules of escalation: which levels are recorded, and what the highest of them does."""

from __future__ import annotations

from collections.abc import Iterator

from deskledger.domain.errors import CommandRefused
from deskledger.domain.shapes import Party, instant_text
from deskledger.domain.sla.instants import instant_of
from deskledger.domain.sla.marks import LEVEL_MAX, RESPONSIBLE
from deskledger.domain.tags import TAGS_MAX, Tagged, TagsChanged
from deskledger.domain.ticket.assignment import assigned, begun
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.clock_recording import clock_events
from deskledger.domain.ticket.escalation import (
    ClockName,
    EscalateTicket,
    LevelChange,
    Recipient,
    TicketEscalated,
)
from deskledger.domain.ticket.events import SlugChange, TicketEvent, TicketPrioritised
from deskledger.domain.ticket.evolve import evolve
from deskledger.domain.ticket.receivers import Found, receiver
from deskledger.domain.ticket.status import Status

_PRIORITIES = ("low", "normal", "high", "urgent")
"""The lowest first."""


def decide_escalation(case: Case, command: EscalateTicket) -> list[TicketEvent]:
    """Escalate a clock of the ticket, or by hand the ticket: every level once, in order.

    Raises:
        CommandRefused: the ticket is solved or closed, the clock has stopped, somebody else than a
            policy names a clock, or a party named by hand is not one that may have the ticket.
    """
    case.refuse_late()
    case.refuse(Status.SOLVED, Status.CLOSED)
    if command.clock is not None:
        return _at_mark(case, command, command.clock)
    before = case.state.escalation.level.held(case.at)[0]
    level = before + 1 if command.level is None else command.level
    if not before < level <= LEVEL_MAX:
        return []
    return _acted(case, command, level, receiver(case, command))


def _at_mark(case: Case, command: EscalateTicket, clock: ClockName) -> list[TicketEvent]:
    """What follows from a mark; of several levels reached by now only the highest acts."""
    case = _observed(case)
    _check_running(case, clock)
    known, level = case.state.escalation, command.level
    if (clock.key, command.mark) in known.marks:
        return []
    before = known.ladder(clock).held(case.at)[0]
    if level is None:
        return _acted(case, command, before, receiver(case, command))
    if level <= before:
        return []
    if level < known.due.get(clock.key, 0):
        return [*_climbed(case, command, level, None)]
    return _acted(case, command, level, receiver(case, command))


def _observed(case: Case) -> Case:
    """The case with all that the clocks have done by now, which the same commit records.

    Who comes after hours of downtime may come before the watcher does: a higher level that is due
    by now acts in place of this one, although its mark is only being recorded.
    """
    state = case.state
    for event in clock_events(state, [], case.context):
        state = evolve(state, event, state.version + 1)
    return case._replace(state=state)


def _check_running(case: Case, clock: ClockName) -> None:
    """Refuse to escalate a clock that waits for nothing any more; one in a pause goes on later."""
    if case.history:
        return
    if case.context.acting.kind != "policy":
        raise CommandRefused("not_permitted", {"needs": "policy"})
    recorded = case.state.clocks.get(clock.key)
    if recorded is None or recorded.phase == "stopped":
        stopped = None if recorded is None else recorded.stopped
        since = None if stopped is None else instant_text(instant_of(stopped))
        facts = {"metric": clock.metric, "instance": clock.instance, "since": since}
        raise CommandRefused("clock_stopped", facts)


def _acted(case: Case, command: EscalateTicket, level: int, found: Found) -> list[TicketEvent]:
    """The levels up to this one, and all that is done at it, in the order of a commit."""
    handed: list[TicketEvent] = []
    if found.party is not None:
        handed += assigned(case, found.party, "escalated")
        handed += begun(case) if found.party.agent is not None else []
    climbed = _climbed(case, command, level, found)
    return [*handed, *climbed, *_raised(case, command), *_tagged(case, command)]


def _climbed(
    case: Case, command: EscalateTicket, level: int, found: Found | None
) -> Iterator[TicketEscalated]:
    """Each level up to this one, the missing ones first; one event where the level stays.

    The highest acts as well where somebody, be it nobody, was `found`.
    """
    before, since = case.state.escalation.ladder(command.clock).held(case.at)
    steps = [(lower, lower + 1) for lower in range(before, level)] or [(before, before)]
    for lower, upper in steps:
        is_last = upper == level
        who = found if is_last else None
        yield TicketEscalated.model_construct(
            occurred_at=case.at,
            by=case.by,
            level=LevelChange.model_construct(
                before=lower, after=upper, since=since if lower == before else case.at
            ),
            clock=command.clock,
            mark=command.mark if is_last else None,
            to=None if who is None else who.to,
            acted=who is not None,
            notify=() if who is None else tuple(_recipients(case, command)),
            passed_over=() if who is None else who.passed_over,
            reason=command.reason or ("manual" if command.clock is None else "mark_reached"),
        )


def _recipients(case: Case, command: EscalateTicket) -> Iterator[Recipient]:
    """Who is to be told, each once; whoever has the ticket is who had it before."""
    named = (_responsible(case.party) if one == RESPONSIBLE else one for one in command.notify)
    for one in dict.fromkeys(named):
        if one is not None:
            kind, _, part = one.partition("/")
            yield Recipient.model_construct(kind=kind, id=part)


def _responsible(party: Party) -> str | None:
    """The agent, else the group; nobody for what lies in the intake queue."""
    if party.agent is not None:
        return f"agent/{party.agent}"
    return None if party.group is None else f"group/{party.group}"


def _raised(case: Case, command: EscalateTicket) -> Iterator[TicketPrioritised]:
    """A higher priority, also where another one was set by hand; that stays as it was set."""
    if command.priority is None:
        return
    priority = case.state.attributes["priority"]
    before, since = priority.held(case.at)
    if not _is_higher(command.priority, before):
        return
    yield TicketPrioritised.model_construct(
        occurred_at=case.at,
        by=case.by,
        priority=SlugChange.model_construct(before=before, after=command.priority, since=since),
        impact=None,
        urgency=None,
        pinned=case.state.attributes["pinned"].held(case.at)[0],
        reason="escalated",
    )


def _is_higher(priority: str, before: str | None) -> bool:
    """Whether a priority is above another; of a desk's own codes any other one is."""
    if priority in _PRIORITIES and before in _PRIORITIES:
        return _PRIORITIES.index(priority) > _PRIORITIES.index(before)
    return priority != before


def _tagged(case: Case, command: EscalateTicket) -> Iterator[TagsChanged]:
    """Tags that are not there yet; a ticket that is full of tags is escalated without them."""
    before = sorted(tag for tag, line in case.state.tags.items() if line.held(case.at)[0])
    more = [tag for tag in dict.fromkeys(command.tags) if tag not in before]
    added = tuple(Tagged(tag=tag) for tag in more[: TAGS_MAX - len(before)])
    if added:
        yield TagsChanged(
            occurred_at=case.at, by=case.by, added=added, removed=(), before=tuple(before)
        )
