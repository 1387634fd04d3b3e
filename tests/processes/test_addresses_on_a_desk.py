"""The addresses of merged customers, on a real desk, with readers that stop at any point."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.app.node.processes import PROCESSES
from deskledger.consumers.delivery import deliver
from deskledger.consumers.intake import Person, customers_of, survivors
from deskledger.consumers.processes.addresses import Addresses
from deskledger.consumers.processes.reactions import Fact
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import BlockCustomer, MergeCustomer
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage
from deskledger.eventlog.identity import identity_stream
from deskledger.eventlog.writing.requests import Answer, Request
from deskledger.eventlog.writing.writer import Writer
from tests.processes.build import SERVICE, FreeLease, Place, new_place, settle

MAIL = Request(SERVICE, "email", "test")


class Killed(BaseException):
    """The process was killed."""


class MortalWriter(Writer):
    """A writer whose process is killed instead of its n-th command from now, counted from 0."""

    def __init__(self, place: Place, commands: int) -> None:
        super().__init__(place.desk.ledger, place.desk.vault, place.clock)
        self._left = commands

    def execute(self, stream: str | None, command: Command, request: Request) -> Answer:
        if not self._left:
            raise Killed
        self._left -= 1
        return super().execute(stream, command, request)


def runner(place: Place, writer: Writer | None = None) -> Runner:
    desk = place.desk
    return Runner(Addresses(), Parts(desk.ledger, writer or desk.writer, place.clock, FreeLease()))


def write_in(place: Place, *names: str) -> list[str]:
    """The customers of who writes from these addresses, each registered a second apart."""
    found = []
    for name in names:
        place.clock.pass_by(1)
        person = Person(kind="email", address=f"{name}@example.org", key=name)
        found += customers_of(place.desk.writer, place.desk.vault.secrets, [person], MAIL)
    return found


def owner(place: Place, name: str) -> str:
    stream = identity_stream(place.desk.vault.secrets.identity, "email", f"{name}@example.org")
    customer: str = place.desk.writer.streams.load(stream).state.customer
    return customer


def addresses(place: Place, customer: str) -> set[object]:
    state = place.desk.writer.streams.load(f"customer/{customer}").state
    held = (one.present for one in state.identities.values())
    return {one.address for one in held if one is not None}


def test_what_another_process_recorded_is_known_to_whatever_follows_from_it(
    tmp_path: Path,
) -> None:
    """Its own copies of the streams are older than what it reads of them."""
    with new_place(tmp_path / "desk") as place:
        old, young = write_in(place, "old", "young")
        with Desk.open(place.desk.directory, clock=place.clock) as other:
            merge = MergeCustomer(into=old)
            other.writer.execute(f"customer/{young}", merge, MAIL)
        settle(runner(place))
        assert addresses(place, old) == {"old@example.org", "young@example.org"}
        assert addresses(place, young) == set()


def test_a_chain_of_ten_merges_ends_in_one_customer_who_has_every_address(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(11)]
    with new_place(tmp_path / "desk") as place:
        chain = write_in(place, *names)
        for older, younger in reversed(list(pairwise(chain))):
            merge = MergeCustomer(into=older)
            assert place.ask(f"customer/{younger}", merge).outcome == "done"
        assert survivors(place.desk.writer, chain) == [chain[0]] * 11
        settle(runner(place))
        assert addresses(place, chain[0]) == {f"{name}@example.org" for name in names}
        assert {owner(place, name) for name in names} == {chain[0]}
        assert [addresses(place, one) for one in chain[1:]] == [set()] * 10


def test_who_writes_from_the_address_of_a_merged_customer_is_the_survivor_at_once(
    tmp_path: Path,
) -> None:
    with new_place(tmp_path / "desk") as place:
        old, young = write_in(place, "old", "young")
        place.ask(f"customer/{young}", MergeCustomer(into=old))
        assert owner(place, "young") == young
        assert write_in(place, "young") == [old]


@pytest.mark.parametrize("commands", range(3))
def test_a_reader_that_stops_after_any_command_is_taken_over_without_loss(
    tmp_path: Path, commands: int
) -> None:
    with new_place(tmp_path / "desk") as place:
        old, young = write_in(place, "old", "young")
        place.ask(f"customer/{young}", MergeCustomer(into=old))
        with pytest.raises(Killed):
            settle(runner(place, MortalWriter(place, commands)))
        settle(runner(place))
        assert addresses(place, old) == {"old@example.org", "young@example.org"}
        assert owner(place, "young") == old
        moved = [name for name in place.types(f"customer/{old}") if name == "IdentitiesChanged"]
        assert len(moved) == 2


def test_the_linker_tells_nobody_of_a_customers_merge_who_has_no_ticket(tmp_path: Path) -> None:
    with new_place(tmp_path / "desk") as place:
        old, young = write_in(place, "old", "young")
        place.ask(f"customer/{young}", MergeCustomer(into=old))
        linker = PROCESSES["linker"](place.desk)
        merged = Fact(0, 1, f"customer/{young}", 4, {"type": "Merged", "into": old})
        assert list(linker.reactions(merged)) == []


def test_a_blocked_senders_message_to_a_ticket_is_refused_and_the_refusal_recorded(
    tmp_path: Path,
) -> None:
    with new_place(tmp_path / "desk") as place:
        (zoe,) = write_in(place, "zoe")
        ticket = place.ask(None, OpenTicket(channel="email", customer=zoe)).stream
        place.ask(f"customer/{zoe}", BlockCustomer(reason="spam"))
        sender = Request(SERVICE, "email", "test", on_behalf_of=Actor(kind="customer", id=zoe))
        answer = deliver(place.desk.writer, ticket, ReceiveMessage(text="Buy!"), sender)
        assert (answer.outcome, answer.code) == ("refused", "customer_blocked")
        assert place.types(ticket) == ["TicketOpened", "CommandAnswered"]
        place.ask(ticket, CloseTicket(reason="spam"))
        again = replace(sender, key="again")
        answer = deliver(place.desk.writer, ticket, ReceiveMessage(text="Buy!"), again)
        assert (answer.outcome, answer.code) == ("refused", "customer_blocked")


def test_a_blocked_senders_message_opens_no_ticket_and_leaves_nothing(tmp_path: Path) -> None:
    with new_place(tmp_path / "desk") as place:
        (zoe,) = write_in(place, "zoe")
        place.ask(f"customer/{zoe}", BlockCustomer(reason="spam"))
        before = place.desk.ledger.progress()
        (customer,) = write_in(place, "zoe")
        sender = Request(SERVICE, "email", "test", on_behalf_of=Actor(kind="customer", id=zoe))
        opening = OpenTicket(channel="email", customer=customer)
        answer = place.desk.writer.execute(None, opening, sender)
        assert (answer.outcome, answer.code) == ("refused", "customer_blocked")
        assert place.desk.ledger.progress() == before
