"""The process that lets addresses follow their customers, and customers their addresses."""

from collections.abc import Iterable, Iterator

from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.customer.commands import FollowIdentity
from deskledger.domain.identity.commands import FollowMerge


class Addresses:
    """After a merge the addresses lead to the survivor; after a move both customers know of it.

    Only the identity's own stream can say to whom an address leads, so a merge moves identities
    first. A move is then taken in by the customer to whom it leads, who learns the address from
    the one before, and by that one. Whoever was merged in between passes it on.
    """

    name = "addresses"
    rules = 1
    types = frozenset({"IdentitiesChanged", "IdentityMoved"})
    from_beginning = True

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        """What the other side has to take in; it finds nothing to do where it has."""
        part = fact.stream.partition("/")[2]
        if fact.event["type"] == "IdentityMoved":
            return _moved(part, **fact.event["customer"])
        removed: list[str] = fact.event["removed"]
        return [Reaction(f"identity/{one}", FollowMerge(customer=part)) for one in removed]


def _moved(identity: str, before: str | None, after: str | None, **_: object) -> Iterator[Reaction]:
    if before is None:
        # A first claim is followed by the registration, which states the address.
        return
    if after is not None:
        follow = FollowIdentity(identity=identity, held_by=before)
        yield Reaction(f"customer/{after}", follow)
    yield Reaction(f"customer/{before}", FollowIdentity(identity=identity))
