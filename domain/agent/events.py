"""What can have happened to an agent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deskledger.domain.customer.events import Zone
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.fields import FieldsChanged
from deskledger.domain.shapes import Change, Count, FieldValue, Frozen, Id, Locale, P, Slug


class Skill(Frozen):
    """Something that an agent can do; the higher the level, the better."""

    skill: Slug
    level: Count


Skills = Annotated[tuple[Skill, ...], Field(max_length=100)]
Roles = Annotated[tuple[Slug, ...], Field(max_length=50)]
Languages = Annotated[tuple[Locale, ...], Field(max_length=50)]
Limits = Annotated[dict[Slug, Count], Field(max_length=50)]


class AgentJoined(Event):
    """A person joined the desk's side.

    Attributes:
        limits: most tickets at a time, by channel or ``all``.
    """

    type: Literal["AgentJoined"] = "AgentJoined"
    v: Literal[1] = 1
    personal_fields: P[dict[Slug, FieldValue]] | None
    roles: Roles
    skills: Skills
    languages: Languages
    limits: Limits
    zone: Zone | None


class AgentProfileChanged(Event):
    """What the agent may or can do changed; null where one stays."""

    type: Literal["AgentProfileChanged"] = "AgentProfileChanged"
    v: Literal[1] = 1
    roles: Change[Roles] | None
    skills: Change[Skills] | None
    languages: Change[Languages] | None
    limits: Change[Limits] | None


class AgentLeft(Event):
    """The agent left the desk.

    Attributes:
        successor: the agent or group that goes on with the work; null for each ticket's own queue.
    """

    type: Literal["AgentLeft"] = "AgentLeft"
    v: Literal[1] = 1
    successor: Id | None


AgentEvent = AgentJoined | AgentProfileChanged | AgentLeft | FieldsChanged | CommandAnswered
