"""Leafing through customers."""

from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.paging import Leaf
from deskledger.app.cli.session import Session


@command
def list_customers(
    session: Session,
    *,
    tier: Annotated[str | None, typer.Option(help="Only of this tier.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    page: Leaf,
) -> None:
    """List customers by number, read from the tables."""
    # DuckDB takes long to load, and no other command on customers needs it.
    from deskledger.app.cli.lists import show_customers  # noqa: PLC0415
    from deskledger.projections.lists import CustomerFilter  # noqa: PLC0415

    show_customers(session, CustomerFilter(tier=tier, tag=tag), page)
