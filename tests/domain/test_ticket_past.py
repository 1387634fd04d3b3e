"""How the past of a ticket is imported: any status to any but new, whatever it was."""

from __future__ import annotations

import pytest

from deskledger.domain.commands import Command
from deskledger.domain.events import Event
from deskledger.domain.ticket.commands import (
    AssignTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    PendTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    TakeTicket,
    WakeTicket,
)
from deskledger.domain.ticket.events import (
    TicketActivated,
    TicketAssigned,
    TicketClosed,
    TicketPaused,
    TicketReopened,
    TicketSolved,
)
from tests.domain.stories import ANN, NOON, Story, desk, minutes

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
TARGETS: dict[str, Command] = {
    "open": ResumeTicket(),
    "pending": PendTicket(),
    "on_hold": HoldTicket(),
    "solved": SolveTicket(),
    "closed": CloseTicket(),
}
BECOMES: dict[str, type[Event]] = {
    "open": TicketActivated,
    "pending": TicketPaused,
    "on_hold": TicketPaused,
    "solved": TicketSolved,
    "closed": TicketClosed,
}


def ticket(status: str) -> Story:
    story = desk().past().when(OpenTicket(channel="web"))
    return (story if status == "new" else story.when(TARGETS[status])).after(5)


def expected(before: str, after: str) -> list[type[Event]]:
    if before == after:
        return []
    if before in ("solved", "closed") and after in ("pending", "on_hold"):
        return [TicketReopened, TicketPaused]
    if before in ("solved", "closed") and after == "open":
        return [TicketReopened]
    return [BECOMES[after]]


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("after", TARGETS)
def test_any_status_becomes_any_other(before: str, after: str) -> None:
    story = ticket(before)
    events = story.then(TARGETS[after], *expected(before, after))
    assert story.when(TARGETS[after]).state.status.present == after
    assert {event.occurred_at for event in events} <= {story.now}
    statuses = [before, *(event.status.after.value for event in events)]
    assert [event.status.before.value for event in events] == statuses[:-1]


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("command", [ReopenTicket(), WakeTicket()])
def test_reopening_and_waking_mean_open(before: str, command: Command) -> None:
    assert ticket(before).when(command).state.status.present == "open"


def test_an_imported_assignment_begins_no_work() -> None:
    (assigned,) = ticket("new").then(AssignTicket(group="nowhere", agent=ANN), TicketAssigned)
    assert (assigned.reason, assigned.considered) == ("manual", None)


def test_an_imported_solving_takes_nothing() -> None:
    (solved,) = ticket("new").then(SolveTicket(resolution="fixed"), TicketSolved)
    assert (solved.resolution, solved.solver) == ("fixed", None)


def test_taking_in_an_import_needs_no_membership() -> None:
    story = Story(history=True).when(OpenTicket(channel="web", group="nowhere"), TakeTicket())
    assert story.state.party.present.agent == ANN


def test_another_reason_or_until_in_the_same_status_is_a_new_pause() -> None:
    story = ticket("pending")
    story.then_nothing(PendTicket())
    story.then(PendTicket(reason="vendor"), TicketPaused)
    (paused,) = story.then(PendTicket(until=NOON + minutes(60)), TicketPaused)
    assert (paused.reason, paused.until) == ("unstated", NOON + minutes(60))


def test_an_older_row_is_filed_into_the_past() -> None:
    story = ticket("new").when(SolveTicket(occurred_at=NOON + minutes(4)))
    story = story.when(PendTicket(occurred_at=NOON + minutes(2)))
    assert story.state.status.present == "solved"
    assert story.state.status.held(NOON + minutes(3)) == ("pending", NOON + minutes(2))


def test_closing_without_solving_credits_the_responsible_agent_when_it_is_reopened() -> None:
    story = ticket("new").when(AssignTicket(agent=ANN), CloseTicket())
    (reopened,) = story.then(ResumeTicket(), TicketReopened)
    assert (reopened.solver, reopened.reason) == (ANN, "unstated")
