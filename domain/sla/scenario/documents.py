"""A scenario file as it is written, format 1."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StringConstraints

from deskledger.domain.shapes import Frozen
from deskledger.domain.sla.calendar_document import CalendarDocument, Name
from deskledger.domain.sla.durations import Measured, Stated
from deskledger.domain.sla.faults import at_most
from deskledger.domain.sla.instants import Moment
from deskledger.domain.sla.marks import Priority
from deskledger.domain.sla.policy import Metric, Names, Policy, StatusName

STEPS_MAX = 10_000
POLICIES_MAX = 1_000
CALENDARS_MAX = 200
TICKET = "t1"

Text = Annotated[str, StringConstraints(max_length=10_000)]
Calendars = Annotated[dict[Name, CalendarDocument], at_most(CALENDARS_MAX)]
Policies = Annotated[tuple[Policy, ...], at_most(POLICIES_MAX)]


class TicketStep(Frozen):
    """What every step of a ticket may say."""

    at: Moment
    ticket: Name = TICKET
    status: StatusName | None = None


class OpenStep(TicketStep):
    """A ticket begins."""

    do: Literal["open"]
    by: Literal["customer", "agent"]
    priority: Priority | None = None
    type: Name | None = None
    channel: Name | None = None
    group: Name | None = None
    tier: Name | None = None
    tags: Names = ()
    public: StrictBool = False


class MessageStep(TicketStep):
    """Somebody writes, or calls."""

    do: Literal["message"]
    by: Literal["customer", "agent", "bot"]
    public: StrictBool = True
    channel: Name | None = None


class StatusStep(Frozen):
    """The status changes."""

    at: Moment
    ticket: Name = TICKET
    do: Literal["status"]
    to: StatusName


class AssignStep(TicketStep):
    """The ticket is given to an agent, to a group, or both; an agent of null takes it away."""

    do: Literal["assign"]
    agent: Name | None = None
    group: Name | None = None


class SetStep(TicketStep):
    """Attributes are set."""

    do: Literal["set"]
    priority: Priority | None = None
    type: Name | None = None
    group: Name | None = None
    tier: Name | None = None
    tags: Names | None = None


class PublishStep(Frozen):
    """New calendars or policies come into force, each replacing the whole set."""

    at: Moment
    do: Literal["publish"]
    calendars: Calendars | None = None
    policies: Policies | None = None
    reach: Literal["new", "open"] = "new"


AnyStep = OpenStep | MessageStep | StatusStep | AssignStep | SetStep | PublishStep


class Expectation(Frozen):
    """What must show; only the keys that are stated are compared."""

    ticket: Name = TICKET
    metric: Metric | None = None
    instance: Annotated[StrictInt, Field(ge=1)] = 1
    at: Moment | None = None
    state: Literal["running", "paused", "met", "breached", "ended", "absent"] | None = None
    due: Moment | None = None
    due_if_resumed: Moment | None = None
    used: Measured | None = None
    margin: Measured | None = None
    noticed_at: Moment | None = None
    mark: Name | None = None
    mark_at: Moment | None = None
    next_due: Moment | None = None
    time_in: dict[StatusName, Measured] | None = None
    calendar: Name | None = None
    from_: Moment | None = Field(default=None, alias="from")
    to: Moment | None = None
    working: Measured | None = None
    add: Stated | None = None
    gives: Moment | None = None


class ScenarioDocument(Frozen):
    """The whole file."""

    format: Literal[1]
    id: Name
    source: Text = ""
    note: Text = ""
    calendars: Calendars
    policies: Policies
    timeline: Annotated[
        tuple[Annotated[AnyStep, Field(discriminator="do")], ...], at_most(STEPS_MAX)
    ]
    expect: Annotated[tuple[Expectation, ...], at_most(STEPS_MAX)]
