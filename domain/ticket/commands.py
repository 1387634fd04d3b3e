"""What can be asked of a ticket's standing: opening, parties, status and attributes."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from deskledger.domain.commands import Command
from deskledger.domain.contact import Direction
from deskledger.domain.references import Reference
from deskledger.domain.shapes import (
    Count,
    FieldValue,
    Id,
    Instant,
    Line,
    Locale,
    Of,
    Slug,
    Slugs,
    Text,
)
from deskledger.domain.ticket.events import Category, Kind, Origin
from deskledger.domain.ticket.relation_commands import Linkable

DEFAULT_TICKET_TYPE = Of(kind="ticket-type", id="default", version=0)
DEFAULT_WORKFLOW = Of(kind="workflow", id="default", version=0)

ORIGINS: tuple[str, ...] = ("parent", *get_args(Linkable))
"""What the ticket that another one comes from can be to it."""


class OpenTicket(Command):
    """Open a ticket; a first message, call or note follows it in one ``Together``.

    Attributes:
        direction: who begins it: ``in`` a customer, ``out`` and ``internal`` an agent.
        status: where it begins; it never begins settled.
        group: the group in whose queue it begins; none means the desk's intake.
        origin: the ticket that this one comes from, as its first link; what has a parent is a task.
        blocking: whether the parent cannot be solved before it.
    """

    type: Literal["OpenTicket"] = "OpenTicket"
    kind: Kind = "request"
    customer: Id | None = None
    channel: Slug
    inbox: Slug | None = None
    direction: Direction = "in"
    subject: Line | None = None
    language: Locale | None = None
    type_code: Slug | None = None
    category: Category = ()
    impact: Slug | None = None
    urgency: Slug | None = None
    priority: Slug | None = None
    tier: Slug | None = None
    stage: Slug | None = None
    status: Literal["new", "open", "pending", "on_hold"] = "new"
    group: Id | None = None
    agent: Id | None = None
    tags: Slugs = ()
    fields: dict[Slug, FieldValue] = Field(default_factory=dict, max_length=200)
    personal_fields: dict[Slug, FieldValue] = Field(default_factory=dict, max_length=200)
    references: Annotated[tuple[Reference, ...], Field(max_length=100)] = ()
    ticket_type: Of = DEFAULT_TICKET_TYPE
    workflow: Of = DEFAULT_WORKFLOW
    step: Slug | None = None
    variant: Slug | None = None
    form: Of | None = None
    origin: Origin | None = None
    blocking: bool = False

    @model_validator(mode="after")
    def _comes_from_what_can_be_linked(self) -> OpenTicket:
        relation = None if self.origin is None else self.origin.relation
        if relation is not None and relation not in ORIGINS:
            raise ValueError(f"origin.relation is one of {', '.join(ORIGINS)}")
        if self.blocking and relation != "parent":
            raise ValueError("only a child blocks; state its parent as origin")
        if relation == "parent" and self.states("kind") and self.kind != "task":
            raise ValueError("what is opened from its parent is a task")
        return self

    @model_validator(mode="after")
    def _states_the_subject_once(self) -> OpenTicket:
        if "subject" in self.personal_fields:
            raise ValueError("state the subject as subject, not among the personal fields")
        return self


class AssignTicket(Command):
    """Make an agent or a group responsible.

    A party not stated stays, except that another group clears the agent; a stated null clears it.
    Both null is the desk's intake queue.
    """

    type: Literal["AssignTicket"] = "AssignTicket"
    group: Id | None = None
    agent: Id | None = None
    reason: Slug | None = None
    considered: Count | None = None

    @model_validator(mode="after")
    def _names_a_party(self) -> AssignTicket:
        if not self.states("group") and not self.states("agent"):
            raise ValueError("state a group, an agent or both")
        return self


class TakeTicket(Command):
    """Make the acting agent responsible, unless another agent is."""

    type: Literal["TakeTicket"] = "TakeTicket"
    group: Id | None = None


class UnassignTicket(Command):
    """Give the ticket back to the queue of its group, else to intake."""

    type: Literal["UnassignTicket"] = "UnassignTicket"
    reason: Slug = "returned"


class PendTicket(Command):
    """Wait for the customer."""

    type: Literal["PendTicket"] = "PendTicket"
    reason: Slug | None = None
    until: Instant | None = None


class HoldTicket(Command):
    """Wait for somebody else than the customer."""

    type: Literal["HoldTicket"] = "HoldTicket"
    reason: Slug | None = None
    until: Instant | None = None


class ResumeTicket(Command):
    """Go on with the work; in import mode: the ticket is open, whatever it was."""

    type: Literal["ResumeTicket"] = "ResumeTicket"
    reason: Slug | None = None


class WakeTicket(Command):
    """Go on with the work because the pause's ``until`` has passed."""

    type: Literal["WakeTicket"] = "WakeTicket"


class SolveTicket(Command):
    """Say that the request is met."""

    type: Literal["SolveTicket"] = "SolveTicket"
    resolution: Slug | None = None
    note: Text | None = None


class ReopenTicket(Command):
    """Say that a solved ticket needs work again."""

    type: Literal["ReopenTicket"] = "ReopenTicket"
    reason: Slug | None = None


class CloseTicket(Command):
    """End a solved ticket; end another one as withdrawn, spam, duplicate or test.

    Attributes:
        solved_since: end it only if it has been solved since then without a break.
    """

    type: Literal["CloseTicket"] = "CloseTicket"
    reason: Slug | None = None
    solved_since: Instant | None = None


class ClassifyTicket(Command):
    """Put the ticket into the stated classes; a class not stated stays, a stated null clears."""

    type: Literal["ClassifyTicket"] = "ClassifyTicket"
    type_code: Slug | None = None
    category: Category = ()
    stage: Slug | None = None
    tier: Slug | None = None

    @model_validator(mode="after")
    def _names_a_class(self) -> ClassifyTicket:
        if not self.model_fields_set & {"type_code", "category", "stage", "tier"}:
            raise ValueError("state at least one of type_code, category, stage and tier")
        return self


class PrioritiseTicket(Command):
    """Set the stated ones of priority, impact and urgency.

    Attributes:
        pinned: whether later recomputation leaves it; unset means yes when an agent decides.
    """

    type: Literal["PrioritiseTicket"] = "PrioritiseTicket"
    priority: Slug | None = None
    impact: Slug | None = None
    urgency: Slug | None = None
    pinned: bool | None = None
    reason: Slug | None = None

    @model_validator(mode="after")
    def _names_a_value(self) -> PrioritiseTicket:
        if not self.model_fields_set & {"priority", "impact", "urgency", "pinned"}:
            raise ValueError("state at least one of priority, impact, urgency and pinned")
        return self
