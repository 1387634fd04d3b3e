"""What can have happened to a group."""

from __future__ import annotations

from typing import Literal

from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.fields import FieldsChanged
from deskledger.domain.shapes import Frozen, Id, Names, Slug


class Member(Frozen):
    """An agent in a group, perhaps one of those who lead it."""

    agent: Id
    lead: bool


class GroupFormed(Event):
    """A group was formed.

    Attributes:
        names: what people see, by locale.
        calendar: the business hours that it keeps; null for the desk's own.
        restricted: whether only members see its tickets.
    """

    type: Literal["GroupFormed"] = "GroupFormed"
    v: Literal[1] = 1
    names: Names
    calendar: Slug | None
    parent: Id | None
    restricted: bool


class GroupMembersChanged(Event):
    """Agents came or went; an agent listed again leads, or no longer does."""

    type: Literal["GroupMembersChanged"] = "GroupMembersChanged"
    v: Literal[1] = 1
    added: tuple[Member, ...]
    removed: tuple[Id, ...]


class GroupClosed(Event):
    """The group is no more.

    Attributes:
        successor: the group that takes its queue; null for one that nobody was ever in.
    """

    type: Literal["GroupClosed"] = "GroupClosed"
    v: Literal[1] = 1
    successor: Id | None


GroupEvent = GroupFormed | GroupMembersChanged | GroupClosed | FieldsChanged | CommandAnswered
