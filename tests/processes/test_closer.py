"""Solved tickets are closed after a while, unless somebody came back to them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deskledger.consumers.processes.closer import DELAY
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket, ReopenTicket, SolveTicket
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.writing.requests import Request
from tests.processes.build import Place, new_place, settle

SOLVE = SolveTicket(resolution="fixed")
REOPEN = ReopenTicket(reason="rejected")
WHOLE = DELAY.total_seconds()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def ticket(place: Place) -> str:
    opened = place.ask(None, OpenTicket(channel="email")).stream
    place.clock.pass_by(60)
    place.ask(opened, SOLVE)
    return opened


def run(place: Place) -> None:
    settle(place.runner(name="closer"))


def status(place: Place, ticket: str) -> str:
    return str(place.state(ticket).status.present)


def test_a_solved_ticket_is_closed_after_the_delay_and_not_before(
    place: Place, ticket: str
) -> None:
    place.clock.pass_by(WHOLE - 1)
    run(place)
    assert status(place, ticket) == "solved"
    place.clock.pass_by(1)
    run(place)
    closed = read_commit(place.desk.ledger.history(ticket)[-1].value)
    assert (closed.events[0]["type"], closed.events[0]["reason"]) == ("TicketClosed", "timeout")
    assert closed.envelope.actor == {"kind": "system", "id": "closer", "version": 1}
    run(place)
    assert place.types(ticket).count("TicketClosed") == 1


def test_a_ticket_that_was_reopened_stays_open(place: Place, ticket: str) -> None:
    place.ask(ticket, REOPEN)
    place.clock.pass_by(WHOLE)
    run(place)
    assert status(place, ticket) == "open"


def test_another_solving_begins_the_delay_anew(place: Place, ticket: str) -> None:
    place.clock.pass_by(WHOLE - 60)
    place.ask(ticket, REOPEN)
    place.ask(ticket, SOLVE)
    place.clock.pass_by(60)
    run(place)
    assert status(place, ticket) == "solved"
    place.clock.pass_by(WHOLE - 60)
    run(place)
    assert status(place, ticket) == "closed"


def test_a_reopening_that_is_recorded_late_is_found_before_it_is_closed(
    place: Place, ticket: str
) -> None:
    """It was reopened and solved again long ago; only nobody had told the desk."""
    solved_at = place.clock.now
    place.clock.pass_by(WHOLE - 60)
    late = Request(Actor(kind="agent", id="ann"), "http", "test", record_late=True)
    for command, hours in ((REOPEN, 24), (SOLVE, 48)):
        told = command.model_copy(update={"occurred_at": solved_at + timedelta(hours=hours)})
        agent = place.desk.first_agent()
        by = replace(late, actor=Actor(kind="agent", id=agent))
        assert place.desk.writer.execute(ticket, told, by).outcome == "done"
    place.clock.pass_by(60)
    run(place)
    assert status(place, ticket) == "solved"
    place.clock.pass_by(2 * 86_400)
    run(place)
    assert status(place, ticket) == "closed"


def test_a_ticket_that_is_closed_by_hand_is_left_alone(place: Place, ticket: str) -> None:
    place.ask(ticket, CloseTicket())
    known = place.types(ticket)
    place.clock.pass_by(WHOLE)
    run(place)
    assert place.types(ticket) == known
