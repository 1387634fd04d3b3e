"""What narrows a list of tickets, and how people leaf through lists."""

from dataclasses import dataclass
from typing import Annotated

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.session import Session

Size = Annotated[
    int, typer.Option("--limit", metavar="N", min=1, max=1_000, help="How many on a page.")
]


@dataclass(frozen=True)
class Whose:
    """Of which party the tickets are to be."""

    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Only of this group.")] = None
    agent: Annotated[str | None, typer.Option(metavar="AGENT", help="Only of this agent.")] = None

    def ids(self, session: Session) -> dict[str, str | None]:
        """The ids of group and agent, as filters name them.

        Raises:
            InvalidInput: there is no such group or agent.
        """
        return {
            "group_id": lookup.known_group(session.desk, self.group) if self.group else None,
            "agent_id": lookup.agent(session.desk, self.agent) if self.agent else None,
        }


@dataclass(frozen=True)
class Leaf:
    """A page of a list that goes by numbers."""

    size: Size = 50
    after: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, help="Go on behind this number.")
    ] = 0
