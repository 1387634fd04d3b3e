"""What is kept of a stream is brought up to date when others are known to have changed it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.eventlog.store.embedded import LOOK_SECONDS
from deskledger.eventlog.store.record_store import CATCH_UP_MAX
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """One desk, open twice as by two processes."""
    with (
        Desk.create(tmp_path / "desk", NewDesk(zone="UTC")) as first,
        Desk.open(tmp_path / "desk") as second,
    ):
        yield first, second


def agent(desk: Desk) -> Request:
    return Request(Actor(kind="agent", id=desk.first_agent()), "cli", "test")


def opened(desk: Desk) -> str:
    return desk.writer.execute(None, OpenTicket(channel="email"), agent(desk)).stream


def test_a_kept_stream_has_the_commits_of_other_processes_after_the_next_write(
    desks: tuple[Desk, Desk],
) -> None:
    here, there = desks
    stream = opened(here)
    changed = there.writer.execute(stream, AddNote(text="from there"), agent(there))
    time.sleep(LOOK_SECONDS)
    opened(here)
    assert here.writer.streams.load(stream).version == changed.version


def test_after_more_records_than_are_looked_through_every_stream_is_read_again(
    desks: tuple[Desk, Desk],
) -> None:
    here, there = desks
    stream = opened(here)
    note, many = AddNote(text="again"), CATCH_UP_MAX // 500 + 1
    for _ in range(many):
        there.writer.execute_many([Task(stream, note, agent(there)) for _ in range(500)])
    opened(here)
    assert here.writer.streams.load(stream).version == 1 + 500 * many


def test_what_a_process_has_recorded_itself_needs_no_other_look(desks: tuple[Desk, Desk]) -> None:
    here, _ = desks
    stream = opened(here)
    kept = here.writer.streams.kept(stream)
    here.writer.streams.moved({stream: 1})
    assert here.writer.streams.kept(stream) is kept
