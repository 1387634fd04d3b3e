"""What narrows a list of tickets, and how people leaf through lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput

_Place = TypeVar("_Place")

Size = Annotated[
    int, typer.Option("--limit", metavar="N", min=1, max=1_000, help="How many on a page.")
]
After = Annotated[
    str | None, typer.Option(metavar="PLACE", help="The next page, as the one before says.")
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


def stated_place(
    stated: str | None, what: str, parts: str, read: Callable[..., _Place]
) -> _Place | None:
    """The place that the page before has given; None for the first page.

    Args:
        stated: the parts of the place, with commas between them.
        what: in what it is a place.
        parts: what the parts are called, with commas between them.
        read: takes the text of each part.

    Raises:
        InvalidInput: it is none.
    """
    if stated is None:
        return None
    found = stated.split(",")
    try:
        if len(found) == len(parts.split(",")):
            return read(*found)
    except (ValueError, InvalidInput):
        pass
    told = f"{stated!r} is no place in {what}; take it from the page before ({parts})."
    raise InvalidInput(told, after=stated)


def tell_leaf(session: Session, shown: int, total: int, following: str | int | None) -> None:
    """Says how much of all is on a page, and how to see the next."""
    session.tell(session.say("queue.total", shown=shown, total=total))
    if following is not None:
        session.tell(session.say("queue.next", place=following))
