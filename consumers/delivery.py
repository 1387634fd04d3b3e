"""What customers say reaches the ticket that goes on with it; nobody is told that one is closed."""

from dataclasses import replace
from typing import Any

from deskledger.consumers.intake import survivors
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import LogCall, ReceiveMessage
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.state import TicketState
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.errors import Conflict
from deskledger.eventlog.writing.requests import Answer, Request
from deskledger.eventlog.writing.writer import Writer

STEPS_MAX = 1_000


def deliver(
    writer: Writer, stream: str, contact: ReceiveMessage | LogCall, request: Request
) -> Answer:
    """Records what a customer said of a ticket: there, or in the ticket that goes on with it.

    A merged ticket's is recorded in the one of which that has become a part; a closed one's in the
    follow-up that it has, else in a new one. Where a ticket sends it is a part of that ticket's
    recorded refusal, so a repeated delivery takes the same way, after whatever crash.

    Args:
        writer: decides and records the commands.
        stream: the ticket that the customer meant.
        contact: what was said.
        request: who asks, with a key; those of other commands follow from it.

    Returns:
        The answer of the ticket in which it was recorded.

    Raises:
        Conflict, Unavailable, OutcomeUnknown: deliver it again with the same key.
    """
    for _ in range(STEPS_MAX):
        answer = writer.execute(stream, contact, request)
        if answer.code == "ticket_merged":
            stream = f"ticket/{answer.facts['into']}"
        elif answer.code != "ticket_closed":
            return answer
        elif (follow_up := answer.facts.get("followed_by")) is not None:
            stream = f"ticket/{follow_up}"
        else:
            return _follow_up(writer, stream, contact, request)
    # Each step leads to an older ticket or to a later follow-up: nobody makes so many of them.
    raise Conflict(stream=stream, attempts=STEPS_MAX)


def _follow_up(
    writer: Writer, closed: str, contact: ReceiveMessage | LogCall, request: Request
) -> Answer:
    """Opens a ticket that goes on where a closed one ended, with what was said.

    It is the requester's; nobody else who took part is taken along, and it is classified anew.
    """
    state: TicketState = writer.streams.load(closed).state
    part = closed.partition("/")[2]
    fields: dict[str, Any] = {
        "customer": None if state.customer is None else survivors(writer, [state.customer])[0],
        "channel": contact.channel or state.channel,
        "inbox": contact.inbox or (None if contact.channel else state.inbox),
        "origin": Origin(relation="follow_up_of", ticket=part, interaction=None),
    }
    if contact.occurred_at is not None:
        fields["occurred_at"] = contact.occurred_at
    together = Together(parts=(OpenTicket(**fields), contact))
    return writer.execute(None, together, replace(request, key=f"{request.key}/follow-up"))
