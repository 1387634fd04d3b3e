"""Tags of tickets and customers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.events import Event
from deskledger.domain.shapes import Decimal, Frozen, Slug, Slugs, absent


class Tagged(Frozen):
    """A tag, with the confidence of whatever suggested it."""

    tag: Slug
    confidence: Decimal | None = Field(default=None, exclude_if=absent)


class TagsChanged(Event):
    """Tags were added or removed.

    Attributes:
        before: the tags before, in alphabetical order.
    """

    type: Literal["TagsChanged"] = "TagsChanged"
    v: Literal[1] = 1
    added: tuple[Tagged, ...]
    removed: tuple[Slug, ...]
    before: tuple[Slug, ...]


class TagCommand(Command):
    """Add and remove tags; what is there already, or not there, changes nothing."""

    add: Annotated[tuple[Slug | Tagged, ...], Field(max_length=100)] = ()
    remove: Slugs = ()

    @model_validator(mode="after")
    def _names_each_tag_once(self) -> TagCommand:
        names = [tag if isinstance(tag, str) else tag.tag for tag in self.add] + [*self.remove]
        if not names:
            raise ValueError("name at least one tag")
        if len(set(names)) != len(names):
            raise ValueError("name each tag once")
        return self


class TagTicket(TagCommand):
    """Tag a ticket."""

    type: Literal["TagTicket"] = "TagTicket"


class TagCustomer(TagCommand):
    """Tag a customer."""

    type: Literal["TagCustomer"] = "TagCustomer"
