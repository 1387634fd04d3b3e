"""Whose ticket it is, and who else takes part."""

from typing import Annotated, Literal

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.domain.ticket.participants import (
    AddParticipant,
    ChangeCustomer,
    RemoveParticipant,
)


@change
def customer(
    act: Changing,
    ticket: options.TicketName,
    requester: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Number, id or address; empty for nobody.")
    ],
    *,
    sees_from: options.SeesFrom = None,
) -> None:
    """Make another customer the requester."""
    act.execute(
        ticket_stream(act, ticket),
        ChangeCustomer,
        customer=lookup.customer(act.desk, requester) if requester else values.CLEARED,
        sees_from=values.instant(sees_from, act.zone) if sees_from else None,
    )


@change
def participant(
    act: Changing,
    ticket: options.TicketName,
    *,
    role: Annotated[
        Literal["cc", "follower", "collaborator"], typer.Option(help="As what.")
    ] = "cc",
    customer: options.Customer = None,
    agent: Annotated[str | None, typer.Option(help="An agent of the desk.")] = None,
    address: Annotated[str | None, typer.Option(help="Somebody whom the desk does not know.")] = (
        None
    ),
    remove: Annotated[bool, typer.Option("--remove", help="No longer.")] = False,
    sees_from: options.SeesFrom = None,
) -> None:
    """Let a customer, an agent or an address take part in the ticket, or no longer."""
    who = {
        "role": role,
        "customer": lookup.customer(act.desk, customer) if customer else None,
        "agent": lookup.agent(act.desk, agent) if agent else None,
        "address": address,
    }
    stream = ticket_stream(act, ticket)
    if remove:
        act.execute(stream, RemoveParticipant, **who)
    else:
        seen = values.instant(sees_from, act.zone) if sees_from else None
        act.execute(stream, AddParticipant, **who, sees_from=seen)
