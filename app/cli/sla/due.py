"""What is due next and what is late, by the promises of service levels and by what people said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.lists.paging import After, Size, Whose, stated_place
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.names import Names
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.domain.configuration.view_times import instant_of
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import Party, fact
from deskledger.eventlog.instants import parse_instant
from deskledger.projections.due import DueEntry, DuePlace, due_page
from deskledger.projections.lists import subjects
from deskledger.projections.queries import QueueFilter
from deskledger.projections.views.reader import Reader

PAGE_SIZE = 20
PARTY_WIDTH = 20
COLUMNS = ("number", "due", "late", "metric", "priority", "party", "subject")
PLACE = "DUE,NUMBER"


@command
def due(
    session: Session,
    *,
    whose: Whose,
    at: Annotated[
        Literal["agent", "group", "intake"] | None,
        typer.Option("--queue", help="Only with an agent, in a group's queue, or at intake."),
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Also pending and on hold, which come back later.")
    ] = False,
    within: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only what is due before: PT4H, P1D, @tomorrow."),
    ] = None,
    size: Size = PAGE_SIZE,
    after: After = None,
    as_of: AsOf,
) -> None:
    """Show what is late and what is due next, soonest first; or what was at a point in the past.

    What is late counts as late from the very due time on, whether or not a breach is recorded.
    """
    as_of.take(session)
    who = reader(session)
    asked = QueueFilter(queue=at, workable=None if waiting else True, **whose.ids(session))
    before = None if within is None else _instant(within, who)
    place = stated_place(after, "what is due", PLACE, _place)
    # One more than is shown tells whether there is another page.
    answered = due_page(session.tables, asked, who, before=before, after=place, size=size + 1)
    found, total, late = answered.value
    entries = found[:size]
    following = _after(entries[-1]) if len(found) > size else None
    if session.as_json:
        rows = [entry._asdict() for entry in entries]
        fresh = freshness(session, answered.progress)
        session.answer({"entries": rows, "total": total, "late": late, "next": following, **fresh})
        return
    tell_due(session, entries)
    session.tell(session.say("due.total", shown=len(entries), total=total, late=late))
    if following is not None:
        session.tell(session.say("queue.next", place=following))
    tell_freshness(session, answered.progress)


def tell_due(session: Session, entries: Sequence[DueEntry], width: int | None = None) -> None:
    """Shows what is due as a table, with what the tickets are about."""
    names = Names(session.desk, session.language)
    about = subjects(session.tables, [entry.number for entry in entries]).value
    rows = [_row(session, names, entry, about.get(entry.number, "")) for entry in entries]
    headers = [session.say(f"column.{name}") for name in COLUMNS]
    bounds = {COLUMNS.index("party"): PARTY_WIDTH}
    session.tell(draw(headers, rows, right=(0,), bounds=bounds, width=width))


def _row(session: Session, names: Names, entry: DueEntry, subject: str) -> list[str]:
    party = Party(group=entry.group_id, agent=entry.agent_id)
    return [
        str(entry.number),
        session.day_time(entry.next_due_at),
        session.say("due.late") if entry.late else "",
        session.code("metric", entry.metric or "said"),
        entry.priority or "",
        names.party(party, session.say("intake")),
        subject,
    ]


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
