"""What narrows a list of tickets, and how people leaf through lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import typer

from deskledger.app.cli import lookup
from deskledger.app.cli.session import Session
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.domain.errors import InvalidInput
from deskledger.projections.queries import QueueFilter
from deskledger.projections.question import Answered

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
class Queued(Whose):
    """In which queues the tickets are to be, and whether those are meant that come back later."""

    at: Annotated[
        Literal["agent", "group", "intake"] | None,
        typer.Option("--queue", help="Only with an agent, in a group's queue, or at intake."),
    ] = None
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Also pending and on hold, which come back later.")
    ] = False

    def asked(self, session: Session) -> QueueFilter:
        """The filter that this is.

        Raises:
            InvalidInput: there is no such group or agent.
        """
        return QueueFilter(
            queue=self.at, workable=None if self.waiting else True, **self.ids(session)
        )


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


def show_page(
    session: Session,
    answered: Answered[Any],
    tell: Callable[[Sequence[Any]], None],
    *,
    size: int,
    place: Callable[[Any], str | int],
    what: str = "entries",
    said: str = "queue.total",
) -> None:
    """Shows a page of a list: its lines, how many there are in all, and where the next begins.

    Args:
        session: whose page it is.
        answered: a named tuple: the lines, themselves named tuples, and behind them what those
            on all pages are counted as. One line more than is shown tells of another page.
        tell: shows lines to people.
        size: how many are shown.
        place: where a line is in the order: what the next page goes on from.
        what: what the lines are called in JSON.
        said: the text that tells the counts.
    """
    (_, found), *rest = answered.value._asdict().items()
    shown, counts = found[:size], dict(rest)
    following = place(shown[-1]) if len(found) > size else None
    if session.as_json:
        lines = [line._asdict() for line in shown]
        fresh = freshness(session, answered.progress)
        session.answer({what: lines, **counts, "next": following, **fresh})
        return
    tell(shown)
    tell_leaf(session, len(shown), following, said, **counts)
    tell_freshness(session, answered.progress)


def tell_leaf(
    session: Session,
    shown: int,
    following: str | int | None,
    said: str = "queue.total",
    **counts: int,
) -> None:
    """Says how much of all is on a page, and how to see the next."""
    session.tell(session.say(said, shown=shown, **counts))
    if following is not None:
        session.tell(session.say("queue.next", place=following))
