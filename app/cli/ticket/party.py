"""Who is responsible for a ticket."""

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.domain.ticket.commands import AssignTicket, TakeTicket, UnassignTicket


@change
def assign(
    act: Changing,
    ticket: options.TicketName,
    *,
    agent: options.Agent = None,
    group: options.Group = None,
    reason: options.Reason = None,
) -> None:
    """Make an agent or a group responsible; both empty is the desk's intake queue."""
    act.execute(
        ticket_stream(act, ticket),
        AssignTicket,
        agent=lookup.agent(act.desk, agent) if agent else values.clearing(agent),
        group=lookup.group(group) if group else values.clearing(group),
        reason=reason,
    )


@change
def take(act: Changing, ticket: options.TicketName, *, group: options.Group = None) -> None:
    """Make the acting agent responsible, unless another agent is."""
    act.execute(
        ticket_stream(act, ticket), TakeTicket, group=lookup.group(group) if group else None
    )


@change
def unassign(act: Changing, ticket: options.TicketName, *, reason: options.Reason = None) -> None:
    """Give the ticket back to the queue of its group, else to intake."""
    act.execute(ticket_stream(act, ticket), UnassignTicket, reason=reason)
