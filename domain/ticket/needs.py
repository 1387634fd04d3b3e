"""Which other streams' states a decision about a ticket asks for.

They are stored with the commit as what the decision has read, so nothing is named that no rule
looks at; where parts decided together may change the party, both parties are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deskledger.domain.commands import Command
from deskledger.domain.configuration.codes import DESK_STREAM
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.context import Context
from deskledger.domain.parties import acting_customer
from deskledger.domain.shapes import Party
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.codes import states_codes
from deskledger.domain.ticket.commands import AssignTicket, OpenTicket, SolveTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage
from deskledger.domain.ticket.escalation import EscalateTicket
from deskledger.domain.ticket.follow_on import follow_on_needs
from deskledger.domain.ticket.participants import AddParticipant, ChangeCustomer
from deskledger.domain.ticket.receivers import receivers_needed, receivers_needed_further
from deskledger.domain.ticket.relation_commands import LinkTicket, MergeTicket
from deskledger.domain.ticket.relations import links_at
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.ticket_types import (
    asks_type,
    default_group,
    names_party,
    type_streams,
)
from deskledger.domain.ticket.together import FollowOn, Part, PartyPart, TicketCommand, Together

_ALWAYS = frozenset({POLICY_STREAM})
_INTAKE = Party(group=None, agent=None)


@dataclass(frozen=True, slots=True)
class _Parties:
    """Who may be responsible when a part is decided."""

    groups: frozenset[str]
    agent_known: bool


def needs(state: TicketState | None, command: TicketCommand, context: Context) -> frozenset[str]:
    """Name the streams whose states ``decide`` must be given; an import asks for next to none.

    The service levels are always among them: every command may change clocks.
    """
    return _ALWAYS | _needed(state, command, context)


def _needed(state: TicketState | None, command: TicketCommand, context: Context) -> frozenset[str]:
    if isinstance(command, ObserveClocks):
        return frozenset()
    if context.history:
        return frozenset(_merged_with(command))
    if isinstance(command, FollowOn):
        return follow_on_needs(state, command)
    if not isinstance(command, Together):
        parties = _parties(state, command, None)
        tickets = _tickets(state, command)
        configured = _configured(state, (command,))
        return frozenset((*_needs(command, context, parties), *tickets, *configured))
    streams = {stream for part in command.parts for stream in _tickets(state, part)}
    streams.update(_configured(state, command.parts))
    named = {part.group for part in command.parts if isinstance(part, _PARTY)} - {None}
    for part in command.parts:
        parties = _parties(state, part, command)
        groups = parties.groups | {group for group in named if group}
        known = parties.agent_known and not any(isinstance(p, PartyPart) for p in command.parts)
        streams.update(_needs(part, context, _Parties(groups, known)))
    return frozenset(streams)


def _tickets(state: TicketState | None, command: Part) -> Iterator[str]:
    """The other tickets that a part names, or that may keep it from being done."""
    if isinstance(command, LinkTicket | MergeTicket):
        yield f"ticket/{command.ticket}"
    if isinstance(command, OpenTicket) and command.origin is not None:
        yield f"ticket/{command.origin.ticket}"
    if isinstance(command, SolveTicket) and state is not None:
        for link in links_at(state.links):
            if link.relation == "child" and link.blocking:
                yield f"ticket/{link.ticket}"


def _merged_with(command: TicketCommand) -> Iterator[str]:
    """An import, too, merges only what is known, and into the older."""
    for part in command.parts if isinstance(command, Together) else (command,):
        if isinstance(part, MergeTicket):
            yield f"ticket/{part.ticket}"


_NAMES_CUSTOMER = OpenTicket | ChangeCustomer | AddParticipant
_PARTY = OpenTicket | AssignTicket | TakeTicket


def further_needs(
    _state: TicketState | None, command: TicketCommand, context: Context
) -> frozenset[str]:
    """Name the group in which a ticket of its type begins, and who else may be there."""
    parts = command.parts if isinstance(command, Together) else (command,)
    if context.history:
        return frozenset()
    escalations = (part for part in parts if isinstance(part, EscalateTicket))
    needed = {one for part in escalations for one in receivers_needed_further(part, context)}
    return frozenset(needed | _begins_in(parts[0], command, context))


def _begins_in(opening: Command, command: TicketCommand, context: Context) -> set[str]:
    """The group in which a ticket begins by the configuration of its type."""
    if not isinstance(opening, OpenTicket) or names_party(opening):
        return set()
    at = opening.occurred_at or command.occurred_at or context.now
    group = default_group(opening, context, at)
    return set() if group is None else {f"group/{group}"}


def _configured(state: TicketState | None, parts: Sequence[Part]) -> Iterator[str]:
    """The streams of the configuration that the parts are checked against."""
    if any(map(states_codes, parts)):
        yield DESK_STREAM
    if any(map(asks_type, parts)):
        yield from type_streams(state, parts)


def _parties(state: TicketState | None, part: Part, together: Together | None) -> _Parties:
    stated = part.occurred_at or (together.occurred_at if together else None)
    party = _INTAKE
    if state is not None:
        party = state.party.held(stated)[0] if stated else state.party.present
    group = party.group
    if isinstance(part, _PARTY) and (part.group is not None or part.states("group")):
        group = part.group
    return _Parties(frozenset({group} if group else ()), party.agent is not None)


def _needs(command: Part, context: Context, parties: _Parties) -> Iterator[str]:
    if isinstance(command, _PARTY) and command.group is not None:
        yield f"group/{command.group}"
    agent = _receiver(command, context, parties)
    if agent is not None:
        yield f"agent/{agent}"
        yield from (f"group/{group}" for group in parties.groups)
    if isinstance(command, _NAMES_CUSTOMER) and command.customer is not None:
        yield f"customer/{command.customer}"
    sender = acting_customer(context) if isinstance(command, ReceiveMessage) else None
    if sender is not None:
        yield f"customer/{sender}"
    if isinstance(command, AddParticipant) and command.agent is not None:
        yield f"agent/{command.agent}"
    if isinstance(command, EscalateTicket):
        yield from receivers_needed(command, parties.groups, context)
    if isinstance(command, AddNote):
        yield from (f"agent/{mentioned}" for mentioned in command.mentions)


def _receiver(command: Part, context: Context, parties: _Parties) -> str | None:
    """The agent who would become responsible."""
    if isinstance(command, OpenTicket | AssignTicket):
        return command.agent
    takes = isinstance(command, SolveTicket) and not parties.agent_known
    if isinstance(command, TakeTicket) or takes:
        return context.acting_agent
    return None
