"""Tickets of agents who leave and groups that close go on, and those of merged customers, too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.desk import Desk
from deskledger.domain.agent.commands import AddAgent, RemoveAgent
from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import MergeCustomer, RegisterCustomer
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup
from deskledger.domain.shapes import Party
from deskledger.domain.ticket.commands import (
    AssignTicket,
    CloseTicket,
    OpenTicket,
    ReopenTicket,
    SolveTicket,
)
from deskledger.domain.ticket.participants import AddParticipant
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.writing.requests import Request
from tests.processes.build import SERVICE, Place, new_place, settle

ANN, BOB, ZOE, TOM = "agent-ann", "agent-bob", "customer-zoe", "customer-tom"
SOLVE = SolveTicket(resolution="fixed")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A desk with Ann and Bob, both in `first`, Bob in `second`, and two customers."""
    with new_place(tmp_path / "desk") as made:
        for agent in (ANN, BOB):
            do(made, f"agent/{agent}", AddAgent())
        for group, members in (("first", (ANN, BOB)), ("second", (BOB,))):
            do(made, f"group/{group}", FormGroup(names={"en": group}))
            for member in members:
                do(made, f"group/{group}", AddMember(agent=member))
        for customer in (ZOE, TOM):
            do(made, f"customer/{customer}", RegisterCustomer())
        yield made


def do(place: Place, stream: str | None, command: Command) -> str:
    place.clock.pass_by(1)
    answer = place.ask(stream, command)
    assert answer.outcome == "done", answer
    return answer.stream


def opened(place: Place, **stated: Any) -> str:
    return do(place, None, OpenTicket(channel="email", **stated))


def run(place: Place) -> None:
    settle(place.runner(name="linker"))


def party(place: Place, ticket: str) -> tuple[str | None, str | None]:
    held: Party = place.state(ticket).party.present
    return held.group, held.agent


def last(place: Place, ticket: str) -> dict[str, Any]:
    event: dict[str, Any] = read_commit(place.desk.ledger.history(ticket)[-1].value).events[-1]
    return event


def test_tickets_of_an_agent_who_left_go_back_to_their_queues(place: Place) -> None:
    grouped, alone = opened(place, group="first", agent=ANN), opened(place, agent=ANN)
    others = opened(place, agent=BOB)
    do(place, f"agent/{ANN}", RemoveAgent())
    run(place)
    assert (party(place, grouped), party(place, alone)) == (("first", None), (None, None))
    assert party(place, others) == (None, BOB)
    assert last(place, grouped)["reason"] == "agent_left"


def test_what_is_settled_stays_where_it_was_until_it_is_reopened(place: Place) -> None:
    solved, closed = opened(place, group="first", agent=ANN), opened(place, agent=ANN)
    do(place, solved, SOLVE)
    do(place, closed, CloseTicket(reason="spam"))
    do(place, f"agent/{ANN}", RemoveAgent())
    run(place)
    assert (party(place, solved), party(place, closed)) == (("first", ANN), (None, ANN))
    do(place, solved, ReopenTicket(reason="rejected"))
    run(place)
    assert party(place, solved) == ("first", None)


@pytest.mark.parametrize(
    ("successor", "expected"), [(BOB, ("first", BOB)), ("second", ("second", None))]
)
def test_a_successor_goes_on_with_the_tickets_of_an_agent(
    place: Place, successor: str, expected: tuple[str, str | None]
) -> None:
    ticket = opened(place, group="first", agent=ANN)
    do(place, f"agent/{ANN}", RemoveAgent(successor=successor))
    run(place)
    assert party(place, ticket) == expected


def test_where_the_successor_has_gone_as_well_the_next_one_goes_on(place: Place) -> None:
    ticket = opened(place, group="first", agent=ANN)
    do(place, f"agent/{ANN}", RemoveAgent(successor=BOB))
    do(place, f"agent/{BOB}", RemoveAgent(successor="second"))
    run(place)
    assert party(place, ticket) == ("second", None)


def test_tickets_of_a_closed_group_go_to_its_successor(place: Place) -> None:
    queued, taken = opened(place, group="first"), opened(place, group="first", agent=BOB)
    outsider = opened(place, group="first", agent=ANN)
    do(place, "group/first", CloseGroup(successor="second"))
    run(place)
    assert party(place, queued) == ("second", None)
    assert party(place, taken) == ("second", BOB)
    assert party(place, outsider) == ("second", None)
    assert last(place, queued)["reason"] == "group_closed"


def test_a_ticket_that_was_assigned_too_late_goes_back_as_well(place: Place) -> None:
    """Whoever assigned it did not know yet that the agent had left."""
    ticket = opened(place, group="first")
    with Desk.open(place.desk.directory, clock=place.clock) as other:
        other.writer.streams.load_all([f"agent/{ANN}", "group/first"])
        do(place, f"agent/{ANN}", RemoveAgent())
        run(place)
        request = Request(SERVICE, "http", "other")
        assert other.writer.execute(ticket, AssignTicket(agent=ANN), request).outcome == "done"
    place.desk.writer.streams.refresh(ticket)
    assert party(place, ticket) == ("first", ANN)
    run(place)
    assert party(place, ticket) == ("first", None)


def test_the_survivor_of_a_customers_merge_has_the_tickets_whatever_their_status(
    place: Place,
) -> None:
    mine, closed = opened(place, customer=TOM), opened(place, customer=TOM)
    copied = opened(place)
    do(place, copied, AddParticipant(role="cc", customer=TOM))
    do(place, closed, CloseTicket(reason="withdrawn"))
    do(place, f"customer/{TOM}", MergeCustomer(into=ZOE))
    run(place)
    assert [place.state(ticket).customer for ticket in (mine, closed, copied)] == [ZOE, ZOE, None]
    told = last(place, copied)
    assert [one["customer"] for one in (*told["removed"], *told["added"])] == [TOM, ZOE]
    run(place)
    assert place.types(mine).count("ParticipantsChanged") == 1
