"""Changing what describes a ticket: classes, priority, tags, fields and references."""

from typing import Annotated

import typer

from deskledger.app.cli import values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.domain.fields import SetFields
from deskledger.domain.references import LinkReference, UnlinkReference
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.commands import ClassifyTicket, PrioritiseTicket


@change
def classify(
    act: Changing,
    ticket: options.TicketName,
    *,
    type_code: options.Type = None,
    category: options.Category = None,
    stage: options.Stage = None,
    tier: options.Tier = None,
) -> None:
    """Put the ticket into the stated classes; an empty text clears one, no category is ''."""
    act.execute(
        ticket_stream(act, ticket),
        ClassifyTicket,
        type_code=values.clearing(type_code),
        category=() if category == [""] else values.listed(category or ()),
        stage=values.clearing(stage),
        tier=values.clearing(tier),
    )


@change
def prioritise(
    act: Changing,
    ticket: options.TicketName,
    *,
    priority: options.Priority = None,
    impact: options.Impact = None,
    urgency: options.Urgency = None,
    pinned: Annotated[
        bool | None, typer.Option(help="Whether later recomputation leaves it.")
    ] = None,
    reason: options.Reason = None,
) -> None:
    """Set priority, impact and urgency; an empty text clears one."""
    act.execute(
        ticket_stream(act, ticket),
        PrioritiseTicket,
        priority=values.clearing(priority),
        impact=values.clearing(impact),
        urgency=values.clearing(urgency),
        pinned=pinned,
        reason=reason,
    )


@change
def tag(
    act: Changing,
    ticket: options.TicketName,
    add: Annotated[list[str] | None, typer.Argument(metavar="TAG")] = None,
    *,
    remove: options.Removed = None,
) -> None:
    """Add tags to the ticket, and remove others."""
    stream = ticket_stream(act, ticket)
    act.execute(stream, TagTicket, add=values.listed(add), remove=values.listed(remove))


@change
def fields(
    act: Changing,
    ticket: options.TicketName,
    plain: Annotated[list[str] | None, typer.Argument(metavar="NAME=TEXT")] = None,
    *,
    personal: options.Personal = None,
    subject: options.Subject = None,
) -> None:
    """Set fields of the ticket; an empty text clears one, NAME:=JSON is other than text."""
    named = {} if subject is None else {"subject": subject or None}
    stated = {**(values.fields(personal, clear=True) or {}), **named}
    act.execute(
        ticket_stream(act, ticket),
        SetFields,
        fields=values.fields(plain, clear=True),
        personal_fields=stated or None,
    )


@change
def reference(
    act: Changing,
    ticket: options.TicketName,
    references: Annotated[list[str], typer.Argument(metavar="SYSTEM/KIND/ID")],
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Remove them instead.")] = False,
) -> None:
    """Tie the ticket to things in other systems."""
    kind = UnlinkReference if remove else LinkReference
    act.execute(ticket_stream(act, ticket), kind, references=values.references(references))
