"""Tickets and customers page by page, as a person leafs through them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from deskledger.projections.question import Connection, Question
from deskledger.projections.sql import section
from deskledger.projections.timeline import entries_of
from deskledger.projections.views.reader import Reader, readable

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
    """Which tickets are asked for; None does not narrow.

    Attributes:
        customer_id: with those of everybody merged with this customer.
    """

    statuses: Sequence[str] | None = None
    group_id: str | None = None
    agent_id: str | None = None
    customer_id: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers are asked for; None does not narrow.

    Attributes:
        organisation_id: who belongs to it, or to an organisation merged with it.
        merged: those too whose place another has taken.
    """

    tier: str | None = None
    tag: str | None = None
    organisation_id: str | None = None
    merged: bool = False


class Page(NamedTuple, Generic[T]):
    """Some lines by their numbers, and how many there are on all pages."""

    lines: list[T]
    total: int


@Question
def ticket_list(
    connection: Connection,
    asked: TicketFilter,
    *,
    reader: Reader | None = None,
    after: int = 0,
    size: int = 50,
) -> Page[TicketLine]:
    """The tickets with numbers above `after`, at most `size`.

    Of those that the reader may see; None is the desk itself, which sees all.
    """
    rows_of = readable(reader)
    narrowed = {**asdict(asked), **rows_of.parameters}
    narrowed["customers"] = entries_of(connection, narrowed.pop("customer_id"))
    paged = {**narrowed, "after": after, "size": size}
    page = section("lists", "tickets").format(readable=rows_of.condition)
    rows = connection.execute(page, paged).fetchall()
    count = section("lists", "tickets_count").format(readable=rows_of.condition)
    ((total,),) = connection.execute(count, narrowed).fetchall()
    return Page([TicketLine(*row) for row in rows], total)


@Question
def customer_list(
    connection: Connection, asked: CustomerFilter, *, after: int = 0, size: int = 50
) -> Page[CustomerLine]:
    """The customers with numbers above `after`, at most `size`."""
    narrowed = asdict(asked)
    narrowed["organisations"] = entries_of(connection, narrowed.pop("organisation_id"))
    paged = {**narrowed, "after": after, "size": size}
    rows = connection.execute(section("lists", "customers"), paged).fetchall()
    ((total,),) = connection.execute(section("lists", "customers_count"), narrowed).fetchall()
    return Page([CustomerLine(*row) for row in rows], total)


@Question
def subjects(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """The subjects of tickets by number, of those that have one; they are personal."""
    asked = {"numbers": list(numbers)}
    return dict(connection.execute(section("lists", "subjects"), asked).fetchall())


@Question
def eventful_ticket(connection: Connection) -> int | None:
    """The number of a ticket whose history is worth showing: reopened, and in several hands."""
    rows = connection.execute(section("lists", "eventful")).fetchall()
    return int(rows[0][0]) if rows else None
