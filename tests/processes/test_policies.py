"""A publication that reaches open tickets comes to every one of them, by the processes alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskledger.consumers.processes import runner as runners
from deskledger.consumers.processes.policies import Policies
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket, PendTicket, SolveTicket
from tests.processes.build import Place, new_place, settle
from tests.processes.clocked import HOUR, RESPONSE, SOLUTION, events, observations, publish

SOLVE = SolveTicket(resolution="fixed")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


def opened(place: Place, count: int) -> list[str]:
    return [place.ask(None, OpenTicket(channel="email")).stream for _ in range(count)]


def started(place: Place, ticket: str) -> list[str]:
    """The metrics whose clocks began, in order."""
    return [one["metric"] for one in events(place, ticket) if one["type"] == "ClockStarted"]


def test_rules_that_reach_open_tickets_start_their_clocks(place: Place) -> None:
    tickets = opened(place, 5)
    place.ask(tickets[0], SOLVE)
    place.ask(tickets[1], PendTicket(reason="customer"))
    place.ask(tickets[2], CloseTicket(reason="spam"))
    place.clock.pass_by(HOUR)
    publish(place, SOLUTION, reach="open")
    settle(place.runner(name=Policies.name))
    assert [started(place, ticket) for ticket in tickets] == [
        [],
        ["requester_wait"],
        [],
        ["requester_wait"],
        ["requester_wait"],
    ]
    assert [observations(place, ticket) for ticket in tickets] == [0, 1, 0, 1, 1]


def test_rules_for_new_tickets_leave_the_others_alone(place: Place) -> None:
    (ticket,) = opened(place, 1)
    publish(place, RESPONSE)
    settle(place.runner(name=Policies.name))
    assert observations(place, ticket) == 0


def test_a_ticket_that_the_rules_do_not_concern_has_nothing_recorded(place: Place) -> None:
    (ticket,) = opened(place, 1)
    known = place.types(ticket)
    publish(place, SOLUTION, reach="open", when={"priority": ["urgent"]})
    settle(place.runner(name=Policies.name))
    assert place.types(ticket) == known


def test_a_killed_process_is_followed_by_one_that_comes_to_the_rest(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runners, "REACTIONS_MAX", 4)
    tickets = opened(place, 10)
    publish(place, SOLUTION, reach="open")
    runner = place.runner(name=Policies.name)
    runner.step()
    assert 0 < sum(observations(place, ticket) for ticket in tickets) < 10
    settle(place.runner(name=Policies.name))
    assert [observations(place, ticket) for ticket in tickets] == [1] * 10
