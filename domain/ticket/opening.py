"""How a ticket is opened."""

from __future__ import annotations

from typing import Any

from deskledger.domain.configuration.ticket_type import SHIPPED, TicketType
from deskledger.domain.contact import Direction
from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.moments import moment, refuse_existing
from deskledger.domain.parties import (
    check_agent,
    check_customer,
    check_group,
    check_member,
    refuse_blocked,
)
from deskledger.domain.shapes import Party, instant_text
from deskledger.domain.ticket.case import Turn
from deskledger.domain.ticket.codes import check_codes
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.events import Kind, TicketEvent, TicketOpened
from deskledger.domain.ticket.field_rules import check_fields, check_required
from deskledger.domain.ticket.linking import links_changed
from deskledger.domain.ticket.merging import known_ticket
from deskledger.domain.ticket.relations import Link
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.status import SETTLED, Status
from deskledger.domain.ticket.ticket_types import Chosen, names_party, opening_type


def decide_opening(state: TicketState | None, command: OpenTicket, turn: Turn) -> list[TicketEvent]:
    """Open the ticket, unless it exists or what it names cannot be used.

    What it comes from is its first link, of which the linker tells the other ticket.

    Raises:
        CommandRefused: see ``refusals``; in import mode only for an existing ticket and for time.
    """
    context = turn.context
    refuse_existing(state, context)
    at = moment(None, turn.stated, context)
    configured = Chosen(command.ticket_type, SHIPPED)
    if not context.history:
        _check_customer(command, context)
        _check_party(command, context)
        _check_origin(command, context)
        check_codes(command, context)
        configured = opening_type(command, context, at)
        _check_fields(command, configured.document)
    stated = {name: getattr(command, name) for name in _COPIED}
    event = TicketOpened.model_construct(
        occurred_at=at,
        by=turn.by,
        **stated,
        kind=kind_of(command),
        direction=_direction(command),
        tier=_tier(command, context),
        status=Status(command.status),
        party=_party(command, configured.document, context),
        tags=tuple(dict.fromkeys(command.tags)),
        personal_fields=command.personal_fields or None,
        ticket_type=configured.of,
        step=command.step or command.status,
        variant=command.variant or configured.variant,
    )
    origin = command.origin
    if origin is None:
        return [event]
    link = Link(relation=origin.relation, ticket=origin.ticket, blocking=command.blocking)
    return [event, links_changed(at, turn.by, added=(link,))]


_COPIED = (
    "customer",
    "channel",
    "inbox",
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
    "workflow",
    "form",
    "origin",
)


def _check_customer(command: OpenTicket, context: Context) -> None:
    if command.customer is None:
        return
    check_customer(command.customer, context)
    if command.direction == "in":
        refuse_blocked(command.customer, context)


def _check_party(command: OpenTicket, context: Context) -> None:
    if command.group is not None:
        check_group(command.group, context)
    if command.agent is not None:
        check_agent(command.agent, context)
        if command.group is not None:
            check_member(command.agent, command.group, context)


def _check_fields(command: OpenTicket, configured: TicketType) -> None:
    check_fields(configured, command.fields, command.personal_fields)
    check_required(configured, "open", {*command.fields, *command.personal_fields})


def _party(command: OpenTicket, configured: TicketType, context: Context) -> Party:
    """The stated party, else the group of the ticket's type while it is open, else the intake."""
    group = command.group
    if configured.group is not None and not names_party(command):
        state: Any = context.state_of("group", configured.group)
        group = configured.group if state is not None and not state.closed else None
    return Party.model_construct(group=group, agent=command.agent)


def _tier(command: OpenTicket, context: Context) -> str | None:
    """The stated tier, else the customer's own at this moment."""
    customer: Any = context.state_of("customer", command.customer or "")
    if command.states("tier") or customer is None:
        return command.tier
    tier: str | None = customer.tier
    return tier


def kind_of(command: OpenTicket) -> Kind:
    """What is stated; what is opened from its parent is a task, all else a request."""
    if command.states("kind") or not _has_parent(command):
        return command.kind
    return "task"


def _has_parent(command: OpenTicket) -> bool:
    return command.origin is not None and command.origin.relation == "parent"


def _direction(command: OpenTicket) -> Direction:
    """What is stated; a task is begun inside the desk, all else by a customer."""
    if command.states("direction") or kind_of(command) != "task":
        return command.direction
    return "internal"


def _check_origin(command: OpenTicket, context: Context) -> None:
    """Refuse an origin that is not known, or cannot wait for a child any more."""
    origin = command.origin
    if origin is None:
        return
    state = known_ticket(origin.ticket, context.state_of("ticket", origin.ticket))
    if origin.interaction is not None and origin.interaction not in state.interactions:
        raise CommandRefused("interaction_unknown", {"interaction": origin.interaction})
    status, since = state.status.held(state.latest_at)
    if command.blocking and status in SETTLED:
        facts = {"ticket": origin.ticket, "since": instant_text(since)}
        raise CommandRefused(f"ticket_{status.value}", facts)
