"""References to things in other systems: an order, an asset, a ticket's number at its source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deskledger.domain.commands import Command
from deskledger.domain.events import Event
from deskledger.domain.shapes import Frozen, Instant, Integer, Label, Slug, absent

FactValue = bool | Integer | Label


class ReferenceKey(Frozen):
    """What names a thing in another system."""

    system: Slug
    kind: Slug
    id: Label


class Reference(ReferenceKey):
    """A thing in another system.

    Attributes:
        occurred_at: when the thing happened there.
        facts: a few typed values such as ``amount`` (a decimal string) and ``currency``.
    """

    occurred_at: Instant | None = Field(default=None, exclude_if=absent)
    facts: Annotated[dict[Slug, FactValue], Field(max_length=20)] | None = Field(
        default=None, exclude_if=absent
    )


class ReferencesChanged(Event):
    """References were added or removed."""

    type: Literal["ReferencesChanged"] = "ReferencesChanged"
    v: Literal[1] = 1
    added: tuple[Reference, ...]
    removed: tuple[ReferenceKey, ...]


class LinkReference(Command):
    """Add references; one that is there already with the same content changes nothing."""

    type: Literal["LinkReference"] = "LinkReference"
    references: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=100)]


class UnlinkReference(Command):
    """Remove references; one that is not there changes nothing."""

    type: Literal["UnlinkReference"] = "UnlinkReference"
    references: Annotated[tuple[ReferenceKey, ...], Field(min_length=1, max_length=100)]
