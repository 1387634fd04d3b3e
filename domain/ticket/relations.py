"""How tickets are tied to each other: the events, and the links as they are at any time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from deskledger.domain.events import Event
from deskledger.domain.shapes import Frozen, Id, Instant, absent
from deskledger.domain.ticket.status import StatusChange
from deskledger.domain.timeline import Timeline

Relation = Literal[
    "follow_up_of",
    "followed_by",
    "split_from",
    "split_into",
    "absorbed",
    "parent",
    "child",
    "problem",
    "incident",
    "about",
    "related",
]

OPPOSITE: Mapping[Relation, Relation] = {
    "follow_up_of": "followed_by",
    "followed_by": "follow_up_of",
    "split_from": "split_into",
    "split_into": "split_from",
    "parent": "child",
    "child": "parent",
    "problem": "incident",
    "incident": "problem",
    "related": "related",
}
"""What the other ticket is to this one.

What a ticket is ``about`` needs to know nothing of it, and the other side of ``absorbed`` is the
event ``Merged``: neither has another side among the links.
"""


class LinkKey(Frozen):
    """What names a link of a ticket: what the other ticket is to it, and which one that is."""

    relation: Relation
    ticket: Id

    @property
    def name(self) -> tuple[str, str]:
        """Relation and ticket, by which the state knows the link."""
        return (self.relation, self.ticket)


class Link(LinkKey):
    """A link to another ticket.

    Attributes:
        blocking: of a child: the ticket cannot be solved before it; of a parent: likewise there.
        unanswered_since: of an absorbed ticket: since when its customer had waited for an answer.
    """

    blocking: bool
    unanswered_since: Instant | None = Field(default=None, exclude_if=absent)


class LinksChanged(Event):
    """Links were added, changed or removed; one that is listed again blocks again.

    Attributes:
        unblocked: children that block the ticket no longer, as they are settled.
    """

    type: Literal["LinksChanged"] = "LinksChanged"
    v: Literal[1] = 1
    added: tuple[Link, ...]
    removed: tuple[LinkKey, ...]
    unblocked: tuple[Id, ...]


class Merged(Event):
    """The ticket became a part of an older one, and is over.

    Attributes:
        status: null where it was closed already, as an import may tell.
    """

    type: Literal["Merged"] = "Merged"
    v: Literal[1] = 1
    into: Id
    status: StatusChange | None


LinkTimelines = Mapping[tuple[str, str], Timeline[Link | None]]
"""Every link that was ever there, by relation and ticket; None where it is not."""


def links_at(links: LinkTimelines, at: datetime | None = None) -> Iterator[Link]:
    """The links that held at an instant; at present where none is stated."""
    for timeline in links.values():
        link = timeline.present if at is None else timeline.held(at)[0]
        if link is not None:
            yield link


def link_at(links: LinkTimelines, name: tuple[str, str], at: datetime) -> Link | None:
    """One link as it was at an instant; None where it was not there."""
    timeline = links.get(name)
    return None if timeline is None else timeline.held(at)[0]


def latest_link(links: LinkTimelines, relation: Relation) -> str | None:
    """The ticket to which a link of a relation was made last, of those that are there."""
    there = [
        (timeline.entries[-1][:2], timeline.present.ticket)
        for timeline in links.values()
        if timeline.present is not None and timeline.present.relation == relation
    ]
    return max(there)[1] if there else None


def filed_links(
    links: LinkTimelines, event: LinksChanged, *, began_at: datetime, version: int
) -> LinkTimelines:
    """The links with the changes of one event."""
    filed = dict(links)

    def file(name: tuple[str, str], after: Link | None) -> None:
        known = filed.get(name) or Timeline.begun(began_at, 0, None)
        filed[name] = known.filed(event.occurred_at, version, after)

    for link in event.added:
        file(link.name, link)
    for key in event.removed:
        file(key.name, None)
    for child in event.unblocked:
        file(("child", child), Link.model_construct(relation="child", ticket=child, blocking=False))
    return filed
