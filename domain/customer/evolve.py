"""How each event changes what is known of a customer: facts only, no checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, assert_never

from deskledger.domain.customer.events import (
    CustomerEvent,
    CustomerRegistered,
    CustomerStandingChanged,
    IdentitiesChanged,
    IdentityAdded,
    Merged,
)
from deskledger.domain.customer.state import CustomerState
from deskledger.domain.events import CommandAnswered
from deskledger.domain.fields import FieldsChanged, begun_fields, filed_fields
from deskledger.domain.references import ReferencesChanged, filed_references
from deskledger.domain.shapes import Change
from deskledger.domain.tags import TagsChanged, filed_tags
from deskledger.domain.timeline import Timeline


def evolve(state: CustomerState | None, event: CustomerEvent, version: int) -> CustomerState:
    """Give the customer after one more event; it cannot fail."""
    if state is None:
        return _begun(event, version)
    if isinstance(event, CommandAnswered):
        return replace(state, version=version)
    latest_at = max(state.latest_at, event.occurred_at)
    return replace(state, version=version, latest_at=latest_at, **_changes(state, event, version))


def _changes(state: CustomerState, event: CustomerEvent, version: int) -> Mapping[str, Any]:
    """The state's fields that an event changes, by name."""
    changes: Mapping[str, Any] = {}
    match event:
        case CustomerStandingChanged():
            changes = {"standing": _standing(state, event, version)}
        case IdentitiesChanged():
            changes = {"identities": _identities(state, event, version)}
        case FieldsChanged():
            changes = filed_fields(state, event, version)
        case TagsChanged():
            tags = filed_tags(state.tags, event, began_at=state.began_at, version=version)
            changes = {"tags": tags}
        case ReferencesChanged():
            references, began_at = state.references, state.began_at
            linked = filed_references(references, event, began_at=began_at, version=version)
            changes = {"references": linked}
        case Merged():
            changes = {"merged_into": event.into}
        case CustomerRegistered() | CommandAnswered():
            pass
        case _:
            assert_never(event)
    return changes


def _standing(
    state: CustomerState, event: CustomerStandingChanged, version: int
) -> Mapping[str, Timeline[Any]]:
    filed = dict(state.standing)
    for name, held in state.standing.items():
        change: Change[Any] | None = getattr(event, name)
        if change is not None:
            filed[name] = held.filed(event.occurred_at, version, change.after)
    return filed


def _identities(
    state: CustomerState, event: IdentitiesChanged, version: int
) -> Mapping[str, Timeline[IdentityAdded | None]]:
    filed = dict(state.identities)
    changes: dict[str, IdentityAdded | None] = {added.identity: added for added in event.added}
    changes |= dict.fromkeys(event.removed)
    for identity, after in changes.items():
        nothing = Timeline[IdentityAdded | None].begun(state.began_at, 0, None)
        filed[identity] = filed.get(identity, nothing).filed(event.occurred_at, version, after)
    return filed


def _begun(event: CustomerEvent, version: int) -> CustomerState:
    if not isinstance(event, CustomerRegistered):
        raise TypeError("a customer's first event registers them")
    at = event.occurred_at
    nobody = Timeline[Any].begun(at, version, None)
    return CustomerState(
        version=version,
        began_at=at,
        latest_at=at,
        kind=event.kind,
        standing={
            "tier": Timeline[Any].begun(at, version, event.tier),
            "organisation": nobody,
            "account_manager": nobody,
            "blocked": Timeline[Any].begun(at, version, value=False),
        },
        identities={},
        fields=begun_fields(event.fields, at, version),
        personal_fields=begun_fields(event.personal_fields, at, version),
        tags={},
        references={},
    )
