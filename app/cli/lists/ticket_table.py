"""A table of tickets as every list draws it: what is the list's own stands behind the number."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.code_names import CodeNames
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.shown.names import Names
from deskledger.domain.shapes import Party
from deskledger.projections.due import DueEntry
from deskledger.projections.lists import TicketLine
from deskledger.projections.queries import QueueEntry

BEHIND = ("priority", "party", "subject")
PARTY_WIDTH = 20

Line = TypeVar("Line", bound=QueueEntry | DueEntry | TicketLine)


def tell_tickets(
    session: Session,
    lines: Sequence[Line],
    columns: Sequence[str],
    cells: Callable[[Line], list[str]],
    subject: Callable[[Line], str | None],
    *,
    width: int | None = None,
) -> None:
    """Shows lines as a table: number, the list's own columns, priority, party and subject.

    Args:
        session: whose language, names and time it is in.
        lines: one for each ticket.
        columns: names of the list's own columns.
        cells: what stands in these of a line.
        subject: what a line's ticket is about; None where that is not known.
        width: of the table; None for that of the terminal.
    """
    names, codes = Names(session.desk, session.language), CodeNames(session)
    intake = session.say("intake")
    rows = [
        [
            str(line.number),
            *cells(line),
            codes.called("priority", line.priority),
            names.party(Party(group=line.group_id, agent=line.agent_id), intake),
            subject(line) or "",
        ]
        for line in lines
    ]
    shown = ("number", *columns, *BEHIND)
    headers = [session.say(f"column.{name}") for name in shown]
    bounds = {shown.index("party"): PARTY_WIDTH}
    session.tell(draw(headers, rows, right=(0,), bounds=bounds, width=width))
