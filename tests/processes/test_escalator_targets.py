"""What an escalation leaves alone, and which version of a policy says what is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deskledger.domain.group.commands import FormGroup
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.contact_commands import SendReply
from tests.processes.build import Place, new_place
from tests.processes.escalations import DUE, HOUR, LATE, MINUTE, Desk, levels

HALF = {"name": "half", "percent": 50, "level": 1, "actions": {"priority": "urgent"}}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


def test_a_priority_raised_by_an_escalation_leaves_clocks_their_targets(place: Place) -> None:
    urgent = levels(within="PT3H", when={"priority": ["urgent"]})
    desk = Desk(place, urgent, levels(HALF))
    ticket = desk.opened(priority="low")
    desk.pass_by(ticket, DUE / 2)
    assert place.state(ticket).attributes["priority"].present == "urgent"
    assert desk.due_after(ticket) == timedelta(hours=4)
    desk.pass_by(ticket, MINUTE)
    desk.as_li(ticket, SendReply(text="We are at it."))
    assert desk.due_after(ticket) == timedelta(hours=4)
    desk.as_li(ticket, TagTicket(add=("watched",)))
    assert desk.due_after(ticket) == timedelta(hours=3)


def test_a_publication_that_reaches_open_tickets_judges_them_as_before_the_escalation(
    place: Place,
) -> None:
    desk = Desk(place, levels(HALF))
    ticket = desk.opened(priority="low")
    desk.pass_by(ticket, DUE / 2)
    place.clock.pass_by(MINUTE)
    urgent = levels(within="PT3H", when={"priority": ["urgent"]})
    desk.publish(urgent, levels(HALF, within="PT5H"), reach="open")
    desk.pass_by(ticket, MINUTE)
    assert desk.due_after(ticket) == timedelta(hours=5)
    desk.as_li(ticket, TagTicket(add=("watched",)))
    assert desk.due_after(ticket) == timedelta(hours=3)


def test_what_is_done_is_what_the_version_says_that_judges_the_clock(place: Place) -> None:
    desk = Desk(place, levels({**LATE, "actions": {"tags": ["first"]}}))
    kept, told = desk.opened(), desk.opened()
    place.clock.pass_by(HOUR)
    desk.publish(levels({**LATE, "actions": {"tags": ["second"]}}))
    desk.as_li(told, TagTicket(add=("touched",)))
    place.clock.pass_by(DUE)
    for ticket in (kept, told):
        desk.observe(ticket)
    desk.run()
    tags = [{"first", "second"} & place.state(ticket).tags.keys() for ticket in (kept, told)]
    assert tags == [{"first"}, {"second"}]
    versions = [desk.escalated(ticket)[0].event["by"]["version"] for ticket in (kept, told)]
    assert versions == [1, 2]


def test_a_ticket_that_is_handed_to_another_group_begins_a_stay_there_and_keeps_its_target(
    place: Place,
) -> None:
    moved = {"name": "moved", "offset": "PT0S", "level": 1, "actions": {"group": "second-line"}}
    stay = {"metric": "group_ownership", "within": "PT4H", "marks": [moved]}
    other = levels(within="PT3H", when={"group": ["second-line"]})
    resolution = {"metric": "resolution", "within": "PT9H"}
    first = {"name": "p", "calendar": "always", "targets": [stay, resolution]}
    desk = Desk(place, other, first)
    desk.place.ask("group/first-line", FormGroup(names={"en": "First line"}))
    ticket = desk.opened(group="first-line")
    desk.pass_by(ticket, DUE + 1)
    assert desk.steps(ticket) == [(0, 1, True)]
    clocks = place.state(ticket).clocks
    assert clocks["group_ownership", 1].phase == "stopped"
    assert clocks["group_ownership", 2].phase == "counting"
    assert desk.due_after(ticket) == timedelta(hours=9)
