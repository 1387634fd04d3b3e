"""Which customer is meant."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.session import Session

CustomerName = Annotated[
    str,
    typer.Argument(metavar="CUSTOMER", help="Number, id, email, telephone number or KIND:ADDRESS."),
]


def customer_stream(session: Session, name: str) -> str:
    """The stream of a customer named by number, id, stream or address.

    Raises:
        InvalidInput: nobody is called so.
    """
    return f"customer/{lookup.customer(session.desk, name)}"
