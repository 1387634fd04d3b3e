"""What waits to be done, in the order in which it is to be done."""

from collections.abc import Sequence
from functools import partial

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.lists.paging import After, Queued, Size, show_page, stated_place
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.lists.ticket_table import tell_tickets
from deskledger.app.cli.session import Session
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.domain.shapes import fact
from deskledger.eventlog.instants import parse_instant
from deskledger.projections.lists import subjects
from deskledger.projections.queries import QueueEntry, QueuePlace, queue_page

app = typer.Typer()

PAGE_SIZE = 20
COLUMNS = ("waiting_since", "status")
PLACE = "BAND,DUE,SINCE,NUMBER"


@app.command()
@command
def queue(
    session: Session, *, queued: Queued, size: Size = PAGE_SIZE, after: After = None, as_of: AsOf
) -> None:
    """Show what waits to be done, in the desk's order; or what waited at a point in the past.

    Urgent ones come first, then those that are due, then those that have waited longest. Tickets
    of groups that only members see into are shown to these alone.
    """
    as_of.take(session)
    asked = queued.asked(session)
    place = stated_place(after, "the queue", PLACE, _place)
    who = reader(session)
    answered = queue_page(session.tables, asked, reader=who, after=place, size=size + 1)
    show_page(session, answered, partial(tell_entries, session), size=size, place=_after)


def tell_entries(session: Session, entries: Sequence[QueueEntry], width: int | None = None) -> None:
    """Shows entries of the queue as a table, with what they are about."""
    about = subjects(session.tables, [entry.number for entry in entries]).value

    def cells(entry: QueueEntry) -> list[str]:
        return [session.day_time(entry.waiting_since), session.code("status", entry.status)]

    tell_tickets(
        session, entries, COLUMNS, cells, lambda entry: about.get(entry.number), width=width
    )


def _after(entry: QueueEntry) -> str:
    """The place of an entry in the order: what the next page goes on from."""
    due = "" if entry.next_due_at is None else fact(entry.next_due_at)
    return f"{entry.band},{due},{fact(entry.waiting_since)},{entry.number}"


def _place(band: str, due: str, since: str, number: str) -> QueuePlace:
    due_at = parse_instant(due) if due else None
    return QueuePlace(int(band), due_at, parse_instant(since), int(number))
