"""What a walk through a ticket's life finds."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

UNSETTLED = {"new", "open", "pending", "on_hold"}


class Fact(NamedTuple):
    """An event with what its commit says of it."""

    at: datetime
    version: int
    event: dict[str, Any]
    actor: dict[str, Any]
    on_behalf_of: dict[str, Any] | None

    @property
    def decider(self) -> str:
        by = self.event["by"]
        if by is not None and by["kind"] != "macro":
            return str(by["kind"])
        return str((self.on_behalf_of or self.actor)["kind"])

    @property
    def acting_agent(self) -> str | None:
        for person in (self.on_behalf_of, self.actor):
            if person is not None and person["kind"] == "agent":
                return str(person["id"])
        return None


@dataclass(frozen=True)
class Standing:
    """How a ticket stands."""

    status: str
    group: str | None
    agent: str | None
    type: str | None
    tier: str | None
    priority: str | None
    stage: str | None


class Promise(NamedTuple):
    """What a clock shows, as its latest event says, and by which policy."""

    shown: dict[str, Any]
    policy: str


class Value(NamedTuple):
    """A value of a figure, at the event that ends it."""

    figure: str
    at: datetime
    amount: int
    standing: Standing
    final_at: datetime | None = None
    clock: Promise | None = None


class Work(NamedTuple):
    """Something that goes to an agent's account."""

    figure: str
    at: datetime
    agent: str
    amount: int


class Span(NamedTuple):
    """Time that passed while a ticket was unsettled."""

    status: str
    handled: bool
    began_at: datetime
    ended_at: datetime


@dataclass
class Episode:
    """An opening or reopening up to its settle."""

    began_at: datetime
    began: Standing
    contacts: list[datetime] = field(default_factory=list)
    assigned: list[datetime] = field(default_factory=list)
    time: dict[str, int] = field(default_factory=lambda: dict.fromkeys(UNSETTLED, 0))
    handled: dict[str, int] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    hand_overs: int = 0
    settled_at: datetime | None = None
    settled: Standing | None = None
    discarded: bool = False
    automated: bool = False
    solver: str | None = None
    never_assigned: bool = False
    reopened_at: datetime | None = None
    reopen_reason: str | None = None


@dataclass
class Ticket:
    """What is known of a ticket from its own events."""

    id: str
    opening: dict[str, Any]
    opened_at: datetime
    standings: list[tuple[datetime, Standing]]
    episodes: list[Episode]
    values: list[Value]
    first_contact: tuple[datetime, Standing] | None = None
    given: list[tuple[datetime, Standing, bool]] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
