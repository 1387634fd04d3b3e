"""The rules of an identity: an address leads to one customer at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import CommandAnswered
from deskledger.domain.identifiers import customer_id
from deskledger.domain.identity.commands import (
    ClaimIdentity,
    FollowMerge,
    IdentityCommand,
    ReleaseIdentity,
)
from deskledger.domain.identity.events import IdentityEvent, IdentityMoved
from deskledger.domain.identity.state import IdentityState
from deskledger.domain.moments import moment, refuse_late, unknown_stream
from deskledger.domain.parties import check_customer
from deskledger.domain.shapes import IdChange
from deskledger.domain.timeline import Timeline


def decide(
    state: IdentityState | None, command: IdentityCommand, context: Context
) -> list[IdentityEvent]:
    """Let the address lead to a customer, or to nobody.

    Raises:
        CommandRefused: it leads to another customer, it was not shown to be the claimant's, the
            claimant is not known or was merged, or a time is refused.
    """
    at = moment(state, command.occurred_at, context)
    if state is not None:
        refuse_late(state, at, context)
    match command:
        case ClaimIdentity():
            after: str | None = _claimant(state, command, context)
        case ReleaseIdentity() | FollowMerge() if state is None:
            raise unknown_stream(context)
        case ReleaseIdentity():
            _refuse_taken(state, command.customer)
            after = None
        case FollowMerge():
            after = _survivor(state, command, context)
        case _:
            assert_never(command)
    return _moved(state, command, at, after)


def needs(
    _state: IdentityState | None, command: IdentityCommand, context: Context
) -> frozenset[str]:
    """Name the customer who claims the address, or whose place was taken."""
    named = command.customer
    asked = isinstance(command, FollowMerge) or not context.history
    if named is None or not asked or isinstance(command, ReleaseIdentity):
        return frozenset()
    return frozenset({f"customer/{named}"})


def _claimant(state: IdentityState | None, command: ClaimIdentity, context: Context) -> str:
    """The stated customer, else the present one, else one that this claim makes."""
    present = None if state is None else state.customer
    if command.customer is None:
        claims = 0 if state is None else state.claims
        return present or customer_id(context.part, claims + 1)
    if state is not None and present != command.customer:
        _refuse_taken(state, command.held_by or command.customer)
    if present != command.customer and not context.history:
        check_customer(command.customer, context)
        if present is not None and not command.verified:
            raise CommandRefused("identity_unverified", {"customer": present})
    return command.customer


def _survivor(state: IdentityState, command: FollowMerge, context: Context) -> str | None:
    """Who took the customer's place, if the address still leads to that customer."""
    if state.customer != command.customer:
        return state.customer
    customer: Any = context.state_of("customer", command.customer)
    merged = customer is not None and customer.merged_into is not None
    survivor: str | None = customer.merged_into if merged else state.customer
    return survivor


def _refuse_taken(state: IdentityState, customer: str) -> None:
    if state.customer not in (None, customer):
        raise CommandRefused("identity_taken", {"customer": state.customer})


def _moved(
    state: IdentityState | None, command: IdentityCommand, at: datetime, after: str | None
) -> list[IdentityEvent]:
    before, since = (None, None) if state is None else state.customers.held(at)
    if before == after:
        return []
    change = IdChange(before=before, after=after, since=since)
    return [IdentityMoved(occurred_at=at, by=command.by, customer=change)]


def evolve(state: IdentityState | None, event: IdentityEvent, version: int) -> IdentityState:
    """Give the identity after one more event."""
    at = event.occurred_at
    match event:
        case IdentityMoved():
            after = event.customer.after
            claimed = 0 if after is None else 1
            if state is None:
                customers = Timeline[str | None].begun(at, version, after)
                return IdentityState(version, at, at, customers, claimed)
            return replace(
                state,
                version=version,
                latest_at=max(state.latest_at, at),
                customers=state.customers.filed(at, version, after),
                claims=state.claims + claimed,
            )
        case CommandAnswered():
            nobody = Timeline[str | None].begun(at, version, None)
            return replace(state or IdentityState(version, at, at, nobody, 0), version=version)
        case _:
            assert_never(event)
