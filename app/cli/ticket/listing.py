"""Leafing through tickets."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.lists.paging import Leaf, Whose
from deskledger.app.cli.session import Session
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.domain.ticket.status import Status


@command
def list_tickets(
    session: Session,
    *,
    whose: Whose,
    status: Annotated[
        list[Status] | None, typer.Option(help="Only in it; may be repeated.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option(metavar="CUSTOMER", help="Only of this customer.")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    page: Leaf,
    as_of: AsOf,
) -> None:
    """List tickets by number, read from the tables; or as they were at a point in the past."""
    as_of.take(session)
    # DuckDB takes long to load, and no other command on tickets needs it.
    from deskledger.app.cli.lists.pages import show_tickets  # noqa: PLC0415
    from deskledger.projections.lists import TicketFilter  # noqa: PLC0415

    asked = TicketFilter(
        statuses=[one.value for one in status] if status else None,
        customer_id=lookup.customer(session.desk, customer) if customer else None,
        tag=tag,
        **whose.ids(session),
    )
    show_tickets(session, asked, page)
