"""What can have happened to a customer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.fields import FieldsChanged
from deskledger.domain.references import ReferencesChanged
from deskledger.domain.shapes import Change, FieldValue, Frozen, Id, IdChange, Line, Locale, P, Slug
from deskledger.domain.tags import TagsChanged

Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}\z")]
"""The name of a time zone in the IANA database, such as ``Asia/Shanghai``."""


TierChange = Change[Slug | None]


class IdentityAdded(Frozen):
    """An address under which the customer is known.

    Attributes:
        verified: whether it was shown that the address is the customer's.
    """

    identity: Id
    channel: Slug
    address: P[Line]
    verified: bool


class CustomerRegistered(Event):
    """A customer became known.

    Attributes:
        source: what made the customer known: a channel, an import, an agent.
    """

    type: Literal["CustomerRegistered"] = "CustomerRegistered"
    v: Literal[1] = 1
    kind: Literal["person", "organisation"]
    language: Locale | None
    zone: Zone | None
    tier: Slug | None
    fields: dict[Slug, FieldValue]
    personal_fields: P[dict[Slug, FieldValue]] | None
    source: Slug


class IdentitiesChanged(Event):
    """The customer has other addresses; an address listed again has another verification."""

    type: Literal["IdentitiesChanged"] = "IdentitiesChanged"
    v: Literal[1] = 1
    added: tuple[IdentityAdded, ...]
    removed: tuple[Id, ...]


class CustomerStandingChanged(Event):
    """How the desk stands to the customer changed; null where one stays."""

    type: Literal["CustomerStandingChanged"] = "CustomerStandingChanged"
    v: Literal[1] = 1
    tier: TierChange | None
    organisation: IdChange | None
    account_manager: IdChange | None
    blocked: Change[bool] | None
    reason: Slug | None


class Merged(Event):
    """An older customer took this one's place.

    Attributes:
        into: the survivor; it may have been merged itself since.
        status: null always; the field is that of tickets, which have one.
    """

    type: Literal["Merged"] = "Merged"
    v: Literal[1] = 1
    into: Id
    status: None


CustomerEvent = (
    CustomerRegistered
    | IdentitiesChanged
    | CustomerStandingChanged
    | Merged
    | FieldsChanged
    | TagsChanged
    | ReferencesChanged
    | CommandAnswered
)
