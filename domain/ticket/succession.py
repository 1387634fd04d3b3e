"""How a ticket goes on when its agent leaves, its group closes or its customer is merged."""

from __future__ import annotations

from typing import Any

from deskledger.domain.shapes import Party
from deskledger.domain.ticket.assignment import assigned, begun
from deskledger.domain.ticket.case import Case
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.participants import Participant, ParticipantKey, participants_at
from deskledger.domain.ticket.participation import participants_changed, requester_keys
from deskledger.domain.ticket.relation_commands import FollowCustomer, ReturnTicket
from deskledger.domain.ticket.status import SETTLED


def decide_returned(case: Case, command: ReturnTicket) -> list[TicketEvent]:
    """Give the ticket to the successor or its queue, if who has gone still has it."""
    if case.status in SETTLED:
        return []
    if command.agent is not None:
        return _from_agent(case, command)
    return _from_group(case, command)


def _from_agent(case: Case, command: ReturnTicket) -> list[TicketEvent]:
    context, party = case.context, case.party
    state: Any = context.state_of("agent", command.agent or "")
    if party.agent != command.agent or state is None or not state.left:
        return []
    heir = command.to_agent
    known: Any = None if heir is None else context.state_of("agent", heir)
    if known is not None and not known.left:
        stays = party.group is not None and _has(case, party.group, heir)
        after = Party.model_construct(group=party.group if stays else None, agent=heir)
        return [*assigned(case, after, "agent_left"), *begun(case)]
    group = _open_group(case, command.to_group) or party.group
    after = Party.model_construct(group=group, agent=None)
    return [*assigned(case, after, "agent_left")]


def _from_group(case: Case, command: ReturnTicket) -> list[TicketEvent]:
    """An agent who has the ticket keeps it, unless they are not in the successor's group."""
    party = case.party
    state: Any = case.context.state_of("group", command.group or "")
    if party.group != command.group or state is None or not state.closed:
        return []
    group = _open_group(case, command.to_group)
    stays = party.agent is not None and (group is None or _has(case, group, party.agent))
    after = Party.model_construct(group=group, agent=party.agent if stays else None)
    return [*assigned(case, after, "group_closed")]


def _open_group(case: Case, group: str | None) -> str | None:
    state: Any = None if group is None else case.context.state_of("group", group)
    return None if state is None or state.closed else group


def _has(case: Case, group: str, agent: str | None) -> bool:
    state: Any = case.context.state_of("group", group)
    return state is not None and agent is not None and state.has(agent)


def decide_followed(case: Case, command: FollowCustomer) -> list[TicketEvent]:
    """Put the survivor where the merged customer was: as requester, and as any participant."""
    before: Any = case.context.state_of("customer", command.customer)
    if before is None or before.merged_into is None:
        return []
    added: list[Participant] = []
    removed: list[ParticipantKey] = []
    if case.customer == command.customer:
        gone, come = requester_keys(command.customer, command.into)
        removed.append(gone)
        added.append(come)
    for one in participants_at(case.state.participants, case.at):
        if one.customer == command.customer:
            removed.append(ParticipantKey(**one.model_dump(exclude={"sees_from"})))
            added.append(one.model_copy(update={"customer": command.into}))
    return [participants_changed(case, tuple(added), tuple(removed))] if added else []
