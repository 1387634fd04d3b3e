"""The process that brings snoozed tickets back when their time has come."""

from collections.abc import Iterable
from datetime import datetime

from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.ticket.commands import WakeTicket
from deskledger.eventlog.instants import parse_instant


class Waker:
    """Wakes a ticket at the time until which it was paused.

    Whoever wrote, resumed or snoozed it anew before has changed the reason: then waking it finds
    nothing to do.
    """

    name = "waker"
    rules = 1
    types = frozenset({"TicketPaused"})
    from_beginning = True

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        """One waking for a pause with an end, none for one without."""
        until: str | None = fact.event["until"]
        if until is None:
            return ()
        due_at: datetime = parse_instant(until)
        return (Reaction(fact.stream, WakeTicket(), due_at),)
