"""Which agent is meant."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.session import Session

AgentName = Annotated[str, typer.Argument(metavar="AGENT", help="Number, id, name or email.")]


def agent_stream(session: Session, name: str) -> str:
    """The stream of an agent named by number, id, name or email.

    Raises:
        InvalidInput: nobody is called so, or several are.
    """
    return f"agent/{lookup.agent(session.desk, name)}"
