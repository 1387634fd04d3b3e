"""Tying tickets to each other, and making one a part of another."""

from typing import Annotated

import typer

from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.lookup import part
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.domain.ticket.merging import younger_first
from deskledger.domain.ticket.relation_commands import (
    Linkable,
    LinkTicket,
    MergeTicket,
    Removable,
    UnlinkTicket,
)

Other = Annotated[
    str, typer.Argument(metavar="OTHER", help="The other ticket, named in the same way.")
]


@change
def link(
    act: Changing,
    ticket: options.TicketName,
    other: Other,
    *,
    relation: Annotated[
        Linkable, typer.Option(help="What the other ticket is to this one.")
    ] = "related",
) -> None:
    """Tie the ticket to another one; parents and children are tied by `ticket child`."""
    named = part(ticket_stream(act, other))
    act.execute(ticket_stream(act, ticket), LinkTicket, ticket=named, relation=relation)


@change
def unlink(
    act: Changing,
    ticket: options.TicketName,
    other: Other,
    *,
    relation: Annotated[
        Removable | None,
        typer.Option(help="Which tie; by default every one between the two."),
    ] = None,
) -> None:
    """Take a tie to another ticket away."""
    named = part(ticket_stream(act, other))
    act.execute(ticket_stream(act, ticket), UnlinkTicket, ticket=named, relation=relation)


@change
def merge(act: Changing, ticket: options.TicketName, other: Other) -> None:
    """Make one of two tickets a part of the other: the younger of the older, in either order."""
    streams = [ticket_stream(act, name) for name in (ticket, other)]
    one, two = [(part(stream), act.desk.writer.streams.load(stream).state) for stream in streams]
    younger, older = younger_first(one, two)
    act.execute(f"ticket/{younger}", MergeTicket, ticket=older)
