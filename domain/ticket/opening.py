"""How a ticket is opened."""

from __future__ import annotations

from typing import Any

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.moments import moment, refuse_existing
from deskledger.domain.parties import check_agent, check_customer, check_group, check_member
from deskledger.domain.shapes import Party
from deskledger.domain.ticket.case import Turn
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.events import TicketOpened
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.status import Status


def decide_opening(
    state: TicketState | None, command: OpenTicket, turn: Turn
) -> list[TicketOpened]:
    """Open the ticket, unless it exists or the parties that it names cannot be used.

    Raises:
        CommandRefused: see ``refusals``; in import mode only for an existing ticket and for time.
    """
    context = turn.context
    refuse_existing(state, context)
    at = moment(None, turn.stated, context)
    if not context.history:
        _check_customer(command, context)
        _check_party(command, context)
    stated = {name: getattr(command, name) for name in _COPIED}
    event = TicketOpened.model_construct(
        occurred_at=at,
        by=turn.by,
        **stated,
        tier=_tier(command, context),
        status=Status(command.status),
        party=Party.model_construct(group=command.group, agent=command.agent),
        tags=tuple(dict.fromkeys(command.tags)),
        personal_fields=command.personal_fields or None,
        step=command.step or command.status,
    )
    return [event]


_COPIED = (
    "kind",
    "customer",
    "channel",
    "inbox",
    "direction",
    "subject",
    "language",
    "type_code",
    "category",
    "impact",
    "urgency",
    "priority",
    "stage",
    "fields",
    "references",
    "ticket_type",
    "workflow",
    "variant",
    "form",
    "origin",
)


def _check_customer(command: OpenTicket, context: Context) -> None:
    if command.customer is None:
        return
    check_customer(command.customer, context)
    customer: Any = context.state_of("customer", command.customer)
    if customer.blocked and command.direction == "in":
        raise CommandRefused("customer_blocked", {"customer": command.customer})


def _check_party(command: OpenTicket, context: Context) -> None:
    if command.group is not None:
        check_group(command.group, context)
    if command.agent is not None:
        check_agent(command.agent, context)
        if command.group is not None:
            check_member(command.agent, command.group, context)


def _tier(command: OpenTicket, context: Context) -> str | None:
    """The stated tier, else the customer's own at this moment."""
    customer: Any = context.state_of("customer", command.customer or "")
    if command.states("tier") or customer is None:
        return command.tier
    tier: str | None = customer.tier
    return tier
