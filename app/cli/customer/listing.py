"""Leafing through customers."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.command import command
from deskledger.app.cli.customer.naming import CustomerName
from deskledger.app.cli.lists.paging import Leaf
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput


@command
def list_customers(
    session: Session,
    *,
    tier: Annotated[str | None, typer.Option(help="Only of this tier.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    merged: Annotated[
        bool, typer.Option("--merged", help="Those too whose place another has taken.")
    ] = False,
    page: Leaf,
) -> None:
    """List customers by number, read from the tables."""
    # DuckDB takes long to load, and no other command on customers needs it.
    from deskledger.app.cli.lists.pages import show_customers  # noqa: PLC0415
    from deskledger.projections.lists import CustomerFilter  # noqa: PLC0415

    show_customers(session, CustomerFilter(tier=tier, tag=tag, merged=merged), page)


@command
def contacts(session: Session, organisation: CustomerName, *, page: Leaf) -> None:
    """List the persons who belong to an organisation, read from the tables."""
    from deskledger.app.cli.lists.pages import show_customers  # noqa: PLC0415 - as above
    from deskledger.projections.lists import CustomerFilter  # noqa: PLC0415

    customer = lookup.customer(session.desk, organisation)
    state = session.desk.writer.streams.load(f"customer/{customer}").state
    if state.kind != "organisation":
        raise InvalidInput("Only an organisation has contacts; name one.", customer=customer)
    show_customers(session, CustomerFilter(organisation_id=customer), page)
