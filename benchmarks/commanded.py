"""Commands put to a desk, many at once."""

from collections.abc import Sequence

from deskledger.app.desk import Desk
from deskledger.domain.commands import Command
from deskledger.domain.shapes import Actor
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task

AT_ONCE = 500


def executed(desk: Desk, actor: Actor, asked: Sequence[tuple[str | None, Command]]) -> list[str]:
    """Has commands executed in their order, of which none is refused; gives their streams."""
    request = Request(actor, "http", "benchmark")
    tasks = [Task(stream, command, request) for stream, command in asked]
    answers = []
    for start in range(0, len(tasks), AT_ONCE):
        answers += desk.writer.execute_many(tasks[start : start + AT_ONCE])
    assert all(answer.outcome == "done" for answer in answers), "nothing is refused"
    return [answer.stream for answer in answers]
