"""Who gets a ticket that is escalated: the first who is there, as things stand now."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import Any, NamedTuple

from deskledger.domain.availability.months import availability_stream
from deskledger.domain.availability.presence import availability, earlier_needed
from deskledger.domain.context import Context
from deskledger.domain.parties import check_agent, check_group, check_member
from deskledger.domain.shapes import Party
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.escalation import EscalateTicket, PassedOver

_THERE = frozenset({"available", "busy"})
_UNHEARD = "unheard"


class Found(NamedTuple):
    """Who was found.

    Attributes:
        party: who becomes responsible; null where that stays as it is.
        to: id of the agent or group that was found; null for nobody.
        passed_over: who was asked in vain.
    """

    party: Party | None
    to: str | None
    passed_over: tuple[PassedOver, ...]


def receiver(case: Case, command: EscalateTicket) -> Found:
    """Who gets the ticket: the first who is there, else the group, else nobody.

    Whom somebody names by hand is checked, and gets the ticket even if nobody is there; what is
    imported is taken as it was.

    Raises:
        CommandRefused: an agent or the group named by hand is not one that may have the ticket.
    """
    by_hand = command.clock is None
    if by_hand and not case.history:
        _check_named(command, case.context)
    found = None if case.history else _found(case, command)
    if found is not None and (found.to is not None or not by_hand):
        return found
    group, agent = command.group, next(iter(command.agents), None)
    if agent is not None:
        return Found(_with_agent(case, agent, group), agent, ())
    return Found(_queue(group), group, ())


def receivers_needed(
    command: EscalateTicket, groups: frozenset[str], context: Context
) -> Iterator[str]:
    """Streams that say who is there; `groups` are those in which the ticket may be."""
    for agent in command.agents:
        yield f"agent/{agent}"
        yield availability_stream(agent, context.now)
    if command.agents:
        yield from (f"group/{group}" for group in groups)
    if command.group is not None:
        yield f"group/{command.group}"


def receivers_needed_further(command: EscalateTicket, context: Context) -> Iterator[str]:
    """The months before, of agents of whom nothing was said this month; a group's successor."""
    for agent in command.agents:
        yield from earlier_needed(agent, context)
    state: Any = None if command.group is None else context.state_of("group", command.group)
    if state is not None and state.closed and state.successor is not None:
        yield f"group/{state.successor}"


def _found(case: Case, command: EscalateTicket) -> Found:
    """The first who is there, else the group; who is on leave or gone is passed over.

    An agent of whom nobody ever said whether they are there is offline, as everywhere, and yet is
    asked before the group: a desk that keeps no availability has such agents only.
    """
    group, passed_over = _named_group(command, case.context)
    asked = {one: _presence(one, group, case.context) for one in command.agents}
    there = [one for one, presence in asked.items() if presence in _THERE]
    unheard = [one for one, presence in asked.items() if presence == _UNHEARD]
    found = next(iter(there or unheard), None)
    in_vain = takewhile(lambda one: one != found, asked) if there else asked
    passed_over += (_passed("agent", one, asked[one]) for one in in_vain if one != found)
    if found is None:
        return Found(_queue(group), group, tuple(passed_over))
    return Found(_with_agent(case, found, group), found, tuple(passed_over))


def _check_named(command: EscalateTicket, context: Context) -> None:
    if command.group is not None:
        check_group(command.group, context)
    for agent in command.agents:
        check_agent(agent, context)
        if command.group is not None:
            check_member(agent, command.group, context)


def _queue(group: str | None) -> Party | None:
    return None if group is None else Party.model_construct(group=group, agent=None)


def _passed(kind: str, part: str, why: str) -> PassedOver:
    reason = "offline" if why == _UNHEARD else why
    return PassedOver.model_construct(kind=kind, id=part, reason=reason)


def _named_group(command: EscalateTicket, context: Context) -> tuple[str | None, list[PassedOver]]:
    """The group, or its successor where it is closed; and the group where it was passed over."""
    if command.group is None:
        return None, []
    state: Any = context.state_of("group", command.group)
    if state is None:
        return None, [_passed("group", command.group, "unknown")]
    if not state.closed:
        return command.group, []
    heir: Any = None if state.successor is None else context.state_of("group", state.successor)
    is_open = heir is not None and not heir.closed
    return (state.successor if is_open else None), [_passed("group", command.group, "closed")]


def _presence(agent: str, group: str | None, context: Context) -> str:
    """How an agent is now, or why the agent could not get the ticket anyway."""
    state: Any = context.state_of("agent", agent)
    if state is None:
        return "unknown"
    if state.left:
        return "left"
    if group is not None and not _has(context, group, agent):
        return "not_in_group"
    return availability(agent, context) or _UNHEARD


def _with_agent(case: Case, agent: str, group: str | None) -> Party:
    """An agent with the named group, else with the ticket's own if it is the agent's as well."""
    if group is None and case.party.group is not None:
        stays = case.history or _has(case.context, case.party.group, agent)
        group = case.party.group if stays else None
    return Party.model_construct(group=group, agent=agent)


def _has(context: Context, group: str, agent: str) -> bool:
    state: Any = context.state_of("group", group)
    return state is not None and bool(state.has(agent))
