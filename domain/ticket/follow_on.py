"""What a ticket takes from the desk's own processes: accepted in every status and at any time."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.moments import AHEAD_MAX
from deskledger.domain.ticket.case import Case, Turn
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.linking import decide_mirrored
from deskledger.domain.ticket.relation_commands import FollowCustomer, MirrorLinks, ReturnTicket
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.succession import decide_followed, decide_returned
from deskledger.domain.ticket.together import FollowOn


def decide_follow_on(state: TicketState, command: FollowOn, turn: Turn) -> list[TicketEvent]:
    """Do here what was decided in another stream; an empty list where that is done or undone.

    Raises:
        CommandRefused: somebody else than a process of the desk asks.
    """
    context = turn.context
    if context.actor.kind != "system":
        raise CommandRefused("not_permitted", {"needs": "system"})
    stated = _possible(state, turn.stated, context)
    case = Case.of(state, turn._replace(stated=stated))
    match command:
        case MirrorLinks():
            return decide_mirrored(case, command)
        case ReturnTicket():
            return decide_returned(case, command)
        case FollowCustomer():
            return decide_followed(case, command)
        case _:
            assert_never(command)


def follow_on_needs(state: TicketState | None, command: FollowOn) -> frozenset[str]:
    """Name the streams whose states ``decide_follow_on`` must be given."""
    match command:
        case MirrorLinks():
            return frozenset({f"ticket/{command.ticket}"})
        case FollowCustomer():
            return frozenset({f"customer/{command.customer}"})
        case ReturnTicket():
            agents = {f"agent/{one}" for one in (command.agent, command.to_agent) if one}
            groups = {command.group, command.to_group, state.party.present.group if state else None}
            return frozenset(agents | {f"group/{one}" for one in groups if one})
        case _:
            assert_never(command)


def _possible(state: TicketState, stated: datetime | None, context: Context) -> datetime | None:
    """The time of the cause, brought into this ticket's life: it cannot be refused for its time."""
    if stated is None:
        return None
    return min(max(stated, state.began_at), context.now + AHEAD_MAX)
