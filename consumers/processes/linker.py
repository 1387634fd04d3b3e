"""The process that tells one stream what was decided in another, so that both sides agree."""

from collections.abc import Iterable, Iterator

from deskledger.consumers.processes.departures import came_too_late, customer_merged, departed
from deskledger.consumers.processes.desk_view import DeskView
from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.ticket.relation_commands import MirrorLinks
from deskledger.domain.ticket.relations import OPPOSITE, Relation, links_at
from deskledger.eventlog.instants import parse_instant
from deskledger.eventlog.names import noun_of

NAME = "linker"

_STANDING = frozenset({"TicketSolved", "TicketClosed", "TicketReopened"})
_NAMING = frozenset({"TicketOpened", "TicketAssigned", "TicketReopened", "ParticipantsChanged"})


class Linker:
    """Carries over what concerns several streams: ties, parents, departures, merged customers.

    What it asks for brings the other side in line with what is so then, so that the order in which
    things are carried does not matter.
    """

    name = NAME
    rules = 1
    types = frozenset({"LinksChanged", "Merged", "AgentLeft", "GroupClosed"}) | _STANDING | _NAMING
    from_beginning = True

    def __init__(self, view: DeskView) -> None:
        """`view` is the desk as it is known here."""
        self._view = view

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        """What other streams have to be told of an event; nothing of the linker's own."""
        if fact.actor.get("kind") == "system" and fact.actor.get("id") == NAME:
            return
        kind = fact.event["type"]
        if noun_of(fact.stream) == "customer":
            if kind == "Merged":
                yield from customer_merged(self._view, fact.stream)
        elif kind in ("AgentLeft", "GroupClosed"):
            yield from departed(self._view, fact.stream)
        else:
            yield from self._about_ticket(fact, kind)

    def _about_ticket(self, fact: Fact, kind: str) -> Iterator[Reaction]:
        if kind == "LinksChanged":
            yield from _linked(fact)
        elif kind == "Merged":
            yield _mirror(fact, fact.event["into"], ("absorbed",))
        if fact.actor.get("kind") == "importer":
            # What was imported has no parent, and whom it names was there then.
            return
        if kind == "Merged" or kind in _STANDING:
            yield from self._standing(fact)
        if kind in _NAMING:
            yield from came_too_late(self._view, fact)

    def _standing(self, fact: Fact) -> Iterator[Reaction]:
        """A parent is told that its child was settled or reopened."""
        for link in links_at(self._view.state_of(fact.stream).links):
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
