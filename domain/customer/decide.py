"""The rules of a customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from deskledger.domain.context import Context
from deskledger.domain.customer.commands import (
    AddIdentity,
    BlockCustomer,
    CustomerCommand,
    FollowIdentity,
    MergeCustomer,
    RegisterCustomer,
    RemoveIdentity,
    SetAccountManager,
    SetOrganisation,
    SetTier,
)
from deskledger.domain.customer.events import (
    CustomerEvent,
    CustomerRegistered,
    IdentitiesChanged,
)
from deskledger.domain.customer.identities import (
    change_identity,
    check_identity,
    follow_identity,
)
from deskledger.domain.customer.merging import decide_merge
from deskledger.domain.customer.standing import change_standing
from deskledger.domain.customer.state import CustomerState
from deskledger.domain.fields import SetFields, change_fields
from deskledger.domain.moments import moment, refuse_existing, refuse_late, unknown_stream
from deskledger.domain.parties import refuse_merged
from deskledger.domain.people_codes import check_people_codes, configuration_needed
from deskledger.domain.references import LinkReference, UnlinkReference, change_references
from deskledger.domain.tags import TagCustomer, change_tags


def decide(
    state: CustomerState | None, command: CustomerCommand, context: Context
) -> list[CustomerEvent]:
    """Register or change a customer; an empty list when there is nothing to do.

    Raises:
        CommandRefused: the customer exists, does not, or was merged; an identity leads to somebody
            else; an agent or customer named is not one that it may be.
        InvalidInput: a merge names the younger customer as the survivor.
    """
    at = moment(state, command.occurred_at, context)
    if isinstance(command, RegisterCustomer):
        refuse_existing(state, context)
        events = _register(command, at, context)
        check_people_codes(command, events, context)
        return events
    if state is None:
        raise unknown_stream(context)
    if isinstance(command, FollowIdentity):
        return follow_identity(state, command, at, context)
    if isinstance(command, MergeCustomer) and command.into == state.merged_into:
        return []
    refuse_merged(context.part, state)
    refuse_late(state, at, context)
    events = _change(state, command, at, context)
    check_people_codes(command, events, context)
    return events


def _change(
    state: CustomerState, command: CustomerCommand, at: datetime, context: Context
) -> list[CustomerEvent]:
    """What a command makes of a customer who is known and stands for itself."""
    match command:
        case MergeCustomer():
            return decide_merge(state, command, at, context)
        case AddIdentity() | RemoveIdentity():
            return change_identity(state, command, at, context)
        case SetTier() | SetOrganisation() | SetAccountManager() | BlockCustomer():
            return change_standing(state, command, at, context)
        case SetFields():
            return [*change_fields(state, command, at=at, by=command.by)]
        case TagCustomer():
            return [*change_tags(state.tags, command, at=at, by=command.by)]
        case LinkReference() | UnlinkReference():
            return [*change_references(state.references, command, at=at, by=command.by)]
        case RegisterCustomer() | FollowIdentity():
            raise AssertionError(command)
        case _:
            assert_never(command)


def needs(
    _state: CustomerState | None, command: CustomerCommand, context: Context
) -> frozenset[str]:
    """Name the identities, customers and agents that must be known.

    An import asks for none, but for what is no guard: who is the older of two, and where an
    identity leads.
    """
    if isinstance(command, MergeCustomer):
        return frozenset({f"customer/{command.into}"})
    if context.history and not isinstance(command, FollowIdentity):
        return frozenset()
    return frozenset(_needs(command)) | configuration_needed(command, context)


def _needs(command: CustomerCommand) -> Iterator[str]:
    if isinstance(command, RegisterCustomer):
        yield from (f"identity/{added.identity}" for added in command.identities)
    if isinstance(command, AddIdentity | FollowIdentity):
        yield f"identity/{command.identity}"
    if isinstance(command, FollowIdentity) and command.held_by is not None:
        yield f"customer/{command.held_by}"
    if isinstance(command, SetOrganisation) and command.organisation is not None:
        yield f"customer/{command.organisation}"
    if isinstance(command, SetAccountManager) and command.account_manager is not None:
        yield f"agent/{command.account_manager}"


def _register(command: RegisterCustomer, at: datetime, context: Context) -> list[CustomerEvent]:
    for added in command.identities:
        check_identity(added.identity, context)
    registered = CustomerRegistered(
        occurred_at=at,
        by=command.by,
        kind=command.kind,
        language=command.language,
        zone=command.zone,
        tier=command.tier,
        fields=command.fields,
        personal_fields=command.personal_fields or None,
        source=command.source,
    )
    if not command.identities:
        return [registered]
    added_at_once = IdentitiesChanged(
        occurred_at=at, by=command.by, added=command.identities, removed=()
    )
    return [registered, added_at_once]
