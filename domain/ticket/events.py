"""What can have happened to a ticket, beside the contacts in ``contact_events``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deskledger.domain.contact import Direction
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.fields import FieldsChanged
from deskledger.domain.references import Reference, ReferencesChanged
from deskledger.domain.shapes import (
    Change,
    Count,
    FieldValue,
    Frozen,
    Id,
    Instant,
    Label,
    Line,
    Locale,
    Of,
    P,
    Party,
    Slug,
    Text,
)
from deskledger.domain.tags import TagsChanged
from deskledger.domain.ticket.clock_events import AnyClockEvent
from deskledger.domain.ticket.contact_events import (
    CallLogged,
    CustomerMessageReceived,
    NoteAdded,
    ReplySent,
)
from deskledger.domain.ticket.due import TicketDueSet
from deskledger.domain.ticket.escalation import TicketEscalated
from deskledger.domain.ticket.participants import ParticipantsChanged
from deskledger.domain.ticket.redaction import InteractionRedacted
from deskledger.domain.ticket.relations import LinksChanged, Merged
from deskledger.domain.ticket.status import Status, StatusChange

Kind = Literal["request", "feedback", "task"]
Category = Annotated[tuple[Label, ...], Field(max_length=10)]

SlugChange = Change[Slug | None]
PartyChange = Change[Party]
CategoryChange = Change[Category]


class Origin(Frozen):
    """What a ticket came from: another ticket, perhaps one interaction of it."""

    relation: Slug
    ticket: Id
    interaction: Id | None


class TicketOpened(Event):
    """A ticket began.

    Attributes:
        type_code: the type of the request; ``type`` is the event's own name.
        ticket_type: the configuration of that type in force.
        category: from the widest term to the narrowest.
        direction: who began it: ``in`` a customer, ``out`` and ``internal`` an agent.
        step: the workflow's step; equal to the status in the default workflow.
        variant: the arm of a pilot that the ticket fell into.
    """

    type: Literal["TicketOpened"] = "TicketOpened"
    v: Literal[1] = 1
    kind: Kind
    customer: Id | None
    channel: Slug
    inbox: Slug | None
    direction: Direction
    subject: P[Line] | None
    language: Locale | None
    type_code: Slug | None
    category: Category
    impact: Slug | None
    urgency: Slug | None
    priority: Slug | None
    tier: Slug | None
    stage: Slug | None
    status: Status
    party: Party
    tags: tuple[Slug, ...]
    fields: dict[Slug, FieldValue]
    personal_fields: P[dict[Slug, FieldValue]] | None
    references: tuple[Reference, ...]
    ticket_type: Of
    workflow: Of
    step: Slug
    variant: Slug | None
    form: Of | None
    origin: Origin | None


class TicketAssigned(Event):
    """The responsible party changed.

    Attributes:
        considered: how many parties a router chose from; null when a person chose.
    """

    type: Literal["TicketAssigned"] = "TicketAssigned"
    v: Literal[1] = 1
    party: PartyChange
    reason: Slug
    considered: Count | None


class TicketPaused(Event):
    """The ticket began to wait, or waits for another reason; after is pending or on hold.

    Attributes:
        until: when it comes back by itself; null for never.
    """

    type: Literal["TicketPaused"] = "TicketPaused"
    v: Literal[1] = 1
    status: StatusChange
    reason: Slug
    until: Instant | None


class TicketActivated(Event):
    """Work on the ticket began or went on; after is open."""

    type: Literal["TicketActivated"] = "TicketActivated"
    v: Literal[1] = 1
    status: StatusChange
    reason: Slug


class TicketSolved(Event):
    """The request was met.

    Attributes:
        solver: who has the credit: the acting agent, else the agent responsible at that instant.
    """

    type: Literal["TicketSolved"] = "TicketSolved"
    v: Literal[1] = 1
    status: StatusChange
    resolution: Slug
    note: P[Text] | None
    solver: Id | None


class TicketReopened(Event):
    """A settled ticket needs work again.

    Attributes:
        solver: who had the credit of the settle that this undoes.
    """

    type: Literal["TicketReopened"] = "TicketReopened"
    v: Literal[1] = 1
    status: StatusChange
    reason: Slug
    solver: Id | None


class TicketClosed(Event):
    """The ticket is over; reasons spam, duplicate and test discard it."""

    type: Literal["TicketClosed"] = "TicketClosed"
    v: Literal[1] = 1
    status: StatusChange
    reason: Slug


class TicketClassified(Event):
    """The ticket was put into other classes; null where a class stays.

    Attributes:
        party: the party that a change of stage brought with it; null where it brought none.
        due_at: likewise the due time.
    """

    type: Literal["TicketClassified"] = "TicketClassified"
    v: Literal[1] = 1
    type_code: SlugChange | None
    category: CategoryChange | None
    stage: SlugChange | None
    tier: SlugChange | None
    party: PartyChange | None
    due_at: Change[Instant | None] | None


class TicketPrioritised(Event):
    """The ticket's priority, or what it follows from, changed; null where one stays.

    Attributes:
        pinned: set by hand, so that later recomputation leaves it.
    """

    type: Literal["TicketPrioritised"] = "TicketPrioritised"
    v: Literal[1] = 1
    priority: SlugChange | None
    impact: SlugChange | None
    urgency: SlugChange | None
    pinned: bool
    reason: Slug


TicketEvent = (
    TicketOpened
    | CustomerMessageReceived
    | ReplySent
    | NoteAdded
    | CallLogged
    | TicketAssigned
    | TicketPaused
    | TicketActivated
    | TicketSolved
    | TicketReopened
    | TicketClosed
    | TicketClassified
    | TicketPrioritised
    | FieldsChanged
    | TagsChanged
    | ReferencesChanged
    | LinksChanged
    | Merged
    | ParticipantsChanged
    | TicketDueSet
    | TicketEscalated
    | InteractionRedacted
    | AnyClockEvent
    | CommandAnswered
)
