"""What happens to a ticket, as far as its clocks are concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from deskledger.domain.sla.terms import Rules

Author = Literal["customer", "agent", "bot"]

SETTLED = frozenset({"solved", "closed"})
STAYS = ""
"""Stands for a group where a step moves the ticket to none and from none."""


class Opening(NamedTuple):
    """How a ticket begins.

    Attributes:
        by: who opened it: `customer` or `agent`.
        contact: as which kind of contact its first message counts; None without a public message
            of an agent.
        attributes: priority, type, channel, tier and tags, those that it has.
    """

    by: Author
    contact: str | None
    attributes: Mapping[str, Any]


class Message(NamedTuple):
    """A message, call or note on a ticket.

    Attributes:
        contact: its kind: `public_message`, `internal_note` or `call`.
    """

    by: Author
    contact: str


class Publication(NamedTuple):
    """New policies and calendars, for new tickets only or for open ones too."""

    rules: Rules
    reaches_open: bool


class Tagging(NamedTuple):
    """Tags put on a ticket and taken off it, whatever others it has."""

    added: frozenset[str]
    removed: frozenset[str]

    def applied(self, tags: Iterable[str]) -> set[str]:
        """The tags of a ticket that had these."""
        return {*tags, *self.added} - self.removed


class Step(NamedTuple):
    """All that happened at one moment by one act: a commit of a ticket, or a publication.

    Attributes:
        at: when it happened, in microseconds since 1970.
        by: who did it; of a message, its own author counts.
        opening: where it begins the ticket.
        message: what was written or said.
        agent: who the ticket was given to; None where it was given to nobody.
        group: which group the ticket is in from now on, None for no group; `STAYS` where the step
            says nothing about it.
        changes: attributes that were set; an empty mapping still takes the newest rules.
        tags: tags that were changed one by one.
        status: the status from now on, None where the step says nothing about it.
        publication: of new rules, instead of all that.
        keeps_targets: whether what is set leaves every clock its target: a priority that an
            escalation raised counts from the next change that somebody else makes.
    """

    at: int
    by: Author = "agent"
    opening: Opening | None = None
    message: Message | None = None
    agent: str | None = None
    group: str | None = STAYS
    changes: Mapping[str, Any] | None = None
    tags: Tagging | None = None
    status: str | None = None
    publication: Publication | None = None
    keeps_targets: bool = False

    @property
    def sets(self) -> bool:
        """Whether it sets attributes of the ticket."""
        return self.changes is not None or self.tags is not None
