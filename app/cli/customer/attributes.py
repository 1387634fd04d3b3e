"""Changing what describes a customer: tags, fields and references."""

from typing import Annotated

import typer

from deskledger.app.cli import values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.customer.naming import CustomerName, customer_stream
from deskledger.app.cli.ticket import options
from deskledger.domain.fields import SetFields
from deskledger.domain.references import LinkReference, UnlinkReference
from deskledger.domain.tags import TagCustomer


@change
def tag(
    act: Changing,
    customer: CustomerName,
    add: Annotated[list[str] | None, typer.Argument(metavar="TAG")] = None,
    *,
    remove: options.Removed = None,
) -> None:
    """Add tags to the customer, and remove others."""
    stream = customer_stream(act, customer)
    act.execute(stream, TagCustomer, add=values.listed(add), remove=values.listed(remove))


@change
def fields(
    act: Changing,
    customer: CustomerName,
    plain: Annotated[list[str] | None, typer.Argument(metavar="NAME=TEXT")] = None,
    *,
    personal: options.Personal = None,
) -> None:
    """Set fields of the customer; an empty text clears one, NAME:=JSON is other than text."""
    act.execute(
        customer_stream(act, customer),
        SetFields,
        fields=values.fields(plain, clear=True),
        personal_fields=values.fields(personal, clear=True),
    )


@change
def reference(
    act: Changing,
    customer: CustomerName,
    references: Annotated[list[str], typer.Argument(metavar="SYSTEM/KIND/ID")],
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Remove them instead.")] = False,
) -> None:
    """Tie the customer to things in other systems."""
    kind = UnlinkReference if remove else LinkReference
    stream = customer_stream(act, customer)
    act.execute(stream, kind, references=values.references(references))
