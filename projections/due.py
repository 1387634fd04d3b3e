"""What is due next and what is late, page by page."""

from dataclasses import asdict
from datetime import datetime
from typing import NamedTuple

from deskledger.projections.queries import QueueFilter
from deskledger.projections.question import Connection, Question
from deskledger.projections.sql import section
from deskledger.projections.views.reader import Reader, readable


class DueEntry(NamedTuple):
    """A ticket that is due; its columns are those of `due_soon`.

    Attributes:
        late: whether that time had passed at the reader's now, recorded or not.
    """

    number: int
    next_due_at: datetime
    late: bool
    metric: str | None
    instance: int | None
    policy: str | None
    queue: str
    group_id: str | None
    agent_id: str | None
    status: str
    band: int
    priority: str | None


class DuePlace(NamedTuple):
    """A place in the order of what is due, by which a later page goes on; of an entry."""

    next_due_at: datetime
    number: int


class DuePage(NamedTuple):
    """Some tickets by when they are due, and how many there are on all pages, and late."""

    entries: list[DueEntry]
    total: int
    late: int


@Question
def due_page(  # noqa: PLR0913 - what narrows it, and where the page begins
    connection: Connection,
    asked: QueueFilter,
    reader: Reader,
    *,
    before: datetime | None = None,
    after: DueEntry | DuePlace | None = None,
    size: int = 50,
) -> DuePage:
    """The tickets that are due behind `after`, at most `size`; what is late comes first.

    The order is total, by due time and number, so that pages neither overlap nor leave out
    anything that stays where it is.

    Args:
        connection: where to look.
        asked: whose tickets, and whether only those that can be worked on.
        reader: who looks, and when: what was due before their now is late.
        before: only what is due before this instant.
        after: the last entry of the page before.
        size: how many.
    """
    rows_of = readable(reader)
    narrowed = {**asdict(asked), **rows_of.parameters, "before": before, "now": reader.now}
    cursor = {
        "after_due_at": after and after.next_due_at,
        "after_number": after and after.number,
        "size": size,
    }
    page = section("due_soon", "page").format(readable=rows_of.condition)
    rows = connection.execute(page, {**narrowed, **cursor}).fetchall()
    count = section("due_soon", "count").format(readable=rows_of.condition)
    ((total, late),) = connection.execute(count, narrowed).fetchall()
    return DuePage([DueEntry(*row) for row in rows], total, late)
