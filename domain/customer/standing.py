"""How the desk stands to a customer: tier, organisation, account manager, blocked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskledger.domain.context import Context
from deskledger.domain.customer.commands import (
    SetAccountManager,
    SetOrganisation,
    StandingCommand,
)
from deskledger.domain.customer.events import CustomerEvent, CustomerStandingChanged, TierChange
from deskledger.domain.customer.state import CustomerState
from deskledger.domain.errors import CommandRefused
from deskledger.domain.parties import check_agent, check_customer
from deskledger.domain.shapes import Change, IdChange

_SHAPES: dict[str, type[Change[Any]]] = {
    "tier": TierChange,
    "organisation": IdChange,
    "account_manager": IdChange,
    "blocked": Change[bool],
}


def change_standing(
    state: CustomerState, command: StandingCommand, at: datetime, context: Context
) -> list[CustomerEvent]:
    """Decide which part of the standing changes; an empty list when none does.

    Raises:
        CommandRefused: the agent or organisation named is not one that it may be.
    """
    changes: dict[str, Change[Any] | None] = dict.fromkeys(_SHAPES)
    for name, shape in _SHAPES.items():
        if not hasattr(command, name):
            continue
        before, since = state.standing[name].held(at)
        after = getattr(command, name)
        if before != after:
            _check(state, command, context)
            changes[name] = shape(before=before, after=after, since=since)
    if not any(changes.values()):
        return []
    event = CustomerStandingChanged(occurred_at=at, by=command.by, **changes, reason=command.reason)
    return [event]


def _check(state: CustomerState, command: StandingCommand, context: Context) -> None:
    if context.history:
        return
    if isinstance(command, SetOrganisation) and command.organisation is not None:
        _check_organisation(state, command.organisation, context)
    if isinstance(command, SetAccountManager) and command.account_manager is not None:
        check_agent(command.account_manager, context)


def _check_organisation(state: CustomerState, organisation: str, context: Context) -> None:
    """Only persons belong to organisations, so these cannot form a ring."""
    if organisation == context.part:
        raise CommandRefused("link_to_itself", {"customer": organisation})
    check_customer(organisation, context)
    if state.kind != "person":
        raise CommandRefused("field_invalid", {"field": "organisation", "expected": "kind=person"})
    employer: Any = context.state_of("customer", organisation)
    if employer.kind != "organisation":
        facts = {"field": "organisation", "expected": "kind=organisation"}
        raise CommandRefused("field_invalid", facts)
