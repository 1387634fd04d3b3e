"""The rules of a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_never

from deskledger.domain.context import Context
from deskledger.domain.customer.commands import (
    AddIdentity,
    BlockCustomer,
    CustomerCommand,
    RegisterCustomer,
    RemoveIdentity,
    SetAccountManager,
    SetOrganisation,
    SetTier,
    StandingCommand,
)
from deskledger.domain.customer.events import (
    CustomerEvent,
    CustomerRegistered,
    CustomerStandingChanged,
    IdentitiesChanged,
    IdentityAdded,
    TierChange,
)
from deskledger.domain.customer.state import CustomerState
from deskledger.domain.errors import CommandRefused
from deskledger.domain.fields import SetFields, change_fields
from deskledger.domain.moments import moment, refuse_existing, refuse_late, unknown_stream
from deskledger.domain.parties import check_agent, check_customer
from deskledger.domain.references import LinkReference, UnlinkReference, change_references
from deskledger.domain.shapes import Change, IdChange
from deskledger.domain.tags import TagCustomer, change_tags

_SHAPES: dict[str, type[Change[Any]]] = {
    "tier": TierChange,
    "organisation": IdChange,
    "account_manager": IdChange,
    "blocked": Change[bool],
}
STANDING = tuple(_SHAPES)


def decide(
    state: CustomerState | None, command: CustomerCommand, context: Context
) -> list[CustomerEvent]:
    """Register or change a customer; an empty list when there is nothing to do.

    Raises:
        CommandRefused: the customer exists, or does not; an identity leads to somebody else; an
            agent or organisation is not known.
    """
    at = moment(state, command.occurred_at, context)
    if isinstance(command, RegisterCustomer):
        refuse_existing(state, context)
        return _register(command, at, context)
    if state is None:
        raise unknown_stream(context)
    refuse_late(state, at, context)
    match command:
        case AddIdentity() | RemoveIdentity():
            return _change_identity(state, command, at, context)
        case SetTier() | SetOrganisation() | SetAccountManager() | BlockCustomer():
            return _change_standing(state, command, at, context)
        case SetFields():
            return [*change_fields(state, command, at=at, by=command.by)]
        case TagCustomer():
            return [*change_tags(state.tags, command, at=at, by=command.by)]
        case LinkReference() | UnlinkReference():
            return [*change_references(state.references, command, at=at, by=command.by)]
        case _:
            assert_never(command)


def needs(
    _state: CustomerState | None, command: CustomerCommand, context: Context
) -> frozenset[str]:
    """Name the identities, customers and agents that must be known; an import asks for none."""
    if context.history:
        return frozenset()
    if isinstance(command, RegisterCustomer):
        return frozenset(f"identity/{added.identity}" for added in command.identities)
    if isinstance(command, AddIdentity):
        return frozenset({f"identity/{command.identity}"})
    if isinstance(command, SetOrganisation) and command.organisation is not None:
        return frozenset({f"customer/{command.organisation}"})
    if isinstance(command, SetAccountManager) and command.account_manager is not None:
        return frozenset({f"agent/{command.account_manager}"})
    return frozenset()


def _register(command: RegisterCustomer, at: datetime, context: Context) -> list[CustomerEvent]:
    for added in command.identities:
        _check_identity(added.identity, context)
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


def _check_identity(identity: str, context: Context) -> None:
    """Refuse an address whose identity does not lead to this customer."""
    if context.history:
        return
    state: Any = context.state_of("identity", identity)
    if state is None or state.customer is None:
        raise CommandRefused("stream_unknown", {"stream": f"identity/{identity}"})
    if state.customer != context.part:
        raise CommandRefused("identity_taken", {"customer": state.customer})


def _change_identity(
    state: CustomerState, command: AddIdentity | RemoveIdentity, at: datetime, context: Context
) -> list[CustomerEvent]:
    held = state.identities.get(command.identity)
    before = None if held is None else held.held(at)[0]
    added: tuple[IdentityAdded, ...] = ()
    if isinstance(command, AddIdentity):
        _check_identity(command.identity, context)
        after = IdentityAdded(
            identity=command.identity,
            channel=command.channel,
            address=command.address,
            verified=command.verified,
        )
        added = () if before == after else (after,)
    removed = (command.identity,) if before and isinstance(command, RemoveIdentity) else ()
    if not added and not removed:
        return []
    return [IdentitiesChanged(occurred_at=at, by=command.by, added=added, removed=removed)]


def _change_standing(
    state: CustomerState, command: StandingCommand, at: datetime, context: Context
) -> list[CustomerEvent]:
    changes: dict[str, Change[Any] | None] = dict.fromkeys(STANDING)
    for name, shape in _SHAPES.items():
        if not hasattr(command, name):
            continue
        before, since = state.standing[name].held(at)
        after = getattr(command, name)
        if before != after:
            _check_standing(command, context)
            changes[name] = shape(before=before, after=after, since=since)
    if not any(changes.values()):
        return []
    event = CustomerStandingChanged(occurred_at=at, by=command.by, **changes, reason=command.reason)
    return [event]


def _check_standing(command: StandingCommand, context: Context) -> None:
    if context.history:
        return
    if isinstance(command, SetOrganisation) and command.organisation is not None:
        if command.organisation == context.part:
            raise CommandRefused("link_to_itself", {"customer": command.organisation})
        check_customer(command.organisation, context)
    if isinstance(command, SetAccountManager) and command.account_manager is not None:
        check_agent(command.account_manager, context)
