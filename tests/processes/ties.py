"""Tickets of a desk that are tied to each other, and the process that tells the other side."""

from typing import Any

from deskledger.domain.commands import Command
from deskledger.domain.ticket.commands import OpenTicket, SolveTicket
from deskledger.domain.ticket.events import Origin
from tests.processes.build import Place, settle

LINKER = "linker"
SOLVE = SolveTicket(resolution="fixed")


def opened(place: Place, **stated: Any) -> str:
    """A ticket, opened a minute after all that was before."""
    place.clock.pass_by(60)
    answer = place.ask(None, OpenTicket(channel="email", **stated))
    assert answer.outcome == "done", answer
    return answer.stream.partition("/")[2]


def child_of(place: Place, parent: str) -> str:
    return opened(
        place,
        origin=Origin(relation="parent", ticket=parent, interaction=None),
        blocking=True,
    )


def done(place: Place, ticket: str, command: Command) -> None:
    place.clock.pass_by(1)
    answer = place.ask(f"ticket/{ticket}", command)
    assert answer.outcome == "done", answer


def run(place: Place) -> None:
    settle(place.runner(name=LINKER))
