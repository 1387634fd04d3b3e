"""What a decision may know beside the state and the command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from deskledger.domain.identifiers import interaction_id
from deskledger.domain.shapes import Actor, By


class State(Protocol):
    """What every stream's state tells about the stream itself."""

    @property
    def version(self) -> int:
        """Version of the stream's latest event."""

    @property
    def began_at(self) -> datetime:
        """When the stream's first event occurred."""

    @property
    def latest_at(self) -> datetime:
        """The latest time at which an event of the stream occurred, recorded answers apart."""


_NONE: Mapping[str, Any] = MappingProxyType({})


class Context(NamedTuple):
    """Who acts, when, with which rights, and the other streams' states that the rules need.

    Attributes:
        now: the time of recording; what lies more than five minutes ahead is refused.
        stream: the stream that the command is for.
        actor: who appends.
        on_behalf_of: who did it in the world, when it was not the actor.
        history: import mode: any status to any other, no guards, nothing derived.
        record_late: whether the actor may file late facts about status and parties.
        configures: whether the actor may publish and withdraw what holds for the desk.
        states: states of the streams that ``needs`` named; None for a stream that does not exist.
    """

    now: datetime
    command_id: str
    stream: str
    actor: Actor
    on_behalf_of: Actor | None = None
    history: bool = False
    record_late: bool = False
    configures: bool = False
    states: Mapping[str, Any] = _NONE

    @property
    def part(self) -> str:
        """The stream's name behind its noun: the ticket's, customer's, agent's … own id."""
        return self.stream.rpartition("/")[2]

    @property
    def acting(self) -> Actor:
        """Who did it in the world: on whose behalf the actor acts, else the actor."""
        return self.on_behalf_of or self.actor

    @property
    def acting_agent(self) -> str | None:
        """The acting agent's id: on whose behalf, else the actor, else nobody."""
        for person in (self.on_behalf_of, self.actor):
            if person is not None and person.kind == "agent":
                return person.id
        return None

    def deciding_agent(self, by: By | None) -> str | None:
        """The acting agent's id, unless a rule, policy or model decided for them."""
        return self.acting_agent if by is None or by.kind == "macro" else None

    def interaction_id(self, index: int) -> str:
        """The id of the interaction that the command's part ``index`` (from 0) records."""
        return interaction_id(self.command_id, index)

    def state_of(self, noun: str, part: str) -> Any | None:
        """The state of another stream that ``needs`` named; None when it does not exist."""
        return self.states.get(f"{noun}/{part}")
