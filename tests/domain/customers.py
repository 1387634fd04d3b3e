"""Customers and the identities that lead to them, as the laws and examples tell of them."""

from __future__ import annotations

from deskledger.domain.customer.commands import RegisterCustomer
from deskledger.domain.customer.events import IdentityAdded
from deskledger.domain.identifiers import derived_id
from deskledger.domain.identity.commands import ClaimIdentity
from tests.domain.stories import Story

OLD, YOUNG, YOUNGEST = (derived_id("customer", name) for name in ("old", "young", "youngest"))
EMAIL, PHONE = (derived_id("identity", name) for name in ("email", "phone"))


def address(identity: str, *, verified: bool = False) -> IdentityAdded:
    """An address as customers know it."""
    place = f"{identity}@example.org"
    return IdentityAdded(identity=identity, channel="email", address=place, verified=verified)


def registered(customer: str, minute: int, *, kind: str = "person") -> Story:
    """A customer who became known in some minute after noon, and has no address."""
    return Story(stream=f"customer/{customer}").after(minute).when(RegisterCustomer(kind=kind))


def leading(identity: str, to: Story) -> Story:
    """An identity that leads to a customer."""
    story = Story(stream=f"identity/{identity}", now=to.now).beside(owner=to)
    return story.when(ClaimIdentity(customer=to.stream.partition("/")[2]))
