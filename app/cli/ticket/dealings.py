"""When a ticket is due, when it comes back, what is redacted or discarded of it."""

from typing import Annotated, Literal

import typer

from deskledger.app.cli import values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import interaction_of, ticket_stream
from deskledger.domain.ticket.commands import CloseTicket, HoldTicket, PendTicket
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.domain.ticket.status import Status
from deskledger.eventlog.writing.redaction import destroy_parts

SNOOZED = "snoozed"


@change
def due(
    act: Changing,
    ticket: options.TicketName,
    time: Annotated[
        str, typer.Argument(metavar="TIME", help="By when; an empty text takes it away.")
    ],
    *,
    promised: Annotated[bool, typer.Option("--promised", help="The customer was told.")] = False,
    reason: options.Reason = None,
) -> None:
    """Say by when the ticket is to be done."""
    act.execute(
        ticket_stream(act, ticket),
        SetDue,
        due_at=values.instant(time, act.zone) if time else values.CLEARED,
        promised=promised,
        reason=reason,
    )


@change
def snooze(
    act: Changing,
    ticket: options.TicketName,
    until: Annotated[str, typer.Argument(metavar="TIME", help="When it comes back by itself.")],
    *,
    reason: options.Reason = None,
) -> None:
    """Put the ticket aside until a time; one that waits for the customer goes on doing so."""
    stream = ticket_stream(act, ticket)
    until_at = values.instant(until, act.zone)
    if act.desk.writer.streams.load(stream).state.status.present is Status.PENDING:
        act.execute(stream, PendTicket, reason=reason, until=until_at)
    else:
        act.execute(stream, HoldTicket, reason=reason or SNOOZED, until=until_at)


@change
def redact(
    act: Changing,
    ticket: options.TicketName,
    interaction: options.Interaction,
    *,
    reason: Annotated[str, typer.Option(help="Why, as a code of the desk.")],
    part: Annotated[
        list[str] | None,
        typer.Option(help="`text`, or the id of an attachment; by default all of it."),
    ] = None,
) -> None:
    """Make a message, or a part of it, unreadable for ever: its keys are destroyed."""
    stream = ticket_stream(act, ticket)
    said = interaction_of(act, stream, interaction)
    stated = {"interaction": said, "parts": values.listed(part), "reason": reason}
    asked = values.made(RedactInteraction, occurred_at=act.at, **stated)
    answer = act.decide(stream, asked)
    if answer.outcome == "done":
        # Repeated, too: whoever was killed in between has only recorded it.
        known = act.desk.writer.streams.load(stream).state.interactions[said]
        destroy_parts(act.desk.ledger, act.desk.vault, stream, said, known.redacted)
    act.show(answer)


@change
def discard(
    act: Changing,
    ticket: options.TicketName,
    *,
    reason: Annotated[
        Literal["spam", "duplicate", "test"], typer.Option(help="What it is instead.")
    ] = "spam",
) -> None:
    """Close a ticket that is none; it does not count as settled."""
    act.execute(ticket_stream(act, ticket), CloseTicket, reason=reason)
