"""How pages of tickets and customers are shown."""

from collections.abc import Callable
from typing import Any

from deskledger.app.cli.lists.paging import Leaf, tell_leaf
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.names import Names
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.domain.shapes import Party
from deskledger.projections.lists import (
    CustomerFilter,
    CustomerLine,
    Page,
    TicketFilter,
    TicketLine,
    customer_list,
    ticket_list,
)
from deskledger.projections.question import Answered

TICKET_COLUMNS = ("number", "opened_at", "status", "priority", "party", "subject")
WIDTHS = {"party": 20, "name": 20}
CUSTOMER_COLUMNS = ("number", "name", "kind", "tier", "tags", "registered_at")


def show_tickets(session: Session, asked: TicketFilter, page: Leaf) -> None:
    """Shows the tickets behind a number that whoever acts may see."""
    who, size = reader(session), page.size + 1
    answered = ticket_list(session.tables, asked, reader=who, after=page.after, size=size)
    names = Names(session.desk, session.language)

    def row(line: TicketLine) -> list[str]:
        party = Party(group=line.group_id, agent=line.agent_id)
        return [
            str(line.number),
            session.day_time(line.opened_at),
            session.code("status", line.status),
            line.priority or "",
            names.party(party, session.say("intake")),
            line.subject or "",
        ]

    _show(session, "tickets", answered, TICKET_COLUMNS, row, page.size)


def show_customers(session: Session, asked: CustomerFilter, page: Leaf) -> None:
    """Shows the customers behind a number."""
    answered = customer_list(session.tables, asked, after=page.after, size=page.size + 1)
    names = Names(session.desk, session.language)

    def row(line: CustomerLine) -> list[str]:
        return [
            str(line.number),
            names.customer(line.id),
            session.code("kind", line.kind),
            line.tier or "",
            ", ".join(line.tags),
            session.time(line.registered_at),
        ]

    _show(session, "customers", answered, CUSTOMER_COLUMNS, row, page.size)


def _show(  # noqa: PLR0917 - one page, and how it is laid out
    session: Session,
    what: str,
    answered: Answered[Page[Any]],
    columns: tuple[str, ...],
    row: Callable[[Any], list[str]],
    size: int,
) -> None:
    # One more than is shown was asked for: it tells whether there is another page.
    found, total = answered.value
    lines = found[:size]
    following = lines[-1].number if len(found) > size else None
    if session.as_json:
        shown = [line._asdict() for line in lines]
        fresh = freshness(session, answered.progress)
        session.answer({what: shown, "total": total, "next": following, **fresh})
        return
    headers = [session.say(f"column.{name}") for name in columns]
    bounds = {index: WIDTHS[name] for index, name in enumerate(columns) if name in WIDTHS}
    session.tell(draw(headers, [row(line) for line in lines], right=(0,), bounds=bounds))
    tell_leaf(session, len(lines), total, following)
    tell_freshness(session, answered.progress)
