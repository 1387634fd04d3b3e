"""What a ticket takes from the desk's own processes: accepted in every status and at any time."""

from __future__ import annotations

from datetime import datetime

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.moments import AHEAD_MAX
from deskledger.domain.ticket.case import Case, Turn
from deskledger.domain.ticket.events import TicketEvent
from deskledger.domain.ticket.linking import decide_mirrored
from deskledger.domain.ticket.state import TicketState
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
    return decide_mirrored(Case.of(state, turn._replace(stated=stated)), command)


def _possible(state: TicketState, stated: datetime | None, context: Context) -> datetime | None:
    """The time of the cause, brought into this ticket's life: it cannot be refused for its time."""
    if stated is None:
        return None
    return min(max(stated, state.began_at), context.now + AHEAD_MAX)
