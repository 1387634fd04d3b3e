"""What can be asked of a group."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deskledger.domain.commands import Command
from deskledger.domain.fields import SetFields
from deskledger.domain.shapes import Id, Names, Slug


class FormGroup(Command):
    """Form a group."""

    type: Literal["FormGroup"] = "FormGroup"
    names: Annotated[Names, Field(min_length=1, max_length=50)]
    calendar: Slug | None = None
    parent: Id | None = None
    restricted: bool = False


class AddMember(Command):
    """Let an agent into the group, or change whether they lead it."""

    type: Literal["AddMember"] = "AddMember"
    agent: Id
    lead: bool = False


class RemoveMember(Command):
    """Take an agent out of the group; the last one stays until the group is closed."""

    type: Literal["RemoveMember"] = "RemoveMember"
    agent: Id


class CloseGroup(Command):
    """Close the group and name the one that takes its queue."""

    type: Literal["CloseGroup"] = "CloseGroup"
    successor: Id | None = None


GroupCommand = FormGroup | AddMember | RemoveMember | CloseGroup | SetFields
