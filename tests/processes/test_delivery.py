"""What customers write finds the ticket that goes on with it; nobody is told that one is closed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskledger.consumers.delivery import deliver
from deskledger.domain.customer.commands import BlockCustomer, MergeCustomer, RegisterCustomer
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage
from deskledger.domain.ticket.participants import AddParticipant
from deskledger.domain.ticket.relation_commands import MergeTicket
from deskledger.domain.ticket.relations import links_at
from deskledger.eventlog.writing.requests import Answer, Request
from tests.processes.build import Place, new_place, settle

MAIL = Actor(kind="service", id="mail")
ZOE, TOM = "customer-zoe", "customer-tom"
CLOSE = CloseTicket(reason="withdrawn")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        for customer in (ZOE, TOM):
            made.ask(f"customer/{customer}", RegisterCustomer())
            made.clock.pass_by(1)
        yield made


def opened(place: Place, **stated: Any) -> str:
    place.clock.pass_by(60)
    return place.ask(None, OpenTicket(channel="email", inbox="support", **stated)).stream


def part(stream: str) -> str:
    return stream.partition("/")[2]


def write(place: Place, stream: str, key: str = "mail-1", text: str = "Hello?") -> Answer:
    place.clock.pass_by(1)
    request = Request(MAIL, "email", "inbox", key=key)
    return deliver(place.desk.writer, stream, ReceiveMessage(text=text), request)


def closed(place: Place, **stated: Any) -> str:
    ticket = opened(place, **stated)
    place.ask(ticket, CLOSE)
    return ticket


def test_a_message_to_an_open_ticket_is_recorded_there(place: Place) -> None:
    ticket = opened(place)
    assert write(place, ticket).stream == ticket
    assert place.types(ticket)[-1] == "CustomerMessageReceived"


def test_a_message_to_a_closed_ticket_opens_a_follow_up(place: Place) -> None:
    ticket = opened(place, customer=ZOE)
    place.ask(ticket, AddParticipant(role="cc", customer=TOM))
    place.ask(ticket, CLOSE)
    answer = write(place, ticket)
    state = place.state(answer.stream)
    assert answer.events == ("TicketOpened", "CustomerMessageReceived", "LinksChanged")
    assert {link.name for link in links_at(state.links)} == {("follow_up_of", part(ticket))}
    assert (state.customer, state.channel, state.inbox) == (ZOE, "email", "support")
    assert state.participants == {}


def test_a_delivery_that_is_repeated_after_a_crash_opens_nothing_twice(place: Place) -> None:
    ticket = closed(place)
    first = write(place, ticket)
    settle(place.runner(name="linker"))
    again = write(place, ticket)
    assert (again.stream, again.repeated) == (first.stream, True)
    assert place.types(first.stream).count("CustomerMessageReceived") == 1


def test_the_next_message_goes_to_the_follow_up_that_there_is(place: Place) -> None:
    ticket = closed(place)
    follow_up = write(place, ticket).stream
    settle(place.runner(name="linker"))
    assert write(place, ticket, "mail-2").stream == follow_up
    place.ask(follow_up, CLOSE)
    third = write(place, ticket, "mail-3").stream
    assert third not in (ticket, follow_up)
    assert write(place, ticket, "mail-2").stream == follow_up


def test_a_message_to_a_merged_ticket_goes_to_the_one_that_absorbed_it(place: Place) -> None:
    tickets = [opened(place) for _ in range(11)]
    for younger, older in zip(tickets[:0:-1], tickets[-2::-1], strict=True):
        assert place.ask(younger, MergeTicket(ticket=part(older))).outcome == "done"
    assert write(place, tickets[-1]).stream == tickets[0]


def test_the_customer_of_a_follow_up_is_the_one_who_took_anothers_place(place: Place) -> None:
    ticket = closed(place, customer=TOM)
    place.ask(f"customer/{TOM}", MergeCustomer(into=ZOE))
    assert place.state(write(place, ticket).stream).customer == ZOE


def test_a_blocked_customer_opens_no_follow_up(place: Place) -> None:
    ticket = closed(place, customer=ZOE)
    place.ask(f"customer/{ZOE}", BlockCustomer(reason="spam"))
    assert write(place, ticket).code == "customer_blocked"
