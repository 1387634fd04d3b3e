"""How pages of tickets and customers are shown."""

from collections.abc import Sequence

from deskledger.app.cli.lists.paging import Leaf, show_page
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.lists.ticket_table import tell_tickets
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.code_names import CodeNames
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.names import Names
from deskledger.projections.lists import (
    CustomerFilter,
    CustomerLine,
    TicketFilter,
    TicketLine,
    customer_list,
    ticket_list,
)

TICKET_COLUMNS = ("opened_at", "status")
CUSTOMER_COLUMNS = ("number", "name", "kind", "tier", "tags", "registered_at")
NAME_WIDTH = 20


def show_tickets(session: Session, asked: TicketFilter, page: Leaf) -> None:
    """Shows the tickets behind a number that whoever acts may see."""
    who, size = reader(session), page.size + 1
    answered = ticket_list(session.tables, asked, reader=who, after=page.after, size=size)

    def cells(line: TicketLine) -> list[str]:
        return [session.day_time(line.opened_at), session.code("status", line.status)]

    def tell(lines: Sequence[TicketLine]) -> None:
        tell_tickets(session, lines, TICKET_COLUMNS, cells, lambda line: line.subject)

    show_page(session, answered, tell, size=page.size, place=_number, what="tickets")


def show_customers(session: Session, asked: CustomerFilter, page: Leaf) -> None:
    """Shows the customers behind a number."""
    answered = customer_list(session.tables, asked, after=page.after, size=page.size + 1)
    names, codes = Names(session.desk, session.language), CodeNames(session)

    def row(line: CustomerLine) -> list[str]:
        return [
            str(line.number),
            names.customer(line.id),
            session.code("kind", line.kind),
            codes.called("tier", line.tier),
            session.say("list.part").join(codes.called("tags", tag) for tag in line.tags),
            session.time(line.registered_at),
        ]

    def tell(lines: Sequence[CustomerLine]) -> None:
        headers = [session.say(f"column.{name}") for name in CUSTOMER_COLUMNS]
        bounds = {CUSTOMER_COLUMNS.index("name"): NAME_WIDTH}
        session.tell(draw(headers, [row(line) for line in lines], right=(0,), bounds=bounds))

    show_page(session, answered, tell, size=page.size, place=_number, what="customers")


def _number(line: TicketLine | CustomerLine) -> int:
    return line.number
