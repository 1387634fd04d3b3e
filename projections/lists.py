"""Tickets and customers page by page, each answer with the progress it was given at."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from deskledger.projections.queries import Answered
from deskledger.projections.sql import section
from deskledger.projections.store import ProjectionStore, read_progress

T = TypeVar("T")


class TicketLine(NamedTuple):
    """A ticket in a list; the columns are those of `ticket`, the subject is personal."""

    number: int
    id: str
    status: str
    status_since: datetime
    group_id: str | None
    agent_id: str | None
    customer_id: str | None
    channel: str
    type: str | None
    priority: str | None
    tags: list[str]
    opened_at: datetime
    latest_at: datetime
    subject: str | None


class CustomerLine(NamedTuple):
    """A customer in a list; the columns are those of `customer`."""

    number: int
    id: str
    kind: str
    tier: str | None
    blocked: bool
    tags: list[str]
    registered_at: datetime
    latest_at: datetime


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are asked for; None does not narrow."""

    statuses: Sequence[str] | None = None
    group_id: str | None = None
    agent_id: str | None = None
    customer_id: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers are asked for; None does not narrow."""

    tier: str | None = None
    tag: str | None = None


class Page(NamedTuple, Generic[T]):
    """Some lines by their numbers, and how many there are on all pages."""

    lines: list[T]
    total: int


def ticket_list(
    store: ProjectionStore, asked: TicketFilter, *, after: int = 0, size: int = 50
) -> Answered[Page[TicketLine]]:
    """The tickets with numbers above `after`, at most `size`."""
    narrowed = asdict(asked)
    with store.reading() as connection:
        rows = connection.execute(
            section("lists", "tickets"), {**narrowed, "after": after, "size": size}
        )
        lines = [TicketLine(*row) for row in rows.fetchall()]
        ((total,),) = connection.execute(section("lists", "tickets_count"), narrowed).fetchall()
        return Answered(Page(lines, total), read_progress(connection, store.desk))


def customer_list(
    store: ProjectionStore, asked: CustomerFilter, *, after: int = 0, size: int = 50
) -> Answered[Page[CustomerLine]]:
    """The customers with numbers above `after`, at most `size`."""
    narrowed = asdict(asked)
    with store.reading() as connection:
        rows = connection.execute(
            section("lists", "customers"), {**narrowed, "after": after, "size": size}
        )
        lines = [CustomerLine(*row) for row in rows.fetchall()]
        ((total,),) = connection.execute(section("lists", "customers_count"), narrowed).fetchall()
        return Answered(Page(lines, total), read_progress(connection, store.desk))


def subjects(store: ProjectionStore, numbers: Collection[int]) -> dict[int, str]:
    """The subjects of tickets by number, of those that have one; they are personal."""
    with store.reading() as connection:
        asked = {"numbers": list(numbers)}
        return dict(connection.execute(section("lists", "subjects"), asked).fetchall())


def eventful_ticket(store: ProjectionStore) -> int | None:
    """The number of a ticket whose history is worth showing: reopened, and in several hands."""
    with store.reading() as connection:
        row = connection.execute(section("lists", "eventful")).fetchone()
    return None if row is None else int(row[0])
