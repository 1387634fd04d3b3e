"""What can be asked of an agent."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator

from deskledger.domain.agent.events import Languages, Limits, Roles, Skill, Skills
from deskledger.domain.commands import Command
from deskledger.domain.customer.events import Zone
from deskledger.domain.fields import SetFields
from deskledger.domain.shapes import FieldValue, Id, Slug

T = TypeVar("T")


def _once(stated: tuple[T, ...]) -> tuple[T, ...]:
    named = [one.skill if isinstance(one, Skill) else one for one in stated]
    if len(set(named)) != len(named):
        raise ValueError("name each one once")
    return stated


# Events do not ask for it: what was stored once is valid for ever.
StatedSkills = Annotated[Skills, AfterValidator(_once)]
StatedRoles = Annotated[Roles, AfterValidator(_once)]
StatedLanguages = Annotated[Languages, AfterValidator(_once)]


class AddAgent(Command):
    """Let a person join the desk's side; built-in personal fields are ``name`` and ``email``."""

    type: Literal["AddAgent"] = "AddAgent"
    personal_fields: dict[Slug, FieldValue] = Field(default_factory=dict, max_length=200)
    roles: StatedRoles = ()
    skills: StatedSkills = ()
    languages: StatedLanguages = ()
    limits: Limits = Field(default_factory=dict)
    zone: Zone | None = None


class ChangeRoles(Command):
    """Set what the agent may do."""

    type: Literal["ChangeRoles"] = "ChangeRoles"
    roles: StatedRoles


class ChangeSkills(Command):
    """Set what the agent can do, and the languages spoken; what is not stated stays."""

    type: Literal["ChangeSkills"] = "ChangeSkills"
    skills: StatedSkills = ()
    languages: StatedLanguages = ()

    @model_validator(mode="after")
    def _names_a_list(self) -> ChangeSkills:
        if not self.states("skills") and not self.states("languages"):
            raise ValueError("state skills, languages or both")
        return self


class ChangeLimits(Command):
    """Set how many tickets the agent works on at a time, by channel or ``all``."""

    type: Literal["ChangeLimits"] = "ChangeLimits"
    limits: Limits


class RemoveAgent(Command):
    """Let the agent leave the desk; nothing can be assigned to them afterwards."""

    type: Literal["RemoveAgent"] = "RemoveAgent"
    successor: Id | None = None


ProfileCommand = ChangeRoles | ChangeSkills | ChangeLimits
AgentCommand = AddAgent | ProfileCommand | RemoveAgent | SetFields
