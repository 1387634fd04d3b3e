"""What is due next and what is late, by the promises of service levels and by what people said."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.lists.paging import After, Queued, Size, show_page, stated_place
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.lists.ticket_table import tell_tickets
from deskledger.app.cli.session import Session
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.domain.configuration.view_times import instant_of
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import fact
from deskledger.eventlog.instants import parse_instant
from deskledger.projections.due import DueEntry, DuePlace, due_page
from deskledger.projections.lists import subjects
from deskledger.projections.views.reader import Reader

PAGE_SIZE = 20
COLUMNS = ("due", "late", "metric")
PLACE = "DUE,NUMBER"


@command
def due(
    session: Session,
    *,
    queued: Queued,
    within: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only what is due before: PT4H, P1D, @tomorrow."),
    ] = None,
    size: Size = PAGE_SIZE,
    after: After = None,
    as_of: AsOf,
) -> None:
    """Show what is late and what is due next, soonest first; or as of a point in the past.

    What is late counts as late from the very due time on, whether or not a breach is recorded.
    """
    as_of.take(session)
    who = reader(session)
    asked = queued.asked(session)
    before = None if within is None else _instant(within, who)
    place = stated_place(after, "what is due", PLACE, _place)
    answered = due_page(session.tables, asked, who, before=before, after=place, size=size + 1)
    tell = partial(tell_due, session)
    show_page(session, answered, tell, size=size, place=_after, said="due.total")


def tell_due(session: Session, entries: Sequence[DueEntry], width: int | None = None) -> None:
    """Shows what is due as a table, with what the tickets are about."""
    about = subjects(session.tables, [entry.number for entry in entries]).value

    def cells(entry: DueEntry) -> list[str]:
        return [
            session.day_time(entry.next_due_at),
            session.say("due.late") if entry.late else "",
            session.code("metric", entry.metric or "said"),
        ]

    tell_tickets(
        session, entries, COLUMNS, cells, lambda entry: about.get(entry.number), width=width
    )


def _instant(stated: str, who: Reader) -> datetime:
    found = instant_of(stated, who.now, who.place)
    if found is None:
        told = f"{stated!r} is no time; write PT4H, P1D, @tomorrow or an instant with an offset."
        raise InvalidInput(told, within=stated)
    return found


def _after(entry: DueEntry) -> str:
    """The place of an entry in the order: what the next page goes on from."""
    return f"{fact(entry.next_due_at)},{entry.number}"


def _place(due: str, number: str) -> DuePlace:
    return DuePlace(parse_instant(due), int(number))
