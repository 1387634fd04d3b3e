"""Two customers who are one, and addresses that belong to another."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.customer.addresses import Address, Verified
from deskledger.app.cli.customer.naming import CustomerName, customer_stream
from deskledger.domain.customer.commands import FollowIdentity, MergeCustomer
from deskledger.domain.customer.merging import seniority
from deskledger.domain.errors import InvalidInput
from deskledger.domain.identity.commands import ClaimIdentity


@change
def merge(
    act: Changing,
    customer: CustomerName,
    other: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="The same one, under another entry.")
    ],
) -> None:
    """Merge two customers who are one: the older entry stays, whichever is named first."""
    load = act.desk.writer.streams.load
    both = {
        name: load(name).state for name in (customer_stream(act, one) for one in (customer, other))
    }
    by_age = sorted(both, key=lambda name: seniority(both[name], lookup.part(name)))
    older, younger = by_age[0], by_age[-1]
    act.execute(younger, MergeCustomer, into=lookup.part(older))


@change
def move_address(
    act: Changing, address: Address, customer: CustomerName, *, verified: Verified = False
) -> None:
    """Let an address that leads to another customer lead to this one; it must be verified."""
    stream, _ = lookup.identity(act.desk, *lookup.address(address))
    state = act.desk.writer.streams.load(stream).state
    before = None if state is None else state.customer
    if before is None:
        told = f"{address} leads to nobody; use customer add-address."
        raise InvalidInput(told, address=address)
    known, identity = customer_stream(act, customer), lookup.part(stream)
    after = lookup.part(known)
    held_by = None if before == after else before
    act.first("claim", stream, ClaimIdentity, customer=after, held_by=held_by, verified=verified)
    if held_by is not None:
        act.first("leave", f"customer/{held_by}", FollowIdentity, identity=identity)
    act.execute(known, FollowIdentity, identity=identity, held_by=held_by)
