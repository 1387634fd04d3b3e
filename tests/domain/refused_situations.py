"""Where things stand when a command is refused: the situations that several refusals share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deskledger.domain.agent.commands import RemoveAgent
from deskledger.domain.customer.commands import AddIdentity, BlockCustomer, RegisterCustomer
from deskledger.domain.group.commands import CloseGroup
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket, SolveTicket
from tests.domain.stories import CUSTOMER, Story, agent, desk, group

OPEN = OpenTicket(channel="email")
NOBODY = "00000000-0000-8000-8000-000000000000"
ADDRESS = "11111111-1111-8111-8111-111111111111"
GROUP = Story(stream="group/first-line")
IDENTITY = Story(stream=f"identity/{ADDRESS}")


def ticket() -> Story:
    return desk().when(OPEN)


def solved() -> Story:
    return ticket().when(SolveTicket(resolution="fixed"))


def closed() -> Story:
    return solved().when(CloseTicket())


def customer() -> Story:
    return Story(stream=f"customer/{CUSTOMER}").when(RegisterCustomer())


def departed(agent_id: str) -> Story:
    return agent(agent_id).when(RemoveAgent())


def shut(name: str) -> Story:
    return group(name).when(CloseGroup())


def blocked_ticket() -> Story:
    return desk().beside(zoe=customer().when(BlockCustomer()))


def add_address() -> AddIdentity:
    return AddIdentity(identity=ADDRESS, channel="email", address="zoe@example.org")


Row = tuple[str, Callable[[], tuple[Story, Any]], dict[str, Any]]
"""A code, how it is reached, and facts that it is told with."""
