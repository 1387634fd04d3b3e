"""Which agents, groups and customers a command may name."""

from __future__ import annotations

from typing import Any

from deskledger.domain.context import Context
from deskledger.domain.errors import CommandRefused


def check_agent(agent: str, context: Context) -> None:
    """Refuse an agent who is not known or has left."""
    state: Any = context.state_of("agent", agent)
    if state is None:
        raise CommandRefused("agent_unknown", {"agent": agent})
    if state.left:
        raise CommandRefused("agent_left", {"agent": agent, "successor": state.successor})


def check_group(group: str, context: Context) -> None:
    """Refuse a group that is not known or is closed."""
    state: Any = context.state_of("group", group)
    if state is None:
        raise CommandRefused("group_unknown", {"group": group})
    if state.closed:
        raise CommandRefused("group_closed", {"group": group, "successor": state.successor})


def check_member(agent: str, group: str, context: Context) -> None:
    """Refuse an agent who is not in the group."""
    state: Any = context.state_of("group", group)
    if state is None or not state.has(agent):
        raise CommandRefused("agent_not_in_group", {"agent": agent, "group": group})


def check_successor(successor: str, context: Context) -> None:
    """Refuse a successor that is neither an agent of the desk nor an open group."""
    if context.state_of("group", successor) is not None:
        check_group(successor, context)
    else:
        check_agent(successor, context)


def check_party(stream: str, context: Context) -> None:
    """Refuse a group or an agent, named by its stream, that is not known or has gone."""
    noun, _, part = stream.partition("/")
    (check_group if noun == "group" else check_agent)(part, context)


def check_customer(customer: str, context: Context) -> None:
    """Refuse a customer who is not known, or whose place another has taken."""
    state: Any = context.state_of("customer", customer)
    if state is None:
        raise CommandRefused("customer_unknown", {"customer": customer})
    refuse_merged(customer, state)


def refuse_merged(customer: str, state: Any) -> None:
    """Refuse a customer whose place another has taken; the facts name the survivor."""
    if state.merged_into is not None:
        facts = {"customer": customer, "into": state.merged_into}
        raise CommandRefused("customer_merged", facts)


def acting_customer(context: Context) -> str | None:
    """The customer who acts, where it is not an agent of the desk who records it."""
    acts = context.acting.kind == "customer" and context.actor.kind != "agent"
    return context.acting.id if acts and not context.history else None


def refuse_blocked(customer: str, context: Context) -> None:
    """Refuse what a blocked customer does; one who is not known is not blocked."""
    state: Any = context.state_of("customer", customer)
    if state is not None and state.blocked:
        raise CommandRefused("customer_blocked", {"customer": customer})
