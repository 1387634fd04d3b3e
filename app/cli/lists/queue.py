"""What waits to be done, in the order in which it is to be done."""

from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.lists.paging import After, Size, Whose, stated_place, tell_leaf
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.names import Names
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.domain.shapes import Party, fact
from deskledger.eventlog.instants import parse_instant
from deskledger.projections.lists import subjects
from deskledger.projections.queries import QueueEntry, QueueFilter, QueuePlace, queue_page

app = typer.Typer()

PAGE_SIZE = 20
PARTY_WIDTH = 20
COLUMNS = ("number", "waiting_since", "status", "priority", "party", "subject")
PLACE = "BAND,DUE,SINCE,NUMBER"


@app.command()
@command
def queue(
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
    size: Size = PAGE_SIZE,
    after: After = None,
    as_of: AsOf,
) -> None:
    """Show what waits to be done, in the desk's order; or what waited at a point in the past.

    Urgent ones come first, then those that are due, then those that have waited longest. Tickets
    of groups that only members see into are shown to these alone.
    """
    as_of.take(session)
    asked = QueueFilter(queue=at, workable=None if waiting else True, **whose.ids(session))
    place = stated_place(after, "the queue", PLACE, _place)
    # One more than is shown tells whether there is another page.
    who = reader(session)
    answered = queue_page(session.tables, asked, reader=who, after=place, size=size + 1)
    found, total = answered.value
    entries = found[:size]
    following = _after(entries[-1]) if len(found) > size else None
    if session.as_json:
        rows = [entry._asdict() for entry in entries]
        fresh = freshness(session, answered.progress)
        session.answer({"entries": rows, "total": total, "next": following, **fresh})
        return
    tell_entries(session, entries)
    tell_leaf(session, len(entries), total, following)
    tell_freshness(session, answered.progress)


def tell_entries(session: Session, entries: Sequence[QueueEntry], width: int | None = None) -> None:
    """Shows entries of the queue as a table, with what they are about."""
    names = Names(session.desk, session.language)
    about = subjects(session.tables, [entry.number for entry in entries]).value
    rows = [_row(session, names, entry, about.get(entry.number, "")) for entry in entries]
    headers = [session.say(f"column.{name}") for name in COLUMNS]
    bounds = {COLUMNS.index("party"): PARTY_WIDTH}
    session.tell(draw(headers, rows, right=(0,), bounds=bounds, width=width))


def _row(session: Session, names: Names, entry: QueueEntry, subject: str) -> list[str]:
    party = Party(group=entry.group_id, agent=entry.agent_id)
    return [
        str(entry.number),
        session.day_time(entry.waiting_since),
        session.code("status", entry.status),
        entry.priority or "",
        names.party(party, session.say("intake")),
        subject,
    ]


def _after(entry: QueueEntry) -> str:
    """The place of an entry in the order: what the next page goes on from."""
    due = "" if entry.next_due_at is None else fact(entry.next_due_at)
    return f"{entry.band},{due},{fact(entry.waiting_since)},{entry.number}"


def _place(band: str, due: str, since: str, number: str) -> QueuePlace:
    due_at = parse_instant(due) if due else None
    return QueuePlace(int(band), due_at, parse_instant(since), int(number))
