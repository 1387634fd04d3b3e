"""Tags of tickets and customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import Event
from deskledger.domain.shapes import By, Decimal, Frozen, Slug, Slugs, absent
from deskledger.domain.timeline import Timeline

TAGS_MAX = 100

TagTimelines = Mapping[str, Timeline[bool]]
"""Whether each tag that was ever there is there."""


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

    add: Annotated[tuple[Slug | Tagged, ...], Field(max_length=TAGS_MAX)] = ()
    remove: Slugs = ()

    @property
    def added(self) -> tuple[Tagged, ...]:
        """The tags to add, each with its confidence if it has one."""
        return tuple(Tagged(tag=tag) if isinstance(tag, str) else tag for tag in self.add)

    @model_validator(mode="after")
    def _names_each_tag_once(self) -> TagCommand:
        names = [tagged.tag for tagged in self.added] + [*self.remove]
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


def change_tags(
    tags: TagTimelines, command: TagCommand, *, at: datetime, by: By | None
) -> list[TagsChanged]:
    """Decide which of the stated tags change; an empty list when none does.

    Raises:
        CommandRefused: more tags would be there than one stream holds.
    """
    before = {tag for tag, timeline in tags.items() if timeline.held(at)[0]}
    added = tuple(tagged for tagged in command.added if tagged.tag not in before)
    removed = tuple(tag for tag in command.remove if tag in before)
    if not added and not removed:
        return []
    if len(before) + len(added) - len(removed) > TAGS_MAX:
        raise CommandRefused("too_many", {"what": "tags", "limit": TAGS_MAX})
    event = TagsChanged(
        occurred_at=at, by=by, added=added, removed=removed, before=tuple(sorted(before))
    )
    return [event]


def begun_tags(tags: Iterable[str], at: datetime, version: int) -> dict[str, Timeline[bool]]:
    """The timelines of the tags that a stream begins with."""
    return {tag: Timeline.begun(at, version, value=True) for tag in tags}


def filed_tags(
    tags: TagTimelines, event: TagsChanged, *, began_at: datetime, version: int
) -> TagTimelines:
    """The timelines with the changes of one event."""
    filed = dict(tags)
    changes = [(tagged.tag, True) for tagged in event.added]
    changes += [(tag, False) for tag in event.removed]
    for tag, there in changes:
        known = filed.get(tag) or Timeline.begun(began_at, 0, value=False)
        filed[tag] = known.filed(event.occurred_at, version, there)
    return filed
