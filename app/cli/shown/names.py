"""What people call agents, groups, customers and tickets, for reading."""

from functools import cache
from typing import Any

from deskledger.app.cli.ledger.story import story
from deskledger.app.cli.texts import in_language, say
from deskledger.app.desk import Desk
from deskledger.domain.customer.state import CustomerState
from deskledger.domain.group.events import GroupFormed
from deskledger.domain.shapes import Actor, Party


class Names:
    """Names by id, each looked up once; an id whose name is erased or missing shows its number.

    Beside the number of a customer stands the first address that leads to it, if there is one.
    """

    def __init__(self, desk: Desk, language: str) -> None:
        """Reads from the desk's ledger; `language` chooses among the names of groups."""
        self._desk = desk
        self._language = language
        self.agent = cache(self._agent)
        self.customer = cache(self._customer)
        self.group = cache(self._group)

    def actor(self, actor: Actor) -> str:
        """An actor: an agent or customer by name, any other by its kind and id."""
        if actor.kind == "agent":
            return self.agent(actor.id)
        if actor.kind == "customer":
            return self.customer(actor.id)
        return f"{actor.kind} {actor.id}"

    def ticket(self, part: str) -> str:
        """A ticket's number; its id where there is no such ticket."""
        number = self._desk.ledger.number_of(f"ticket/{part}")
        return part if number is None else str(number)

    def survivor(self, part: str) -> str:
        """A ticket or customer into which another was merged."""
        known = self._desk.ledger.number_of(f"ticket/{part}") is not None
        return self.ticket(part) if known else self.customer(part)

    def anybody(self, part: str) -> str:
        """An agent or a group."""
        known = self._desk.ledger.number_of(f"group/{part}") is not None
        return self.group(part) if known else self.agent(part)

    def party(self, party: Party, intake: str) -> str:
        """Who is responsible: agent and group, the group's queue, or `intake`."""
        group = None if party.group is None else self.group(party.group)
        if party.agent is None:
            return group or intake
        agent = self.agent(party.agent)
        return agent if group is None else f"{agent} ({group})"

    def _agent(self, part: str) -> str:
        return self._personal("agent", part)

    def _customer(self, part: str) -> str:
        return self._personal("customer", part)

    def _personal(self, noun: str, part: str) -> str:
        """The name among the personal fields, else the number, else the id."""
        loaded = self._desk.writer.streams.load(f"{noun}/{part}")
        held: Any = None if loaded.state is None else loaded.state.personal_fields.get("name")
        if held is not None and isinstance(held.present, str):
            return held.present
        if loaded.number is None:
            return part
        address = _address(loaded.state) if noun == "customer" else None
        if address is None:
            return say(self._language, f"unnamed.{noun}", number=loaded.number)
        return say(self._language, "unnamed.addressed", number=loaded.number, address=address)

    def _group(self, part: str) -> str:
        told = story(self._desk, f"group/{part}")
        formed = told[0].event if told else None
        return named(formed, self._language) if isinstance(formed, GroupFormed) else part


def _address(state: CustomerState | None) -> str | None:
    """The first address that leads to a customer, and that can still be read."""
    held = () if state is None else (one.present for one in state.identities.values())
    told = (one.address for one in held if one is not None)
    return next((address for address in told if isinstance(address, str)), None)


def named(formed: GroupFormed, language: str) -> str:
    """A group's name in a language, else in whichever it has."""
    return in_language(formed.names, language) or next(iter(formed.names.values()))
