"""Which tickets are open, for whoever has to come to every one of them."""

from collections.abc import Iterator
from typing import NamedTuple

from deskledger.projections.question import Connection, Moment, Question
from deskledger.projections.sql import section

PAGE_TICKETS = 50_000


class OpenPage(NamedTuple):
    """Some tickets that are neither solved nor closed, column by column, in no order."""

    number: list[int]
    id: list[str]


@Question
def open_tickets(connection: Connection, first: int, last: int) -> OpenPage:
    """The tickets that are neither solved nor closed among those with these numbers."""
    bounds = {"first": first, "last": last}
    (columns,) = connection.execute(section("open_tickets", "open"), bounds).fetchall()
    return OpenPage(*columns)


@Question
def last_ticket(connection: Connection) -> int:
    """The highest number of a ticket; 0 where there is none."""
    ((number,),) = connection.execute(section("open_tickets", "numbers")).fetchall()
    return int(number)


@Question
def parked_tickets(connection: Connection) -> list[str]:
    """The streams of the tickets of which not all could be read."""
    found = connection.execute(section("open_tickets", "parked")).fetchall()
    return [stream for (stream,) in found]


def every_open_ticket(moment: Moment) -> Iterator[tuple[int, str]]:
    """Number and stream of all that are open at one moment by the tables, page by page."""
    for first in range(1, moment.answer(last_ticket) + 1, PAGE_TICKETS):
        page = moment.answer(open_tickets, first, first + PAGE_TICKETS - 1)
        yield from zip(page.number, (f"ticket/{one}" for one in page.id), strict=True)
