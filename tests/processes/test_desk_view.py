"""What processes ask of the desk is answered by its records as they count at present."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deskledger.app.node.processes import desk_view
from deskledger.domain.ticket.commands import (
    CloseTicket,
    OpenTicket,
    PendTicket,
    ReopenTicket,
    SolveTicket,
)
from deskledger.domain.ticket.relation_commands import MergeTicket
from deskledger.eventlog.writing.requests import Request
from tests.processes.build import SERVICE, Place, new_place

SOLVE = SolveTicket(resolution="fixed")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


def opened(place: Place, count: int) -> list[str]:
    tickets = []
    for _ in range(count):
        place.clock.pass_by(1)
        tickets.append(place.ask(None, OpenTicket(channel="email")).stream)
    return tickets


def unsettled(place: Place) -> set[str]:
    return set(desk_view(place.desk).unsettled_tickets("desk"))


def test_unsettled_are_the_tickets_that_are_neither_solved_nor_closed(place: Place) -> None:
    new, pending, solved, spam, again, younger = opened(place, 6)
    place.clock.pass_by(60)
    place.ask(pending, PendTicket(reason="customer"))
    place.ask(solved, SOLVE)
    place.ask(spam, CloseTicket(reason="spam"))
    # All of this happens at one instant: the later event counts.
    place.ask(again, SOLVE)
    place.ask(again, ReopenTicket(reason="mistake"))
    place.ask(younger, MergeTicket(ticket=new.partition("/")[2]))
    assert unsettled(place) == {new, pending, again}


def test_a_status_that_is_recorded_late_does_not_count(place: Place) -> None:
    (ticket,) = opened(place, 1)
    opened_at = place.clock.now
    place.clock.pass_by(3600)
    place.ask(ticket, SOLVE)
    place.clock.pass_by(3600)
    place.ask(ticket, ReopenTicket(reason="mistake"))
    late = SOLVE.model_copy(update={"occurred_at": opened_at + timedelta(seconds=60)})
    request = Request(SERVICE, "http", "test", record_late=True)
    assert place.desk.writer.execute(ticket, late, request).outcome != "refused"
    assert unsettled(place) == {ticket}


def test_a_desk_without_tickets_has_none_that_are_unsettled(place: Place) -> None:
    assert unsettled(place) == set()
