"""The rules of an identity: an address leads to one customer at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import CommandAnswered
from deskledger.domain.identifiers import customer_id
from deskledger.domain.identity.commands import ClaimIdentity, IdentityCommand, ReleaseIdentity
from deskledger.domain.identity.events import IdentityEvent, IdentityMoved
from deskledger.domain.identity.state import IdentityState
from deskledger.domain.moments import moment, refuse_late, unknown_stream
from deskledger.domain.shapes import IdChange
from deskledger.domain.timeline import Timeline


def decide(
    state: IdentityState | None, command: IdentityCommand, context: Context
) -> list[IdentityEvent]:
    """Let the address lead to a customer, or to nobody.

    Raises:
        CommandRefused: it leads to another customer, or a time is refused.
    """
    at = moment(state, command.occurred_at, context)
    if state is not None:
        refuse_late(state, at, context)
    after: str | None
    match command:
        case ClaimIdentity():
            after = _claimant(state, command, context)
        case ReleaseIdentity():
            if state is None:
                raise unknown_stream(context)
            _refuse_taken(state, command.customer)
            after = None
        case _:
            assert_never(command)
    return _moved(state, command, at, after)


def _claimant(state: IdentityState | None, command: ClaimIdentity, context: Context) -> str:
    """The stated customer, else the present one, else one that this claim makes."""
    if command.customer is not None:
        if state is not None:
            _refuse_taken(state, command.customer)
        return command.customer
    if state is not None and state.customer is not None:
        return state.customer
    claims = 0 if state is None else state.claims
    return customer_id(context.part, claims + 1)


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
