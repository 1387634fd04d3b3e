"""The process that closes solved tickets once nobody has come back to them for a while."""

from collections.abc import Iterable
from datetime import timedelta

from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.ticket.commands import CloseTicket
from deskledger.eventlog.instants import parse_instant

DELAY = timedelta(days=7)
"""What the default workflow gives a customer to come back."""


class Closer:
    """Closes a ticket that has been solved for the workflow's delay without a break.

    Whoever reopened it meanwhile, even if that is recorded late, has changed the reason: another
    solving begins the delay anew.
    """

    name = "closer"
    rules = 1
    types = frozenset({"TicketSolved"})
    from_beginning = True

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        """One closing for every solving."""
        solved_at = parse_instant(fact.event["occurred_at"])
        command = CloseTicket(reason="timeout", solved_since=solved_at)
        return (Reaction(fact.stream, command, solved_at + DELAY),)
