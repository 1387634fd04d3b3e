"""What can be asked of an identity."""

from __future__ import annotations

from typing import Literal

from deskledger.domain.commands import Command
from deskledger.domain.shapes import Id


class ClaimIdentity(Command):
    """Let the address lead to a customer.

    Attributes:
        customer: unset means a customer of its own, whose id is derived from the identity's id and
            the number of the claim; where the address leads to anybody already, nothing is done.
    """

    type: Literal["ClaimIdentity"] = "ClaimIdentity"
    customer: Id | None = None


class ReleaseIdentity(Command):
    """Let the address lead to nobody, if it leads to this customer."""

    type: Literal["ReleaseIdentity"] = "ReleaseIdentity"
    customer: Id


IdentityCommand = ClaimIdentity | ReleaseIdentity
