"""The process that tells one stream what was decided in another, so that both sides agree."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.ticket.relation_commands import MirrorLinks
from deskledger.domain.ticket.relations import OPPOSITE, Relation, links_at
from deskledger.domain.ticket.state import TicketState
from deskledger.eventlog.instants import parse_instant

NAME = "linker"

StateOf = Callable[[str], Any]
"""The present state of a stream by its name, None where it does not exist."""

_STANDING = frozenset({"TicketSolved", "TicketClosed", "TicketReopened"})


class Linker:
    """Carries to the other ticket what one says of the two, and to a parent what its child does.

    What it asks for brings the other side in line with this one as it is then, so that the order
    in which things are carried does not matter.
    """

    name = NAME
    rules = 1
    types = frozenset({"LinksChanged", "Merged"}) | _STANDING
    from_beginning = True

    def __init__(self, state_of: StateOf) -> None:
        """`state_of` gives the states of streams as they are known here."""
        self._state_of = state_of

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        """What other tickets have to be told of an event; nothing of the linker's own."""
        if not fact.stream.startswith("ticket/"):
            return  # A customer can be merged, too.
        if fact.actor.get("kind") == "system" and fact.actor.get("id") == NAME:
            return
        match fact.event["type"]:
            case "LinksChanged":
                yield from _linked(fact)
            case "Merged":
                yield _mirror(fact, fact.event["into"], ("absorbed",))
                yield from self._standing(fact)
            case _:
                yield from self._standing(fact)

    def _standing(self, fact: Fact) -> Iterator[Reaction]:
        """A parent is told that its child was settled or reopened; what was imported has none."""
        if fact.actor.get("kind") == "importer":
            return
        state: TicketState = self._state_of(fact.stream)
        for link in links_at(state.links):
            if link.relation == "parent":
                yield _mirror(fact, link.ticket, ("child",))


def _linked(fact: Fact) -> Iterator[Reaction]:
    relations: dict[str, list[Relation]] = {}
    for link in (*fact.event["added"], *fact.event["removed"]):
        opposite = OPPOSITE.get(link["relation"])
        if opposite is not None:
            relations.setdefault(link["ticket"], []).append(opposite)
    for ticket, ones in relations.items():
        yield _mirror(fact, ticket, tuple(dict.fromkeys(ones)))


def _mirror(fact: Fact, ticket: str, relations: tuple[Relation, ...]) -> Reaction:
    """Let another ticket look at this one."""
    command = MirrorLinks(
        ticket=fact.stream.partition("/")[2],
        relations=relations,
        occurred_at=parse_instant(fact.event["occurred_at"]),
    )
    return Reaction(f"ticket/{ticket}", command)
