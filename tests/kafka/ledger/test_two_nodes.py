"""Two nodes of one desk: equal, without a leader, on the same tickets and the same keys."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.vault.sealing import key_ids, unseal
from deskledger.eventlog.writing.requests import Request
from deskledger.replay.chains import verify_chains
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import new_desk, second_node
from tests.kafka.topics import wait_until

TICKETS, ROUNDS = 5, 8
OPENED = 30


@pytest.fixture
def desks(broker: Cluster, desk_name: str, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with (
        new_desk(broker, tmp_path / "one", desk_name) as one,
        second_node(one, tmp_path / "two") as two,
    ):
        yield one, two


def request(desk: Desk, key: str | None = None) -> Request:
    return Request(Actor(kind="agent", id=desk.first_agent()), "cli", "test", key=key)


def opened(desk: Desk) -> str:
    return desk.writer.execute(None, OpenTicket(channel="email"), request(desk)).stream


def same(desks: tuple[Desk, Desk]) -> bool:
    """Whether both have read all that the log has, and hold the same."""
    if not all(desk.ledger.refresh() for desk in desks):
        return False
    return desks[0].ledger.progress() == desks[1].ledger.progress()


def test_two_nodes_that_change_the_same_tickets_record_every_command_once(
    desks: tuple[Desk, Desk],
) -> None:
    streams = [opened(desks[0]) for _ in range(TICKETS)]
    # Of a ticket that was opened just now, the other node may not have read yet.
    wait_until(lambda: same(desks))
    answers: list[tuple[str, int]] = []

    def work(desk: Desk, name: str) -> None:
        for round_ in range(ROUNDS):
            for stream in streams:
                note = AddNote(text=f"{name} {round_}")
                answer = desk.writer.execute(stream, note, request(desk, f"{name} {round_}"))
                answers.append((stream, answer.version))

    threads = [
        threading.Thread(target=work, args=(desk, f"{name}{n}"))
        for name, desk in zip("ab", desks, strict=True)
        for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 4 * ROUNDS * TICKETS
    wait_until(lambda: same(desks))
    for desk in desks:
        for stream in streams:
            versions = [record.version for record in desk.ledger.history(stream)]
            assert versions == list(range(1, 4 * ROUNDS + 2))
        assert verify_chains(desk.directory / "replica.sqlite").differences == ()


def test_what_one_node_has_just_opened_is_known_at_the_other(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    for _ in range(OPENED):
        stream = opened(here)
        noted = there.writer.execute(stream, AddNote(text="Seen."), request(there))
        assert (noted.outcome, noted.version) == ("done", 2)


def test_the_same_command_at_two_nodes_is_done_once_and_answered_alike(
    desks: tuple[Desk, Desk],
) -> None:
    one, two = desks
    command = OpenTicket(channel="email", subject="Printer")
    first = one.writer.execute(None, command, request(one, "k"))
    again = two.writer.execute(None, command, request(two, "k"))
    assert again == first._replace(repeated=True)


def test_a_node_decides_on_what_another_has_recorded(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    stream = opened(one)
    wait_until(two.ledger.refresh)
    assert two.writer.streams.load(stream).version == 1
    one.writer.execute(stream, AddNote(text="there"), request(one))
    wait_until(two.ledger.refresh)
    assert two.writer.streams.load(stream).version == 2


def test_a_message_sealed_at_one_node_is_read_at_the_other(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    stream = opened(one)
    one.writer.execute(stream, AddNote(text="Only for us"), request(one))
    wait_until(two.ledger.refresh)
    record = two.ledger.history(stream)[-1]
    (event,) = read_commit(record.value).events
    keys = two.vault.data_keys(list(key_ids(event)))
    assert unseal(stream, event, keys)["text"] == "Only for us"


def test_two_nodes_that_make_a_subjects_first_key_at_once_use_the_same_one_from_then_on(
    desks: tuple[Desk, Desk],
) -> None:
    subjects = [f"customer/{n}" for n in range(8)]
    made: list[dict[str, bytes]] = []
    barrier = threading.Barrier(2)

    def make(desk: Desk) -> None:
        for subject in subjects:
            barrier.wait()
            key = desk.vault.subject_keys([subject])[subject]
            made.append({subject: key.id})

    threads = [threading.Thread(target=make, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for desk in desks:
        wait_until(desk.ledger.refresh)
    given = {key for one in made for key in one.values()}
    for desk in desks:
        # Whichever was given out opens what it sealed, at every node.
        assert set(desk.vault.data_keys(given)) == given
    one, two = (desk.vault.subject_keys(subjects) for desk in desks)
    assert {name: key.id for name, key in one.items()} == {n: key.id for n, key in two.items()}
