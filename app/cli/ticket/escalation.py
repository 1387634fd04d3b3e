"""Escalating a ticket by hand."""

from typing import Annotated, Any

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.domain.sla.marks import LEVEL_MAX
from deskledger.domain.ticket.escalation import EscalateTicket


@change
def escalate(
    act: Changing,
    ticket: options.TicketName,
    *,
    level: Annotated[
        int | None, typer.Option(min=1, max=LEVEL_MAX, help="To which; by default the next one.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="NAME", help="The agent or group that gets the ticket.")
    ] = None,
    priority: options.Priority = None,
    tag: options.Tags = None,
    notify: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An agent or group to be told; may be repeated."),
    ] = None,
    reason: options.Reason = None,
) -> None:
    """Escalate a ticket by a level; the levels below it are recorded with it."""
    act.execute(
        ticket_stream(act, ticket),
        EscalateTicket,
        level=level,
        **_receiver(act, to),
        priority=priority,
        tags=values.listed(tag),
        notify=values.listed(
            [lookup.agent_or_group(act.desk, one) for one in notify or ()] or None
        ),
        reason=reason,
    )


def _receiver(act: Changing, to: str | None) -> dict[str, Any]:
    """An agent or a group, as the command states either."""
    if to is None:
        return {}
    noun, _, part = lookup.agent_or_group(act.desk, to).partition("/")
    return {"group": part} if noun == "group" else {"agents": (part,)}
