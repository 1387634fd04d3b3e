"""Several commands as one."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from deskledger.domain.errors import invalid_input
from deskledger.domain.shapes import By
from deskledger.domain.tags import TagsChanged, TagTicket
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.commands import (
    AssignTicket,
    OpenTicket,
    PendTicket,
    PrioritiseTicket,
    ResumeTicket,
    SolveTicket,
    TakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.domain.ticket.contact_events import (
    CustomerMessageReceived,
    NoteAdded,
    ReplySent,
)
from deskledger.domain.ticket.decide import _DECIDERS
from deskledger.domain.ticket.events import (
    TicketActivated,
    TicketAssigned,
    TicketOpened,
    TicketPaused,
    TicketPrioritised,
    TicketSolved,
)
from deskledger.domain.ticket.together import FollowOn, TicketCommand, Together
from tests.domain.stories import NOON, Story, desk, minutes

OPEN = OpenTicket(channel="email")


def ticket() -> Story:
    return desk().when(OPEN)


def test_each_part_is_decided_on_what_the_one_before_left() -> None:
    whole = Together(parts=(TakeTicket(), ResumeTicket(), PendTicket(reason="asked")))
    *_, paused = ticket().then(whole, TicketAssigned, TicketActivated, TicketPaused)
    assert paused.status.before == "open"


def test_events_stand_in_the_order_opening_contact_assignment_status_others() -> None:
    parts = (
        OPEN,
        TagTicket(add=("vip",)),
        PrioritiseTicket(priority="high"),
        AssignTicket(group="first-line"),
        ReceiveMessage(text="Help"),
        SolveTicket(resolution="told"),
    )
    desk().then(
        Together(parts=parts),
        TicketOpened,
        CustomerMessageReceived,
        TicketAssigned,
        TicketAssigned,
        TicketSolved,
        TagsChanged,
        TicketPrioritised,
    )


def test_a_part_with_nothing_to_do_adds_no_event() -> None:
    story = ticket().when(TakeTicket())
    story.then(Together(parts=(TakeTicket(), AddNote(text="!"))), NoteAdded)
    story.then_nothing(Together(parts=(TakeTicket(), ResumeTicket())))


def test_one_refusal_refuses_all() -> None:
    whole = Together(parts=(AddNote(text="!"), SolveTicket()))
    ticket().then_refused(whole, "resolution_required", index=1)


def test_the_time_and_decider_of_the_whole_are_those_of_its_parts() -> None:
    macro = By(kind="macro", id="greet", version=1)
    own = NOON + minutes(3)
    parts = (SendReply(text="Hi"), AddNote(text="!", occurred_at=own))
    story = ticket().after(10)
    events = story.then(
        Together(occurred_at=NOON + minutes(2), by=macro, parts=parts),
        ReplySent,
        NoteAdded,
        TicketActivated,
    )
    assert [event.occurred_at for event in events] == [NOON + minutes(2), own, NOON + minutes(2)]
    assert {event.by for event in events} == {macro}


@pytest.mark.parametrize(
    "parts",
    [
        [{"type": "PendTicket", "reason": "asked"}, {"type": "SendReply", "text": "Hi"}],
        [{"type": "AddNote", "text": "Hi"}, {"type": "OpenTicket", "channel": "email"}],
        [],
        [{"type": "Together", "parts": [{"type": "TakeTicket"}]}],
        [{"type": "SendReply", "text": "Hi", "shout": True}],
        [{"text": "Hi"}],
    ],
    ids=["message after status", "opening later", "empty", "nested", "unknown field", "no type"],
)
def test_parts_that_make_no_sense_are_invalid_input(parts: list[object]) -> None:
    with pytest.raises(ValidationError) as refused:
        Together.model_validate({"parts": parts})
    assert "parts" in str(invalid_input(refused.value))


def test_what_the_caller_stated_is_the_same_for_models_and_for_json() -> None:
    stated = {"parts": [{"type": "SendReply", "text": "Hi"}, {"type": "PendTicket", "reason": "a"}]}
    built = Together(parts=(SendReply(text="Hi"), PendTicket(reason="a")))
    read = Together.model_validate(stated)
    assert built.model_dump(mode="json", exclude_unset=True) == stated
    assert read.model_dump(mode="json", exclude_unset=True) == stated


def test_every_part_but_the_opening_has_something_that_decides_it() -> None:
    others = {OpenTicket, Together, ObserveClocks, *get_args(FollowOn)}
    assert {*_DECIDERS, *others} == set(get_args(TicketCommand))
