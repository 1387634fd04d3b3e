"""References to things in other systems: an order, an asset, a ticket's number at its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from deskledger.domain.commands import Command
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import Event
from deskledger.domain.shapes import By, Frozen, Instant, Integer, Label, Slug, absent
from deskledger.domain.timeline import Timeline

REFERENCES_MAX = 100

FactValue = StrictBool | Integer | Label


class ReferenceKey(Frozen):
    """What names a thing in another system."""

    system: Slug
    kind: Slug
    id: Label

    @property
    def name(self) -> tuple[str, str, str]:
        """System, kind and id, by which the state knows the thing."""
        return (self.system, self.kind, self.id)


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
    references: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=REFERENCES_MAX)]


class UnlinkReference(Command):
    """Remove references; one that is not there changes nothing."""

    type: Literal["UnlinkReference"] = "UnlinkReference"
    references: Annotated[tuple[ReferenceKey, ...], Field(min_length=1, max_length=REFERENCES_MAX)]


ReferenceTimelines = Mapping[tuple[str, str, str], Timeline[Reference | None]]
"""Every reference that was ever there, by system, kind and id; None where it is not."""


def change_references(
    references: ReferenceTimelines,
    command: LinkReference | UnlinkReference,
    *,
    at: datetime,
    by: By | None,
) -> list[ReferencesChanged]:
    """Decide which of the stated references change; an empty list when none does.

    Raises:
        CommandRefused: more references would be there than one stream holds.
    """
    there = {name: timeline.held(at)[0] for name, timeline in references.items()}
    added: tuple[Reference, ...] = ()
    removed: tuple[ReferenceKey, ...] = ()
    if isinstance(command, LinkReference):
        added = tuple(one for one in command.references if there.get(one.name) != one)
    else:
        removed = tuple(one for one in command.references if there.get(one.name) is not None)
    if not added and not removed:
        return []
    names = {name for name, one in there.items() if one} | {one.name for one in added}
    if len(names) > REFERENCES_MAX:
        raise CommandRefused("too_many", {"what": "references", "limit": REFERENCES_MAX})
    return [ReferencesChanged.model_construct(occurred_at=at, by=by, added=added, removed=removed)]


def begun_references(
    references: Iterable[Reference], at: datetime, version: int
) -> dict[tuple[str, str, str], Timeline[Reference | None]]:
    """The timelines of the references that a stream begins with."""
    return {one.name: Timeline.begun(at, version, one) for one in references}


def filed_references(
    references: ReferenceTimelines,
    event: ReferencesChanged,
    *,
    began_at: datetime,
    version: int,
) -> ReferenceTimelines:
    """The timelines with the changes of one event."""
    filed = dict(references)
    changes: list[tuple[tuple[str, str, str], Reference | None]] = []
    changes += [(one.name, one) for one in event.added]
    changes += [(one.name, None) for one in event.removed]
    for name, after in changes:
        known = filed.get(name) or Timeline.begun(began_at, 0, None)
        filed[name] = known.filed(event.occurred_at, version, after)
    return filed
