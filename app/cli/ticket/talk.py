"""Recording what was said about a ticket: messages, replies, notes and calls."""

from typing import Annotated, Any

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.consumers.delivery import deliver
from deskledger.domain.commands import Command
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import PendTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Together


@change
def message(
    act: Changing,
    ticket: options.TicketName,
    text: options.Words,
    *,
    sender: options.Sender = None,
    channel: options.Channel = None,
    inbox: options.Inbox = None,
    text_language: options.Spoken = None,
) -> None:
    """Record what the customer, or somebody for the customer, wrote.

    Of a merged ticket it is recorded where that one went on, of a closed one in a follow-up.
    """
    stream = ticket_stream(act, ticket)
    customer = act.desk.writer.streams.load(stream).state.customer
    if customer is not None:
        act.on_behalf_of(Actor(kind="customer", id=customer))
    stated = {
        "text": values.words(text),
        "sender": sender,
        "channel": channel,
        "inbox": inbox,
        "language": text_language,
    }
    said = ReceiveMessage(**values.fields_of({"occurred_at": act.at, **stated}))
    act.show(deliver(act.desk.writer, stream, said, act.request))


@change
def reply(
    act: Changing,
    ticket: options.TicketName,
    text: options.Words,
    *,
    to: options.To = None,
    copied: options.Copied = None,
    channel: options.Channel = None,
    text_language: options.Spoken = None,
    solve: Annotated[
        str | None, typer.Option(metavar="RESOLUTION", help="Solve the ticket with it.")
    ] = None,
    pend: Annotated[
        str | None, typer.Option(metavar="REASON", help="Then wait for the customer.")
    ] = None,
) -> None:
    """Record a reply to the customer, and solve the ticket or wait with it if asked to."""
    stream = ticket_stream(act, ticket)
    stated = {
        "text": values.words(text),
        "to": values.listed(to),
        "cc": values.listed(copied),
        "channel": channel,
        "language": text_language,
    }
    after: list[Command] = []
    if pend is not None:
        after.append(values.made(PendTicket, reason=pend))
    if solve is not None:
        after.append(values.made(SolveTicket, resolution=solve))
    if after:
        act.execute(stream, Together, parts=(values.made(SendReply, **stated), *after))
    else:
        act.execute(stream, SendReply, **stated)


@change
def note(
    act: Changing,
    ticket: options.TicketName,
    text: options.Words,
    *,
    mention: Annotated[
        list[str] | None, typer.Option(metavar="AGENT", help="Who should see it.")
    ] = None,
) -> None:
    """Note something that the customer does not see."""
    mentions = [lookup.agent(act.desk, one) for one in mention or ()]
    act.execute(
        ticket_stream(act, ticket),
        AddNote,
        text=values.words(text),
        mentions=values.listed(mentions),
    )


@change
def call(
    act: Changing,
    ticket: options.TicketName,
    *,
    direction: options.CallDirection,
    started: Annotated[str, typer.Option(metavar="TIME", help="When it began.")],
    ended: Annotated[str, typer.Option(metavar="TIME", help="When it ended.")],
    answered: Annotated[bool, typer.Option(help="Whether somebody took it.")] = True,
    voicemail: Annotated[bool, typer.Option("--voicemail", help="The caller left one.")] = False,
    waited: Annotated[
        int | None, typer.Option(metavar="SECONDS", help="Until it was taken or given up.")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="Who spoke; by default who acts.")] = None,
    summary: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What was said; - for stdin.")
    ] = None,
) -> None:
    """Record a call; one that came in goes the way of a message."""
    stated: dict[str, Any] = {
        "direction": direction,
        "started_at": values.instant(started, act.zone),
        "ended_at": values.instant(ended, act.zone),
        "answered": answered,
        "voicemail": voicemail or None,
        "waited_seconds": waited,
        "agent": lookup.agent(act.desk, agent) if agent else None,
        "text": None if summary is None else values.words(summary),
    }
    stream = ticket_stream(act, ticket)
    if direction == "out":
        act.execute(stream, LogCall, **stated)
        return
    rang = LogCall(**values.fields_of({"occurred_at": act.at, **stated}))
    act.show(deliver(act.desk.writer, stream, rang, act.request))
