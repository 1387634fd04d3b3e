"""What the decisions about a ticket need to know of its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from deskledger.domain.fields import PersonalTimelines, PlainTimelines
from deskledger.domain.references import ReferenceTimelines
from deskledger.domain.shapes import Of, Party
from deskledger.domain.tags import TagTimelines
from deskledger.domain.ticket.clock_history import ClockHistory
from deskledger.domain.ticket.due import Due
from deskledger.domain.ticket.escalation import Escalation
from deskledger.domain.ticket.interactions import Interactions
from deskledger.domain.ticket.participants import ParticipantTimelines
from deskledger.domain.ticket.recorded_clocks import RecordedClocks
from deskledger.domain.ticket.relations import LinkTimelines
from deskledger.domain.ticket.status import SETTLED, Status
from deskledger.domain.timeline import Timeline


class Pause(NamedTuple):
    """Why a ticket waits, and until when; both null where it was opened waiting."""

    reason: str | None
    until: datetime | None


class Merging(NamedTuple):
    """That a ticket has become a part of another: which, when, and by which event."""

    into: str
    at: datetime
    version: int


class TicketState(NamedTuple):
    """A ticket as its events have made it; a named tuple, because it is replaced at every event.

    Attributes:
        version: version of the latest event, recorded answers included.
        began_at: when the ticket was opened.
        latest_at: latest time at which something happened to it, recorded answers and clocks
            apart: a breach found late makes no message that was written meanwhile a late fact.
        ticket_type: the configuration of its type under which it was opened.
        pauses: consulted only where the status is pending or on hold.
        solvers: who has the credit of each solving, by its time.
        attributes: ``type_code``, ``category``, ``stage``, ``tier``, ``priority``, ``impact``,
            ``urgency`` and ``pinned``.
        personal_fields: the subject among them.
        requester: the customer whose ticket it is; null for nobody.
        merged: null unless the ticket has become a part of another.
        escalation: how far it and its clocks were escalated.
        clocks: as recorded, by metric and instance.
        clock_history: what clocks are folded from; grows with whole commits.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    kind: str
    ticket_type: Of
    requester: Timeline[str | None]
    channel: str
    inbox: str | None
    status: Timeline[Status]
    pauses: Timeline[Pause]
    party: Timeline[Party]
    solvers: Mapping[datetime, str | None]
    attributes: Mapping[str, Timeline[Any]]
    fields: PlainTimelines
    personal_fields: PersonalTimelines
    tags: TagTimelines
    references: ReferenceTimelines
    links: LinkTimelines
    interactions: Interactions
    participants: ParticipantTimelines
    due: Timeline[Due]
    merged: Merging | None
    escalation: Escalation
    clocks: RecordedClocks
    clock_history: ClockHistory

    @property
    def customer(self) -> str | None:
        """The ticket's requester at present."""
        return self.requester.present

    def settler(self, at: datetime) -> str | None:
        """Who has the credit of the settle that holds as of an instant.

        A close without a solving is a settle too. Its event does not say who acted: the agent
        responsible then stands here; figures, which see the whole commit, credit who acted.
        """
        settled_at = self.status.held_among(at, SETTLED)
        if settled_at in self.solvers:
            return self.solvers[settled_at]
        return self.party.held(settled_at)[0].agent
