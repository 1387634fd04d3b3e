"""Changing a ticket's status."""

from typing import Annotated, Any

import typer

from deskledger.app.cli import values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.domain.ticket.commands import (
    CloseTicket,
    HoldTicket,
    PendTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
)


@change
def pend(
    act: Changing,
    ticket: options.TicketName,
    *,
    reason: options.Reason = None,
    until: options.Until = None,
) -> None:
    """Wait for the customer."""
    until_at = _until(act, until)
    act.execute(ticket_stream(act, ticket), PendTicket, reason=reason, until=until_at)


@change
def hold(
    act: Changing,
    ticket: options.TicketName,
    *,
    reason: options.Reason = None,
    until: options.Until = None,
) -> None:
    """Wait for somebody else than the customer."""
    until_at = _until(act, until)
    act.execute(ticket_stream(act, ticket), HoldTicket, reason=reason, until=until_at)


@change
def resume(act: Changing, ticket: options.TicketName, *, reason: options.Reason = None) -> None:
    """Go on with the work on a ticket that waits."""
    act.execute(ticket_stream(act, ticket), ResumeTicket, reason=reason)


@change
def solve(
    act: Changing,
    ticket: options.TicketName,
    *,
    resolution: Annotated[str | None, typer.Option(help="How, as a code of the desk.")] = None,
    note: options.Note = None,
) -> None:
    """Say that the request is met."""
    act.execute(
        ticket_stream(act, ticket),
        SolveTicket,
        resolution=resolution,
        note=None if note is None else values.words(note),
    )


@change
def reopen(act: Changing, ticket: options.TicketName, *, reason: options.Reason = None) -> None:
    """Say that a solved ticket needs work again."""
    act.execute(ticket_stream(act, ticket), ReopenTicket, reason=reason)


@change
def close(act: Changing, ticket: options.TicketName, *, reason: options.Reason = None) -> None:
    """End a solved ticket; another one as withdrawn, spam, duplicate or test."""
    act.execute(ticket_stream(act, ticket), CloseTicket, reason=reason)


def _until(act: Changing, stated: str | None) -> Any:
    return values.instant(stated, act.zone) if stated else values.clearing(stated)
