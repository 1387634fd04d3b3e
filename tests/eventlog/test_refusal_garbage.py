"""A refused command leaves nothing that only the garbage collector could free."""

import gc
from pathlib import Path

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.errors import CommandRefused
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket, ReopenTicket
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task


def test_a_refusal_does_not_keep_its_batch_alive(tmp_path: Path) -> None:
    with Desk.create(tmp_path / "desk", NewDesk(zone="UTC")) as desk:
        request = Request(Actor(kind="agent", id=desk.first_agent()), "cli", "test")
        opened = desk.writer.execute(None, OpenTicket(channel="email"), request)
        gc.collect()
        gc.disable()
        try:
            tasks = [Task(opened.stream, ReopenTicket(), request) for _ in range(2)]
            answers = desk.writer.execute_many(tasks)
            left = [one for one in gc.get_objects() if isinstance(one, CommandRefused)]
        finally:
            gc.enable()
    assert [answer.outcome for answer in answers] == ["refused", "refused"]
    assert left == []
