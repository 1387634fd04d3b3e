"""The process that brings a publication of service levels to the tickets that it reaches."""

from collections.abc import Iterable

from deskledger.consumers.processes.open_tickets import OpenTickets
from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.eventlog.instants import parse_instant


class Policies:
    """Has every open ticket look at its clocks when rules are published that reach open tickets.

    The others take new rules when somebody next changes them. What a ticket makes of the rules is
    decided there: one that they do not concern has nothing to do.
    """

    name = "policies"
    rules = 1
    types = frozenset({"Published"})
    from_beginning = True

    def __init__(self, tickets: OpenTickets) -> None:
        """Takes where it asks which tickets are open."""
        self._tickets = tickets

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        """A look at every ticket that is neither solved nor closed."""
        if fact.stream != POLICY_STREAM or fact.event["document"]["reach"] != "open":
            return ()
        begins_at = parse_instant(fact.event["occurred_at"])
        tickets = self._tickets.now(fact.stream)
        return (Reaction(ticket, ObserveClocks(), begins_at) for ticket in tickets)
