"""Registering customers, and the addresses that lead to them."""

from typing import Annotated, Any, Literal

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.customer.naming import CustomerName, customer_stream
from deskledger.app.cli.ticket import options
from deskledger.domain.customer.commands import AddIdentity, RegisterCustomer, RemoveIdentity
from deskledger.domain.identity.commands import ClaimIdentity, ReleaseIdentity

Address = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="Email, telephone number, or KIND:ADDRESS.")
]
Verified = Annotated[bool, typer.Option("--verified", help="It was shown to be theirs.")]


@change
def add(
    act: Changing,
    address: Address,
    *,
    name: Annotated[str | None, typer.Option(help="What people call them.")] = None,
    kind: Annotated[Literal["person", "organisation"] | None, typer.Option(help="What.")] = None,
    verified: Verified = False,
    text_language: options.Spoken = None,
    zone: Annotated[str | None, typer.Option(help="IANA name of their zone.")] = None,
    tier: options.Tier = None,
    fields: options.Fields = None,
    personal: options.Personal = None,
) -> None:
    """Register a customer with an address."""
    named = {"name": name} if name else {}
    personal_fields = {**(values.fields(personal) or {}), **named}
    stated = {
        "kind": kind,
        "language": text_language,
        "zone": zone,
        "tier": tier,
        "fields": values.fields(fields),
        "personal_fields": personal_fields or None,
        "source": "agent",
    }
    stream, identity = _identity(act, address, verified=verified)
    # Asked before anything is claimed, so that bad input has claimed nothing.
    values.made(RegisterCustomer, **stated, identities=(identity,))
    act.first("claim", stream, ClaimIdentity)
    customer = act.desk.writer.streams.load(stream).state.customer
    act.execute(f"customer/{customer}", RegisterCustomer, **stated, identities=(identity,))


@change
def add_address(
    act: Changing, customer: CustomerName, address: Address, *, verified: Verified = False
) -> None:
    """Let one more address lead to the customer; or verify one that does."""
    known = customer_stream(act, customer)
    stream, identity = _identity(act, address, verified=verified)
    act.first("claim", stream, ClaimIdentity, customer=lookup.part(known))
    act.execute(known, AddIdentity, **identity)


@change
def remove_address(act: Changing, customer: CustomerName, address: Address) -> None:
    """Take an address away from the customer; it may lead to somebody else then."""
    known = customer_stream(act, customer)
    stream, identity = _identity(act, address, verified=False)
    act.first("release", stream, ReleaseIdentity, customer=lookup.part(known))
    act.execute(known, RemoveIdentity, identity=identity["identity"])


def _identity(act: Changing, stated: str, *, verified: bool) -> tuple[str, dict[str, Any]]:
    """The stream of an address's identity, and what the customer is to know of it."""
    kind, address = lookup.address(stated)
    stream, normal = lookup.identity(act.desk, kind, address)
    known = {"channel": kind, "address": normal, "verified": verified}
    return stream, {"identity": lookup.part(stream), **known}
