"""What can be asked of a customer."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deskledger.domain.commands import Command
from deskledger.domain.customer.events import IdentityAdded, Zone
from deskledger.domain.fields import SetFields
from deskledger.domain.references import LinkReference, UnlinkReference
from deskledger.domain.shapes import FieldValue, Id, Line, Locale, Slug
from deskledger.domain.tags import TagCustomer


class RegisterCustomer(Command):
    """Make a customer known, with the addresses whose identities lead to it."""

    type: Literal["RegisterCustomer"] = "RegisterCustomer"
    kind: Literal["person", "organisation"] = "person"
    language: Locale | None = None
    zone: Zone | None = None
    tier: Slug | None = None
    fields: dict[Slug, FieldValue] = Field(default_factory=dict, max_length=200)
    personal_fields: dict[Slug, FieldValue] = Field(default_factory=dict, max_length=200)
    identities: Annotated[tuple[IdentityAdded, ...], Field(max_length=50)] = ()
    source: Slug = "agent"


class AddIdentity(Command):
    """Add an address whose identity leads to this customer, or change its verification."""

    type: Literal["AddIdentity"] = "AddIdentity"
    identity: Id
    channel: Slug
    address: Line
    verified: bool = False


class RemoveIdentity(Command):
    """Take an address away from the customer."""

    type: Literal["RemoveIdentity"] = "RemoveIdentity"
    identity: Id


class FollowIdentity(Command):
    """Hold the address if its identity leads to this customer, and let go of it if not.

    It follows upon a move of the identity, and changes nothing where all is in order.

    Attributes:
        held_by: the customer to whom it led before, who knows the address itself.
    """

    type: Literal["FollowIdentity"] = "FollowIdentity"
    identity: Id
    held_by: Id | None = None


class MergeCustomer(Command):
    """Let an older customer take this one's place.

    Attributes:
        into: the survivor: who was registered earlier; of two at the same time, the lower id.
    """

    type: Literal["MergeCustomer"] = "MergeCustomer"
    into: Id


class SetTier(Command):
    """Set the customer's tier; null clears it."""

    type: Literal["SetTier"] = "SetTier"
    tier: Slug | None
    reason: Slug | None = None


class SetOrganisation(Command):
    """Set the organisation that the customer belongs to; null clears it."""

    type: Literal["SetOrganisation"] = "SetOrganisation"
    organisation: Id | None
    reason: Slug | None = None


class SetAccountManager(Command):
    """Set the agent who looks after the customer; null clears it."""

    type: Literal["SetAccountManager"] = "SetAccountManager"
    account_manager: Id | None
    reason: Slug | None = None


class BlockCustomer(Command):
    """Refuse the customer's own tickets and messages, or allow them again."""

    type: Literal["BlockCustomer"] = "BlockCustomer"
    blocked: bool = True
    reason: Slug | None = None


StandingCommand = SetTier | SetOrganisation | SetAccountManager | BlockCustomer
CustomerCommand = (
    RegisterCustomer
    | AddIdentity
    | RemoveIdentity
    | FollowIdentity
    | MergeCustomer
    | StandingCommand
    | SetFields
    | TagCustomer
    | LinkReference
    | UnlinkReference
)
