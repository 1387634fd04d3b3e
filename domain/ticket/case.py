"""One command on a ticket while it is being decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.moments import moment, refuse_late
from deskledger.domain.shapes import By, Party, instant_text
from deskledger.domain.ticket.relations import latest_link
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.status import Status


class Turn(NamedTuple):
    """What surrounds one command, alone or as a part of several.

    Attributes:
        stated: when it happened, if it or the whole says so.
        by: who decided it, when it is not the actor.
        part: its place among the parts, from 0.
        opening: whether the ticket is opened in the same commit.
    """

    context: Context
    stated: datetime | None
    by: By | None
    part: int
    opening: bool


class Case(NamedTuple):
    """One command on an existing ticket, with the ticket as of the command's time.

    A fact from the past is judged on what held then, so every rule asks the case for the status
    and the party, never the state for its present ones.

    Attributes:
        at: when the command happened.
        by: who decided it, when it is not the actor.
        part, opening: as in its turn.
        history: whether the ticket's past is being imported: no guards, nothing derived.
    """

    state: TicketState
    context: Context
    at: datetime
    by: By | None
    part: int
    opening: bool
    history: bool

    @classmethod
    def of(cls, state: TicketState, turn: Turn) -> Case:
        """The case of a command on this ticket.

        Raises:
            CommandRefused: the stated time lies in the future or before the opening.
        """
        context, stated, by, part, opening = turn
        at = moment(state, stated, context)
        return cls(state, context, at, by, part, opening, context.history)

    @property
    def late(self) -> bool:
        """Whether the stream knows of something later already."""
        return self.at < self.state.latest_at

    @property
    def status(self) -> Status:
        """The status as of the command's time."""
        return self.state.status.held(self.at)[0]

    @property
    def status_since(self) -> datetime:
        """Since when that status has held."""
        return self.state.status.held(self.at)[1]

    @property
    def party(self) -> Party:
        """The responsible party as of the command's time."""
        return self.state.party.held(self.at)[0]

    @property
    def customer(self) -> str | None:
        """The requester as of the command's time."""
        return self.state.requester.held(self.at)[0]

    @property
    def agent(self) -> str | None:
        """The agent who decides this, unless a rule, policy or model does."""
        return self.context.deciding_agent(self.by)

    def refuse(self, *statuses: Status) -> None:
        """Refuse the command where the ticket is solved or closed, as far as named here.

        Raises:
            CommandRefused: ``ticket_solved`` or ``ticket_closed``, with since when.
        """
        if not self.history and self.status in statuses:
            facts: dict[str, Any] = {"since": instant_text(self.status_since)}
            if self.status is Status.CLOSED:
                facts["followed_by"] = latest_link(self.state.links, "followed_by")
            raise CommandRefused(f"ticket_{self.status.value}", facts)

    def refuse_merged(self) -> None:
        """Refuse the command where the ticket has become a part of another.

        Raises:
            CommandRefused: ``ticket_merged``; the fact ``into`` names the other ticket.
        """
        merged = self.state.merged
        if merged is not None and not self.history:
            raise CommandRefused("ticket_merged", {"into": merged.into})

    def refuse_late(self) -> None:
        """Refuse a late fact unless the actor may record such."""
        if self.late:
            refuse_late(self.state, self.at, self.context)
