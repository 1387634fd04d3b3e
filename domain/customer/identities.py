"""Which addresses lead to a customer: always those whose identities do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskledger.domain.context import Context
from deskledger.domain.customer.commands import AddIdentity, FollowIdentity, RemoveIdentity
from deskledger.domain.customer.events import CustomerEvent, IdentitiesChanged, IdentityAdded
from deskledger.domain.customer.state import CustomerState
from deskledger.domain.errors import CommandRefused
from deskledger.domain.shapes import By, Erased

IDENTITIES_MAX = 200


def check_identity(identity: str, context: Context) -> None:
    """Refuse an address whose identity does not lead to this customer; an import is not asked."""
    if context.history:
        return
    state: Any = context.state_of("identity", identity)
    if state is None or state.customer is None:
        raise CommandRefused("stream_unknown", {"stream": f"identity/{identity}"})
    if state.customer != context.part:
        raise CommandRefused("identity_taken", {"customer": state.customer})


def change_identity(
    state: CustomerState, command: AddIdentity | RemoveIdentity, at: datetime, context: Context
) -> list[CustomerEvent]:
    """Add an address that leads here, change its verification, or remove it.

    Raises:
        CommandRefused: it leads to nobody or to somebody else, or there are too many.
    """
    held = state.identities.get(command.identity)
    before = None if held is None else held.held(at)[0]
    if isinstance(command, RemoveIdentity):
        return [_removed(command.identity, at, command.by)] if before else []
    check_identity(command.identity, context)
    after = IdentityAdded(
        identity=command.identity,
        channel=command.channel,
        address=command.address,
        verified=command.verified,
    )
    if before == after:
        return []
    if before is None and len(_present(state)) >= IDENTITIES_MAX:
        raise CommandRefused("too_many", {"what": "identities", "limit": IDENTITIES_MAX})
    return [_added(after, at, command.by)]


def follow_identity(
    state: CustomerState, command: FollowIdentity, at: datetime, context: Context
) -> list[CustomerEvent]:
    """Take in where an identity leads by now; whatever the customer is, it cannot be refused.

    An address that has gone on to another already, or that came to a customer who was merged, is
    added and removed at once: the next one to whom it leads learns the address here.
    """
    identity: Any = context.state_of("identity", command.identity)
    leads_here = identity is not None and identity.customer == context.part
    stays = leads_here and state.merged_into is None
    if command.identity in _present(state):
        return [] if stays else [_removed(command.identity, at, command.by)]
    if not leads_here and command.identity in state.identities:
        return []
    known = _known(command, context)
    if known is None:
        return []
    added = _added(known, at, command.by)
    return [added] if stays else [added, _removed(command.identity, at, command.by)]


def _known(command: FollowIdentity, context: Context) -> IdentityAdded | None:
    """The address as the customer before knew it.

    A move between two who both stand for themselves is accepted only for a verified address.
    """
    if command.held_by is None:
        return None
    before: CustomerState | None = context.state_of("customer", command.held_by)
    held = None if before is None else before.identities.get(command.identity)
    if before is None or held is None:
        return None
    latest = next((one for _, _, one in reversed(held.entries) if one is not None), None)
    if latest is None or isinstance(latest.address, Erased):
        return None
    verified = latest.verified or before.merged_into is None
    return latest.model_copy(update={"verified": verified})


def _present(state: CustomerState) -> frozenset[str]:
    return frozenset(name for name, held in state.identities.items() if held.present is not None)


def _added(added: IdentityAdded, at: datetime, by: By | None) -> IdentitiesChanged:
    return IdentitiesChanged(occurred_at=at, by=by, added=(added,), removed=())


def _removed(identity: str, at: datetime, by: By | None) -> IdentitiesChanged:
    return IdentitiesChanged(occurred_at=at, by=by, added=(), removed=(identity,))
