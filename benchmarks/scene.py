"""What made-up stories draw on: names and texts, chance, the ticket that a story remembers."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deskledger.eventlog.instants import format_instant

JsonObject = dict[str, Any]

GROUPS = ("first-line", "second-line", "billing", "network", "returns", "vip-care")
AGENTS_PER_GROUP = 25
CHANNELS = (("email", 5), ("chat", 3), ("phone", 2), ("wecom", 2))
TYPES = ("question", "incident", "complaint", "order", "access")
PRIORITIES = (("normal", 8), ("high", 3), ("low", 2), ("urgent", 1))
TEXTS = (
    "Hello, since this morning the order page answers with an error whenever I press Pay. ",
    "您好，我昨天下的订单到现在还没有发货，物流信息也没有更新，麻烦帮我查一下，谢谢。",
    "Thanks for the quick answer. I have restarted the device as you said, the light stays red. ",
    "We have reset your access. Please sign in again within 24 hours and choose a new password. ",
    "已经为您登记，仓库会在两个工作日内处理，处理完成后我们会第一时间通知您。",
)


@dataclass(slots=True)
class Scene:
    """What stories draw on.

    Attributes:
        seal: takes stream, event type, JSON Pointer, subject and value; texts get keys of their
            own.
        agents: ids of the desk's agents, by group.
        ends_at: when the last ticket is opened, about; whoever waits then waits for later.
    """

    rng: random.Random
    seal: Callable[[str, str, str, str, Any], JsonObject]
    agents: dict[str, list[str]]
    ends_at: datetime


@dataclass(slots=True)
class Step:
    """One commit to be: when, what command, who, and its events."""

    at: datetime
    command: str
    actor: JsonObject
    on_behalf_of: JsonObject | None
    events: list[JsonObject]


@dataclass(slots=True)
class Ticket:
    """What the story must remember of its ticket to write true `before` and `since`."""

    stream: str
    customer: str
    opened_at: datetime
    channel: str
    status: str = "new"
    status_since: datetime = field(init=False)
    group: str | None = None
    agent: str | None = None
    party_since: datetime = field(init=False)
    priority: str = "normal"
    priority_since: datetime = field(init=False)
    tags: list[str] = field(default_factory=list)
    solver: str | None = None

    @property
    def subject(self) -> str:
        """The stream of whom the personal values are about."""
        return f"customer/{self.customer}"

    def __post_init__(self) -> None:
        self.status_since = self.party_since = self.priority_since = self.opened_at


def choose(rng: random.Random, weighted: tuple[tuple[str, int], ...]) -> str:
    """One of the names, by weight."""
    names = [name for name, _ in weighted]
    return rng.choices(names, [weight for _, weight in weighted])[0]


def chance(rng: random.Random, percent: int) -> bool:
    """Whether something happens that happens so often."""
    return rng.randrange(100) < percent


def random_id(rng: random.Random) -> str:
    """A UUIDv4 from the seeded source, so that a seed gives the same desk again."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def event(kind: str, at: datetime, /, **fields: Any) -> JsonObject:
    """An event as it is stored, by nobody but the actor."""
    return {"type": kind, "v": 1, "occurred_at": format_instant(at), "by": None, **fields}
