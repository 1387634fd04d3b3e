"""Which other streams' states a decision about a ticket asks for.

They are stored with the commit as what the decision has read, so nothing is named that no rule
looks at; where parts decided together may change the party, both parties are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deskledger.domain.context import Context
from deskledger.domain.shapes import Party
from deskledger.domain.ticket.commands import AssignTicket, OpenTicket, SolveTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.together import Part, PartyPart, TicketCommand, Together

_INTAKE = Party(group=None, agent=None)


@dataclass(frozen=True, slots=True)
class _Parties:
    """Who may be responsible when a part is decided."""

    groups: frozenset[str]
    agent_known: bool


def needs(state: TicketState | None, command: TicketCommand, context: Context) -> frozenset[str]:
    """Name the streams whose states ``decide`` must be given; an import asks for none."""
    if context.history:
        return frozenset()
    if not isinstance(command, Together):
        return frozenset(_needs(command, context, _parties(state, command, None)))
    streams: set[str] = set()
    named = {part.group for part in command.parts if isinstance(part, _PARTY)} - {None}
    for part in command.parts:
        parties = _parties(state, part, command)
        groups = parties.groups | {group for group in named if group}
        known = parties.agent_known and not any(isinstance(p, PartyPart) for p in command.parts)
        streams.update(_needs(part, context, _Parties(groups, known)))
    return frozenset(streams)


_PARTY = OpenTicket | AssignTicket | TakeTicket


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
    if isinstance(command, OpenTicket) and command.customer is not None:
        yield f"customer/{command.customer}"
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
