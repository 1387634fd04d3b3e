"""Every request to another stream is settled once, wherever the linker is killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.agent.commands import AddAgent, RemoveAgent
from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import MergeCustomer, RegisterCustomer
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup
from deskledger.domain.ticket.commands import (
    ReopenTicket,
)
from deskledger.domain.ticket.contact_commands import ReceiveMessage
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.relation_commands import (
    LinkTicket,
    MergeTicket,
    UnlinkTicket,
)
from deskledger.domain.ticket.relations import links_at
from deskledger.eventlog.commit import read_commit
from tests.processes.build import Place, new_place
from tests.processes.ties import LINKER, SOLVE, child_of, done, opened, run


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


# More than the linker asks for in one story.
KILLS = 15


class Killed(BaseException):
    """Stands for the end of a process."""


def story(place: Place) -> list[str]:
    """Every kind of request to the other side, one after another."""
    older, younger, parent = opened(place), opened(place), opened(place)
    child = child_of(place, parent)
    done(place, younger, LinkTicket(ticket=parent, relation="problem"))
    done(place, younger, ReceiveMessage(text="Hello?"))
    done(place, younger, MergeTicket(ticket=older))
    done(place, child, SOLVE)
    done(place, child, ReopenTicket(reason="mistake"))
    origin = Origin(relation="follow_up_of", ticket=older, interaction=None)
    follow_up = opened(place, origin=origin)
    done(place, follow_up, UnlinkTicket(ticket=older))
    orphan = departures(place, follow_up)
    return [older, younger, parent, child, follow_up, orphan]


def departures(place: Place, told: str) -> str:
    """An agent leaves, a group closes, a customer is merged: all three had the same ticket."""
    agent, group, other, zoe, tom = (f"{name}-{told}" for name in ("an", "gr", "ot", "zo", "to"))
    beginnings: list[tuple[str, Command]] = [
        (f"agent/{agent}", AddAgent()),
        (f"group/{group}", FormGroup(names={"en": "One"})),
        (f"group/{other}", FormGroup(names={"en": "Other"})),
        (f"group/{group}", AddMember(agent=agent)),
        (f"group/{other}", AddMember(agent=agent)),
        (f"customer/{zoe}", RegisterCustomer()),
        (f"customer/{tom}", RegisterCustomer()),
    ]
    for stream, command in beginnings:
        place.clock.pass_by(1)
        assert place.ask(stream, command).outcome == "done"
    orphan = opened(place, customer=tom, group=group, agent=agent)
    ends: list[tuple[str, Command]] = [
        (f"agent/{agent}", RemoveAgent()),
        (f"group/{group}", CloseGroup(successor=other)),
        (f"customer/{tom}", MergeCustomer(into=zoe)),
    ]
    for stream, command in ends:
        assert place.ask(stream, command).outcome == "done"
    return orphan


def outcome(place: Place, tickets: list[str]) -> list[Any]:
    """Of each ticket: its links by place in the story, and how often the linker wrote to it."""
    places = {ticket: index for index, ticket in enumerate(tickets)}
    told = []
    for ticket in tickets:
        held = links_at(place.state(f"ticket/{ticket}").links)
        commits = [
            read_commit(record.value) for record in place.desk.ledger.history(f"ticket/{ticket}")
        ]
        linked = sum(commit.envelope.actor["id"] == LINKER for commit in commits)
        told.append(
            (sorted((one.relation, places[one.ticket], one.blocking) for one in held), linked)
        )
    return told


def gone_on(place: Place, orphan: str) -> bool:
    """Whether successors have taken everybody's place in a ticket."""
    state = place.state(f"ticket/{orphan}")
    party = state.party.present
    return (party.group[:2], party.agent, state.customer[:2]) == ("ot", None, "zo")


@pytest.mark.parametrize("kill_after", [False, True])
def test_every_request_is_settled_once_wherever_the_process_is_killed(
    place: Place, monkeypatch: pytest.MonkeyPatch, *, kill_after: bool
) -> None:
    """Killed before and after each of its appends, however often, it ends as if never killed."""
    expected = None
    for kill_at in range(KILLS):
        tickets = story(place)
        real, seen = place.desk.writer.execute, [0]

        def execute(
            *asked: Any, kill_at: int = kill_at, real: Any = real, seen: list[int] = seen
        ) -> Any:
            seen[0] += 1
            answer = real(*asked) if kill_after or seen[0] != kill_at else None
            if seen[0] == kill_at:
                raise Killed
            return answer

        with monkeypatch.context() as patch:
            patch.setattr(place.desk.writer, "execute", execute)
            try:
                run(place)
            except Killed:
                run(place)
        run(place)
        assert kill_at or 0 < seen[0] < KILLS
        told = outcome(place, tickets)
        expected = expected or told
        assert told == expected
    assert expected is not None
    assert expected[0][0] == [("absorbed", 1, False)]
    assert gone_on(place, tickets[-1])
    assert expected[2][0] == [("child", 3, True), ("incident", 1, False)]
