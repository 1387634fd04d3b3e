"""What can be asked of an agent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from deskledger.domain.agent.events import Languages, Limits, Roles, Skills
from deskledger.domain.commands import Command
from deskledger.domain.customer.events import Zone
from deskledger.domain.fields import SetFields
from deskledger.domain.shapes import FieldValue, Id, Slug


class AddAgent(Command):
    """Let a person join the desk's side; built-in personal fields are ``name`` and ``email``."""

    type: Literal["AddAgent"] = "AddAgent"
    personal_fields: dict[Slug, FieldValue] = Field(default_factory=dict, max_length=200)
    roles: Roles = ()
    skills: Skills = ()
    languages: Languages = ()
    limits: Limits = Field(default_factory=dict)
    zone: Zone | None = None


class ChangeRoles(Command):
    """Set what the agent may do."""

    type: Literal["ChangeRoles"] = "ChangeRoles"
    roles: Roles


class ChangeSkills(Command):
    """Set what the agent can do, and the languages spoken; what is not stated stays."""

    type: Literal["ChangeSkills"] = "ChangeSkills"
    skills: Skills = ()
    languages: Languages = ()

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
