"""Who has left the desk is in none of its groups."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.consumers.processes.memberships import Memberships
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.domain.agent.commands import AddAgent, RemoveAgent
from deskledger.domain.commands import Command
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup
from deskledger.domain.shapes import Actor
from deskledger.eventlog.writing.requests import Request
from tests.domain.stories import ANN, BOB
from tests.processes.build import FreeLease, Place, new_place, settle

GROUPS = ("first", "second", "alone", "closed")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A desk in which Ann is in four groups, Bob in two of them; one of the groups is closed."""
    with new_place(tmp_path / "desk") as made:
        for agent in (ANN, BOB):
            do(made, f"agent/{agent}", AddAgent())
        for group in GROUPS:
            do(made, f"group/{group}", FormGroup(names={"en": group}))
            do(made, f"group/{group}", AddMember(agent=ANN))
        do(made, "group/first", AddMember(agent=BOB, lead=True))
        do(made, "group/second", AddMember(agent=BOB))
        do(made, "group/closed", CloseGroup(successor="first"))
        yield made


def do(place: Place, stream: str, command: Command) -> None:
    assert place.ask(stream, command).outcome == "done"


def run(place: Place) -> Runner:
    desk = place.desk
    process = Memberships(desk.ledger, lambda stream: desk.writer.streams.load(stream).state)
    runner = Runner(process, Parts(desk.ledger, desk.writer, place.clock, FreeLease()))
    settle(runner)
    return runner


def members(place: Place) -> dict[str, frozenset[str]]:
    streams = place.desk.writer.streams
    return {group: streams.load(f"group/{group}").state.members for group in GROUPS}


def test_who_leaves_is_taken_out_of_every_open_group_even_as_the_last_one(place: Place) -> None:
    do(place, f"agent/{ANN}", RemoveAgent())
    assert run(place).outcomes.counts()["applied"] == 3
    assert members(place) == {
        "first": {BOB},
        "second": {BOB},
        "alone": frozenset(),
        "closed": {ANN},
    }
    assert run(place).outcomes.counts()["applied"] == 0


def test_who_stays_is_left_alone(place: Place) -> None:
    before = members(place)
    assert run(place).outcomes.counts()["applied"] == 0
    assert members(place) == before


def test_who_was_let_in_after_leaving_is_taken_out_again(place: Place) -> None:
    do(place, f"agent/{BOB}", RemoveAgent())
    run(place)
    late = Request(Actor(kind="importer", id="old"), "import", "test", history=True)
    place.desk.writer.execute("group/alone", AddMember(agent=BOB), late)
    assert members(place)["alone"] == {ANN, BOB}
    run(place)
    assert members(place)["alone"] == {ANN}
