"""The state machine as a table: every status and every command of a ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import RegisterCustomer
from deskledger.domain.references import LinkReference, UnlinkReference
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.commands import (
    CloseTicket,
    OpenTicket,
    ResumeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.domain.ticket.relation_commands import (
    MergeTicket,
)
from deskledger.domain.ticket.together import TicketCommand, Together
from tests.domain.status_table import BEGIN, OLDER, STATUSES, TABLE
from tests.domain.stories import (
    AS_ANN,
    AS_CUSTOMER,
    AS_LINKER,
    CUSTOMER,
    Story,
    desk,
    part,
    ticket_named,
)

CONTACTS = ReceiveMessage | SendReply | AddNote | LogCall
CASES = [
    pytest.param(who, command, status, expected, id=f"{row}-{command.type}-{status}-{expected}")
    for row, (who, command, cells) in enumerate(TABLE)
    for status, expected in zip(STATUSES, cells.split(), strict=True)
]


def ticket(status: str) -> Story:
    """A ticket for which nobody is responsible: a customer's solving takes it for nobody."""
    first = AddNote(text="First.")
    opened = desk().by(AS_CUSTOMER).when(OpenTicket(channel="email"), first)
    return opened.when(*BEGIN[status]).after(5).beside(**others(opened))


def others(opened: Story) -> dict[str, Story]:
    """A ticket that was opened before, and one that was opened from this one."""
    before = replace(desk(), stream=ticket_named("older")).after(-60)
    after = replace(desk(), stream=ticket_named("younger")).beside(opened=opened)
    origin = Origin(relation="parent", ticket=part(opened), interaction=None)
    return {
        "zoe": Story(stream=f"customer/{CUSTOMER}").when(RegisterCustomer()),
        "older": before.when(OpenTicket(channel="email")),
        "younger": after.when(OpenTicket(channel="email", origin=origin)),
    }


@pytest.mark.parametrize(("who", "command", "status", "expected"), CASES)
def test_the_ticket_does_what_the_table_says(
    who: Actor, command: Command, status: str, expected: str
) -> None:
    story = ticket(status).by(who)
    assert story.state.status.present == status
    if expected == "-":
        story.then_nothing(command)
    elif expected == "=":
        assert story.decide(command)
        assert story.when(command).state.status.present == status
    elif expected in STATUSES:
        assert story.when(command).state.status.present == expected
    else:
        story.then_refused(command, expected)


def test_the_table_has_every_command() -> None:
    listed = {type(command) for _, command, _ in TABLE} | {Together, ObserveClocks}
    assert listed == set(get_args(TicketCommand))


OF_MERGED = LinkReference | UnlinkReference | RedactInteraction


@pytest.mark.parametrize(
    ("who", "command"), [pytest.param(*row[:2], id=row[1].type) for row in TABLE]
)
def test_a_merged_ticket_takes_references_redactions_and_what_the_desk_itself_tells(
    who: Actor, command: Command
) -> None:
    merged = ticket("open").by(AS_ANN).when(MergeTicket(ticket=OLDER)).after(1).by(who)
    if isinstance(command, OpenTicket):
        merged.then_refused(command, "stream_exists")
    elif isinstance(command, OF_MERGED) or who == AS_LINKER:
        merged.decide(command)
    else:
        merged.then_refused(command, "ticket_merged", into=OLDER)


@pytest.mark.parametrize("status", STATUSES)
def test_together_with_one_part_does_what_the_part_does(status: str) -> None:
    part = AddNote(text="Odd.")
    alone, whole = ticket(status).decide(part), ticket(status).decide(Together(parts=(part,)))
    assert alone == whole


@pytest.mark.parametrize(("who", "command", "status", "expected"), CASES)
def test_a_late_fact_is_judged_by_the_status_of_its_time(
    who: Actor, command: Command, status: str, expected: str
) -> None:
    """But for contacts and merges the table holds for the past, whatever the ticket became."""
    if isinstance(command, OpenTicket | MergeTicket | CONTACTS):
        return
    then = ticket(status)
    later = ResumeTicket() if status == "closed" else CloseTicket()
    became = then.after(10).past().when(later)
    assert became.state.status.present != status
    late = command.model_copy(update={"occurred_at": then.now})
    story = replace(became.by(who).recording_late(), history=False)
    if expected == "-":
        story.then_nothing(late)
    elif expected == "=":
        assert story.decide(late)
    elif expected in STATUSES:
        events = story.decide(late)
        assert story.told(*events).state.status.held(then.now)[0] == expected
    else:
        story.then_refused(late, expected)
