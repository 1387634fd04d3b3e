"""How a customer's place is taken by an older one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskledger.domain.context import Context
from deskledger.domain.customer.commands import MergeCustomer
from deskledger.domain.customer.events import CustomerEvent, IdentitiesChanged, Merged
from deskledger.domain.customer.state import CustomerState
from deskledger.domain.errors import CommandRefused, InvalidInput
from deskledger.domain.parties import check_customer


def seniority(state: CustomerState, customer: str) -> tuple[datetime, str]:
    """What orders customers by age, and never changes: when they became known, then their id.

    A merge goes from the younger into the older, whichever is named first. So every step of a chain
    of merges leads to an older customer, and no chain can end in a ring, whatever happens at once.
    """
    return state.began_at, customer


def decide_merge(
    state: CustomerState, command: MergeCustomer, at: datetime, context: Context
) -> list[CustomerEvent]:
    """Merge the customer; the addresses go in the same commit, and lead to the survivor next.

    Raises:
        CommandRefused: the survivor is the customer itself, is not known, was merged, or is of
            another kind.
        InvalidInput: the survivor is the younger of the two.
    """
    if command.into == context.part:
        raise CommandRefused("link_to_itself", {"customer": command.into})
    check_customer(command.into, context)
    survivor: Any = context.state_of("customer", command.into)
    if survivor.kind != state.kind:
        facts = {"field": "into", "expected": f"kind={state.kind}"}
        raise CommandRefused("field_invalid", facts)
    if seniority(survivor, command.into) > seniority(state, context.part):
        told = "the older customer stays: merge the other one into this one"
        raise InvalidInput(told, stream=f"customer/{command.into}")
    merged = Merged(occurred_at=at, by=command.by, into=command.into, status=None)
    held = tuple(name for name, one in state.identities.items() if one.present is not None)
    if not held:
        return [merged]
    given = IdentitiesChanged(occurred_at=at, by=command.by, added=(), removed=held)
    return [given, merged]
