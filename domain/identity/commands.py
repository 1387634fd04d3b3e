"""What can be asked of an identity."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from deskledger.domain.commands import Command
from deskledger.domain.shapes import Id


class ClaimIdentity(Command):
    """Let the address lead to a customer.

    Attributes:
        customer: unset means a customer of its own, whose id is derived from the identity's id and
            the number of the claim; where the address leads to anybody already, nothing is done.
        held_by: the customer from whom it moves, where it leads to one.
        verified: whether it was shown that the address is the claimant's; needed for a move.
    """

    type: Literal["ClaimIdentity"] = "ClaimIdentity"
    customer: Id | None = None
    held_by: Id | None = None
    verified: bool = False

    @model_validator(mode="after")
    def _moves_to_somebody(self) -> ClaimIdentity:
        if self.held_by is not None and self.customer in (None, self.held_by):
            raise ValueError("state the customer to whom the address moves")
        return self


class ReleaseIdentity(Command):
    """Let the address lead to nobody, if it leads to this customer."""

    type: Literal["ReleaseIdentity"] = "ReleaseIdentity"
    customer: Id


class FollowMerge(Command):
    """Let the address lead to the customer who took this customer's place.

    It follows upon a merge, and changes nothing where the address leads elsewhere by now.
    """

    type: Literal["FollowMerge"] = "FollowMerge"
    customer: Id


IdentityCommand = ClaimIdentity | ReleaseIdentity | FollowMerge
