"""How the desk stands to a customer."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.customer.naming import CustomerName, customer_stream
from deskledger.app.cli.ticket import options
from deskledger.domain.customer.commands import (
    BlockCustomer,
    SetAccountManager,
    SetOrganisation,
    SetTier,
)


@change
def tier(
    act: Changing,
    customer: CustomerName,
    tier: Annotated[str, typer.Argument(help="The tier; an empty text clears it.")],
    *,
    reason: options.Reason = None,
) -> None:
    """Set the customer's tier of service."""
    stated = values.clearing(tier)
    act.execute(customer_stream(act, customer), SetTier, tier=stated, reason=reason)


@change
def organisation(
    act: Changing,
    customer: CustomerName,
    organisation: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="The organisation; an empty text clears it.")
    ],
    *,
    reason: options.Reason = None,
) -> None:
    """Set the organisation that the customer belongs to."""
    stated = lookup.customer(act.desk, organisation) if organisation else values.CLEARED
    stream = customer_stream(act, customer)
    act.execute(stream, SetOrganisation, organisation=stated, reason=reason)


@change
def manager(
    act: Changing,
    customer: CustomerName,
    agent: Annotated[
        str, typer.Argument(metavar="AGENT", help="The agent; an empty text clears it.")
    ],
    *,
    reason: options.Reason = None,
) -> None:
    """Set the agent who looks after the customer."""
    stated = lookup.agent(act.desk, agent) if agent else values.CLEARED
    stream = customer_stream(act, customer)
    act.execute(stream, SetAccountManager, account_manager=stated, reason=reason)


@change
def block(act: Changing, customer: CustomerName, *, reason: options.Reason = None) -> None:
    """Refuse the customer's own tickets and messages."""
    stream = customer_stream(act, customer)
    act.execute(stream, BlockCustomer, blocked=True, reason=reason)


@change
def unblock(act: Changing, customer: CustomerName, *, reason: options.Reason = None) -> None:
    """Allow the customer's own tickets and messages again."""
    stream = customer_stream(act, customer)
    act.execute(stream, BlockCustomer, blocked=False, reason=reason)
