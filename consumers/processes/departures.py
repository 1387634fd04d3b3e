"""What tickets have to be told when an agent leaves, a group closes or a customer is merged."""

from collections.abc import Iterator
from typing import Any

from deskledger.consumers.processes.desk_view import DeskView
from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.ticket.relation_commands import FollowCustomer, ReturnTicket


def departed(view: DeskView, stream: str) -> Iterator[Reaction]:
    """Every ticket that an agent who left, or a group that closed, ever had gives them up."""
    command = _returning(view, stream)
    if command is not None:
        for ticket in view.tickets_naming(stream):
            yield Reaction(ticket, command)


def customer_merged(view: DeskView, stream: str) -> Iterator[Reaction]:
    """Every ticket of a merged customer goes to the survivor."""
    command = _following(view, stream.partition("/")[2])
    if command is not None:
        for ticket in view.tickets_naming(stream):
            yield Reaction(ticket, command)


def came_too_late(view: DeskView, fact: Fact) -> Iterator[Reaction]:
    """A ticket that names somebody who had gone already, which whoever decided did not know yet."""
    event = fact.event
    for party in _parties(view, fact):
        for noun in ("agent", "group"):
            command = _returning(view, f"{noun}/{party[noun]}") if party[noun] else None
            if command is not None:
                yield Reaction(fact.stream, command)
    named = [event.get("customer")] if event["type"] == "TicketOpened" else []
    if event["type"] == "ParticipantsChanged":
        named = [one["customer"] for one in event["added"]]
    for customer in filter(None, named):
        following = _following(view, customer)
        if following is not None:
            yield Reaction(fact.stream, following)


def _parties(view: DeskView, fact: Fact) -> Iterator[dict[str, Any]]:
    match fact.event["type"]:
        case "TicketOpened":
            yield fact.event["party"]
        case "TicketAssigned":
            yield fact.event["party"]["after"]
        case "TicketReopened":
            yield view.state_of(fact.stream).party.present.model_dump()


def _returning(view: DeskView, stream: str) -> ReturnTicket | None:
    """What takes tickets from an agent or group; None where they have not gone."""
    noun, _, part = stream.partition("/")
    state = view.state_of(stream)
    if state is None or not (state.left if noun == "agent" else state.closed):
        return None
    return ReturnTicket(**{noun: part}, **_heir(view, state.successor))


def _heir(view: DeskView, successor: str | None) -> dict[str, str]:
    """Who goes on with the work: whoever of the successors is still there."""
    seen: set[str] = set()
    while successor is not None and successor not in seen:
        seen.add(successor)
        group = view.state_of(f"group/{successor}")
        agent = None if group is not None else view.state_of(f"agent/{successor}")
        state = group or agent
        if state is None:
            break
        if not (state.closed if group is not None else state.left):
            return {"to_group" if group is not None else "to_agent": successor}
        successor = state.successor
    return {}


def _following(view: DeskView, customer: str) -> FollowCustomer | None:
    """What puts the survivor in a customer's place; None where that one stands for itself."""
    state = view.state_of(f"customer/{customer}")
    into = None if state is None else state.merged_into
    if into is None:
        return None
    # It ends: each merge leads to an older customer.
    while (next_into := view.state_of(f"customer/{into}").merged_into) is not None:
        into = next_into
    return FollowCustomer(customer=customer, into=into)
