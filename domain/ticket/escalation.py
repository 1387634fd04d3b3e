"""How far a ticket and its clocks were escalated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.events import Event
from deskledger.domain.shapes import Change, Count, Frozen, Id, Slug, Slugs
from deskledger.domain.sla.calendar_document import Name
from deskledger.domain.sla.marks import AGENTS_MAX, NOTIFY_MAX, Level, Whom
from deskledger.domain.ticket.clock_events import AnyClockEvent, Instance, MarkReached
from deskledger.domain.ticket.recorded_clocks import ClockKey
from deskledger.domain.timeline import Timeline

LevelChange = Change[Count]


class ClockName(Frozen):
    """Which clock of a ticket: what is promised, and which occurrence of it, from 1."""

    metric: Slug
    instance: Instance

    @property
    def key(self) -> ClockKey:
        """The clock's key among those of its ticket."""
        return self.metric, self.instance


class Recipient(Frozen):
    """Who is to be told: an agent or a group."""

    kind: Slug
    id: Id


class PassedOver(Frozen):
    """An agent or a group that was asked in vain, and why it did not get the ticket.

    Attributes:
        reason: unknown, left, closed, away, offline or not_in_group.
    """

    kind: Slug
    id: Id
    reason: Slug


class TicketEscalated(Event):
    """A clock of the ticket, or by hand the ticket itself, was escalated by a level.

    What was done besides stands beside it in the same commit.

    Attributes:
        level: of the clock; by hand, of the ticket; 0 before the first. It stays where a mark
            without a level acted.
        clock: null where somebody escalated the ticket by hand.
        mark: whose time had come; null by hand, and for a level that was recorded because a
            higher one came.
        to: id of the agent or group that was found; null where nobody was looked for or found.
        acted: whether anything was done: of several levels at once only the highest acts.
        notify: who is to be told.
        passed_over: who was asked in vain, in order.
    """

    type: Literal["TicketEscalated"] = "TicketEscalated"
    v: Literal[1] = 1
    level: LevelChange
    clock: ClockName | None
    mark: Name | None
    to: Id | None
    acted: bool
    notify: tuple[Recipient, ...]
    passed_over: tuple[PassedOver, ...]
    reason: Slug


class EscalateTicket(Command):
    """Escalate the ticket by hand, or a clock of it because one of its marks was reached.

    Attributes:
        level: to which; unset means by hand the next one, and at a mark that the level stays.
        clock: stated by a policy, together with the mark.
        priority: the ticket gets it, unless its own is as high.
        group: whose queue gets the ticket where none of the agents is there.
        agents: in the order in which they are asked.
        tags: the ticket gets them.
        notify: who is to be told.
    """

    type: Literal["EscalateTicket"] = "EscalateTicket"
    level: Level | None = None
    clock: ClockName | None = None
    mark: Name | None = None
    priority: Slug | None = None
    group: Id | None = None
    agents: Annotated[tuple[Id, ...], Field(max_length=AGENTS_MAX)] = ()
    tags: Slugs = ()
    notify: Annotated[tuple[Whom, ...], Field(max_length=NOTIFY_MAX)] = ()
    reason: Slug | None = None

    @model_validator(mode="after")
    def _names_clock_and_mark(self) -> EscalateTicket:
        if (self.clock is None) != (self.mark is None):
            raise ValueError("state the clock and its mark, or neither of them")
        reassigns = self.group is not None or self.agents
        if self.clock is not None and self.level is None and reassigns:
            raise ValueError("only a mark with a level hands the ticket over; state the level")
        return self


class Escalation(NamedTuple):
    """How far a ticket was escalated.

    Attributes:
        level: of the ticket: the highest to which it or a clock of it was escalated; 0 for none.
        clocks: of each clock that was escalated.
        marks: that were followed, each with its clock's key.
        due: of each clock the highest level of which a mark was reached, escalated or not.
    """

    level: Timeline[int]
    clocks: Mapping[ClockKey, Timeline[int]]
    marks: frozenset[tuple[ClockKey, str]]
    due: Mapping[ClockKey, int]

    @classmethod
    def none(cls, at: datetime, version: int) -> Escalation:
        """That of a ticket that was just opened."""
        return cls(Timeline.begun(at, version, 0), {}, frozenset(), {})

    def ladder(self, clock: ClockName | None) -> Timeline[int]:
        """The levels of a clock; those of the ticket for none."""
        if clock is None:
            return self.level
        # Every clock begins where the ticket did: at no level.
        return self.clocks.get(clock.key) or Timeline(self.level.entries[:1])

    def reached(self, event: AnyClockEvent) -> Escalation:
        """With what a clock did, which is something where a mark of a higher level came."""
        if not isinstance(event, MarkReached) or event.level is None:
            return self
        key = (event.metric, event.instance)
        return self._replace(due={**self.due, key: max(event.level, self.due.get(key, 0))})

    def filed(self, event: TicketEscalated, version: int) -> Escalation:
        """With one more event."""
        at, level, clock = event.occurred_at, event.level.after, event.clock
        highest = self.level
        if level > highest.held(at)[0]:
            highest = highest.filed(at, version, level)
        if clock is None:
            return self._replace(level=highest)
        climbed = self.ladder(clock).filed(at, version, level)
        marks = self.marks if event.mark is None else self.marks | {(clock.key, event.mark)}
        return Escalation(highest, {**self.clocks, clock.key: climbed}, marks, self.due)
