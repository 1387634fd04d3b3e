"""How the responsible party of a ticket changes."""

from __future__ import annotations

from typing import assert_never

from deskledger.domain.errors import CommandRefused
from deskledger.domain.parties import check_agent, check_group, check_member
from deskledger.domain.shapes import Party, instant_text
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.changes import activated
from deskledger.domain.ticket.commands import AssignTicket, TakeTicket, UnassignTicket
from deskledger.domain.ticket.events import PartyChange, TicketAssigned, TicketEvent
from deskledger.domain.ticket.status import Status
from deskledger.domain.ticket.together import PartyPart


def decide_party(case: Case, command: PartyPart) -> list[TicketEvent]:
    """Change who is responsible; a new ticket becomes open when it is an agent.

    Raises:
        CommandRefused: the ticket is closed, another agent has taken it, or the party is not one
            that may have it.
    """
    case.refuse_late()
    case.refuse(Status.CLOSED)
    match command:
        case AssignTicket():
            return _assign(case, command)
        case TakeTicket():
            after = taking_party(case, command.group)
            return [*assigned(case, after, "taken"), *begun(case)]
        case UnassignTicket():
            after = Party.model_construct(group=case.party.group, agent=None)
            return [*assigned(case, after, command.reason)]
        case _:
            assert_never(command)


def _assign(case: Case, command: AssignTicket) -> list[TicketEvent]:
    after = _assigned_party(case.party, command)
    named = after.agent is not None and command.states("agent")
    if not case.history:
        _check(case, command, after)
    reason = command.reason or ("manual" if case.agent or case.history else "routed")
    events: list[TicketEvent] = [*assigned(case, after, reason, command.considered)]
    return [*events, *begun(case)] if named else events


def _assigned_party(before: Party, command: AssignTicket) -> Party:
    """The party after: what is not stated stays, but another group clears the agent."""
    group = command.group if command.states("group") else before.group
    agent = before.agent if group == before.group else None
    if command.states("agent"):
        agent = command.agent
    if (group, agent) == (before.group, before.agent):
        return before
    return Party.model_construct(group=group, agent=agent)


def _check(case: Case, command: AssignTicket, after: Party) -> None:
    if command.group is not None:
        check_group(command.group, case.context)
    if command.agent is not None:
        check_agent(command.agent, case.context)
        if after.group is not None:
            check_member(command.agent, after.group, case.context)


def taking_party(case: Case, group: str | None = None) -> Party:
    """The party when the acting agent takes the ticket, in its group or the named one.

    Raises:
        CommandRefused: nobody's agent acts, another agent has it, or the group is not the agent's.
    """
    agent, before = case.agent, case.party
    if agent is None:
        raise CommandRefused("not_permitted", {"needs": "agent"})
    after = Party.model_construct(group=group or before.group, agent=agent)
    if case.history:
        return after
    if before.agent is not None and before.agent != agent:
        since = instant_text(case.state.party.held(case.at)[1])
        raise CommandRefused("taken_by_other", {"agent": before.agent, "since": since})
    check_agent(agent, case.context)
    if group is not None:
        check_group(group, case.context)
    if after.group is not None:
        check_member(agent, after.group, case.context)
    return after


def assigned(
    case: Case, after: Party, reason: str, considered: int | None = None
) -> list[TicketAssigned]:
    """The event by which the party changes; none where it stays."""
    before, since = case.state.party.held(case.at)
    if before is after or before == after:
        return []
    change = PartyChange.model_construct(before=before, after=after, since=since)
    event = TicketAssigned.model_construct(
        occurred_at=case.at, by=case.by, party=change, reason=reason, considered=considered
    )
    return [event]


def begun(case: Case) -> list[TicketEvent]:
    """An agent's first having it opens a new ticket; an import says each status by itself."""
    if case.history or case.status is not Status.NEW:
        return []
    return [activated(case, "assigned")]
