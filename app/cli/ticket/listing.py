"""Leafing through tickets."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.domain.ticket.status import Status

PAGE_SIZE = 50


@command
def list_tickets(
    session: Session,
    *,
    status: Annotated[
        list[Status] | None, typer.Option(help="Only in it; may be repeated.")
    ] = None,
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Only of this group.")] = None,
    agent: Annotated[str | None, typer.Option(metavar="AGENT", help="Only of this agent.")] = None,
    customer: Annotated[
        str | None, typer.Option(metavar="CUSTOMER", help="Only of this customer.")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    size: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=1_000, help="How many on a page.")
    ] = PAGE_SIZE,
    after: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, help="Go on behind this number.")
    ] = 0,
) -> None:
    """List tickets by number, read from the tables."""
    # DuckDB takes long to load, and no other command on tickets needs it.
    from deskledger.app.cli.lists import show_tickets  # noqa: PLC0415
    from deskledger.projections.lists import TicketFilter  # noqa: PLC0415

    asked = TicketFilter(
        statuses=[one.value for one in status] if status else None,
        group_id=lookup.group(group) if group else None,
        agent_id=lookup.agent(session.desk, agent) if agent else None,
        customer_id=lookup.customer(session.desk, customer) if customer else None,
        tag=tag,
    )
    show_tickets(session, asked, after=after, size=size)
