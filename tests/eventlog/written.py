"""Commands put to a desk by its first agent."""

from typing import Any

from deskledger.app.desk import Desk
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.eventlog.writing.requests import Answer, Request


def opened(desk: Desk, request: Request, **fields: Any) -> str:
    answer = desk.writer.execute(None, OpenTicket(channel="email", **fields), request)
    assert answer.outcome == "done"
    return answer.stream


def same_answer(first: Answer, second: Answer) -> bool:
    return first._replace(repeated=True) == second
