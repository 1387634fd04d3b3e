"""Leafing through customers."""

from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session

PAGE_SIZE = 50


@command
def list_customers(
    session: Session,
    *,
    tier: Annotated[str | None, typer.Option(help="Only of this tier.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.")] = None,
    size: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=1_000, help="How many on a page.")
    ] = PAGE_SIZE,
    after: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, help="Go on behind this number.")
    ] = 0,
) -> None:
    """List customers by number, read from the tables."""
    # DuckDB takes long to load, and no other command on customers needs it.
    from deskledger.app.cli.lists import show_customers  # noqa: PLC0415
    from deskledger.projections.lists import CustomerFilter  # noqa: PLC0415

    show_customers(session, CustomerFilter(tier=tier, tag=tag), after=after, size=size)
