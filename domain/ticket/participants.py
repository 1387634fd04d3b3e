"""Who takes part in a ticket beside those responsible: its requester, followers, helpers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import model_validator

from deskledger.domain.commands import Command
from deskledger.domain.events import Event
from deskledger.domain.shapes import Frozen, Id, Instant, Line, P
from deskledger.domain.timeline import Timeline

REQUESTER: Literal["requester"] = "requester"

Role = Literal["requester", "cc", "follower", "collaborator"]
Address = P[Line]


class ParticipantKey(Frozen):
    """What names a participant: the role, and a customer, an agent or an address."""

    role: Role
    customer: Id | None
    agent: Id | None
    address: Address | None

    @property
    def name(self) -> tuple[str, str, Any]:
        """Role, kind and id or address, by which the state knows the participant."""
        if self.customer is not None:
            return (self.role, "customer", self.customer)
        if self.agent is not None:
            return (self.role, "agent", self.agent)
        return (self.role, "address", self.address)


class Participant(ParticipantKey):
    """Somebody who takes part.

    Attributes:
        sees_from: from when on the participant sees what is said; null for all of it.
    """

    sees_from: Instant | None


class ParticipantsChanged(Event):
    """Who takes part changed; one that is listed again sees from another time on."""

    type: Literal["ParticipantsChanged"] = "ParticipantsChanged"
    v: Literal[1] = 1
    added: tuple[Participant, ...]
    removed: tuple[ParticipantKey, ...]


class ChangeCustomer(Command):
    """Make another customer the requester; null for nobody.

    Attributes:
        sees_from: from when on the customer sees what is said; unset or null for all of it.
    """

    type: Literal["ChangeCustomer"] = "ChangeCustomer"
    customer: Id | None
    sees_from: Instant | None = None


class _NamesSomebody(Command):
    role: Literal["cc", "follower", "collaborator"]
    customer: Id | None = None
    agent: Id | None = None
    address: Line | None = None

    @model_validator(mode="after")
    def _names_one(self) -> _NamesSomebody:
        if sum(one is not None for one in (self.customer, self.agent, self.address)) != 1:
            raise ValueError("state either a customer, an agent or an address")
        if self.role == "collaborator" and self.agent is None:
            raise ValueError("a collaborator is an agent")
        if self.role == "cc" and self.agent is not None:
            raise ValueError("copies go to a customer or an address; an agent is a follower")
        return self


class AddParticipant(_NamesSomebody):
    """Let somebody take part.

    Attributes:
        sees_from: unset means from now on for a customer or an address, and all for an agent.
    """

    type: Literal["AddParticipant"] = "AddParticipant"
    sees_from: Instant | None = None


class RemoveParticipant(_NamesSomebody):
    """Let somebody take part no longer."""

    type: Literal["RemoveParticipant"] = "RemoveParticipant"


ParticipantTimelines = Mapping[tuple[str, str, Any], Timeline[Participant | None]]
"""Everybody who ever took part but for the requester, by ``ParticipantKey.name``."""


def participants_at(
    participants: ParticipantTimelines, at: datetime | None = None
) -> Iterator[Participant]:
    """Who took part at an instant; at present where none is stated."""
    for timeline in participants.values():
        one = timeline.present if at is None else timeline.held(at)[0]
        if one is not None:
            yield one


def filed_participants(
    participants: ParticipantTimelines,
    event: ParticipantsChanged,
    *,
    began_at: datetime,
    version: int,
) -> ParticipantTimelines:
    """The participants with the changes of one event, the requester apart."""
    filed = dict(participants)
    changes: list[tuple[ParticipantKey, Participant | None]] = [
        *((one, None) for one in event.removed),
        *((one, one) for one in event.added),
    ]
    for key, after in changes:
        if key.role != REQUESTER:
            known = filed.get(key.name) or Timeline.begun(began_at, 0, None)
            filed[key.name] = known.filed(event.occurred_at, version, after)
    return filed


def requester_after(event: ParticipantsChanged) -> tuple[str | None] | None:
    """The requester that an event gives the ticket, in a tuple; None where it says nothing."""
    added = [one.customer for one in event.added if one.role == REQUESTER]
    removed = any(one.role == REQUESTER for one in event.removed)
    return (added[0] if added else None,) if added or removed else None
