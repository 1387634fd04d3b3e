"""Opening a ticket from another: a child, a follow-up, a part split off."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import interaction_of, ticket_stream
from deskledger.domain.commands import Command
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.relations import Relation
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.together import Together

INSIDE = "internal"


@dataclass(frozen=True)
class Branch:
    """What can be stated of a ticket that is opened from another."""

    subject: options.Subject = None
    group: options.Group = None
    agent: options.Agent = None
    type_code: options.Type = None
    priority: options.Priority = None
    note: options.Note = None


@change
def child(
    act: Changing,
    ticket: options.TicketName,
    *,
    stated: Branch,
    blocking: Annotated[
        bool, typer.Option("--blocking", help="The ticket cannot be solved before it.")
    ] = False,
) -> None:
    """Open a task of the ticket."""
    stream = ticket_stream(act, ticket)
    own = {"channel": INSIDE, "blocking": blocking or None}
    _open(act, _origin("parent", stream), stated, own)


@change
def follow_up(act: Changing, ticket: options.TicketName, *, stated: Branch) -> None:
    """Open a ticket of the same customer that goes on where this one ended."""
    stream = ticket_stream(act, ticket)
    _open(act, _origin("follow_up_of", stream), stated, _inherited(act, stream))


@change
def split(
    act: Changing,
    ticket: options.TicketName,
    interaction: options.Interaction,
    *,
    stated: Branch,
) -> None:
    """Open a ticket of the same customer for what a message of this one asks besides.

    Its words stay in the one ticket; the other names the message.
    """
    stream = ticket_stream(act, ticket)
    said = interaction_of(act, stream, interaction)
    _open(act, _origin("split_from", stream, said), stated, _inherited(act, stream))


def _origin(relation: Relation, stream: str, interaction: str | None = None) -> Origin:
    return Origin(relation=relation, ticket=lookup.part(stream), interaction=interaction)


def _inherited(act: Changing, stream: str) -> dict[str, Any]:
    """What a ticket of the same customer has from the one before; nobody else takes part."""
    state: TicketState = act.desk.writer.streams.load(stream).state
    return {"customer": state.customer, "channel": state.channel, "inbox": state.inbox}


def _open(act: Changing, origin: Origin, stated: Branch, own: dict[str, Any]) -> None:
    opening = values.made(
        OpenTicket,
        origin=origin,
        subject=stated.subject,
        group=lookup.group(stated.group) if stated.group else None,
        agent=lookup.agent(act.desk, stated.agent) if stated.agent else None,
        type_code=stated.type_code,
        priority=stated.priority,
        **own,
    )
    notes: list[Command] = []
    if stated.note is not None:
        notes.append(values.made(AddNote, text=values.words(stated.note)))
    act.execute(None, Together, parts=(opening, *notes))
