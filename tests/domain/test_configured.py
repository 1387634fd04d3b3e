"""What configuration asks of tickets: codes, fields, and the version that each ticket keeps."""

from __future__ import annotations

from typing import get_args

import pytest

from deskledger.domain.commands import Command
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.desk_document import DeskDocument
from deskledger.domain.configuration.events import Scope
from deskledger.domain.context import Context
from deskledger.domain.fields import FieldsChanged, SetFields
from deskledger.domain.group.commands import CloseGroup
from deskledger.domain.shapes import Of
from deskledger.domain.streams import TICKET
from deskledger.domain.ticket.codes import STATED_CODES
from deskledger.domain.ticket.commands import (
    ClassifyTicket,
    CloseTicket,
    OpenTicket,
    PendTicket,
    ReopenTicket,
    SolveTicket,
    TakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, SendReply
from deskledger.domain.ticket.events import TicketOpened, TicketSolved
from deskledger.domain.ticket.together import TicketCommand
from tests.domain.configured import (
    OPEN,
    REFUND,
    configured,
    of,
    published,
    solved,
    ticket,
    withdrawn,
)
from tests.domain.stories import ANN, AS_ANN, NOON, Story, desk, group, minutes

BARE = OpenTicket(channel="carrier-pigeon", type_code="whatever", fields={"anything": 1})


def opened(story: Story, command: OpenTicket = OPEN) -> TicketOpened:
    (event,) = story.then(command, TicketOpened)
    assert isinstance(event, TicketOpened)
    return event


def test_without_configuration_any_code_and_field_of_right_form_is_taken() -> None:
    event = opened(desk(), BARE)
    assert event.ticket_type == Of(kind="ticket-type", id="default", version=0)
    bare = Story(stream="desk").configuring().when(Publish(document={"format": 2, "zone": "UTC"}))
    story = desk().beside(desk=bare).when(BARE)
    story.when(SetFields(fields={"more": "x"}), TakeTicket(), SolveTicket(resolution="somehow"))


def test_a_ticket_names_the_version_of_its_type_and_begins_in_its_group() -> None:
    event = opened(configured())
    assert event.ticket_type == of(1)
    assert (event.party.group, event.party.agent, event.variant) == ("first-line", None, None)


def test_who_names_a_group_or_the_intake_gets_what_is_named() -> None:
    stated = OPEN.model_copy(update={"group": "second-line"})
    stated.model_fields_set.add("group")
    assert opened(configured(), stated).party.group == "second-line"
    intake = OpenTicket(**{**OPEN.stated(), "group": None})
    assert opened(configured(), intake).party.group is None


def test_a_type_whose_group_is_closed_begins_in_the_intake() -> None:
    shut = group("first-line").when(CloseGroup())
    assert opened(configured(first=shut)).party.group is None


def test_a_type_without_a_configuration_of_its_own_has_the_default_one() -> None:
    default = published("ticket-type/default", {"format": 1, "fields": []})
    story = configured(default=default)
    question = OpenTicket(channel="web", type_code="question")
    assert opened(story, question).ticket_type == Of(kind="ticket-type", id="default", version=1)
    assert opened(story, OpenTicket(channel="web")).ticket_type.version == 1
    unknown = SetFields(fields={"colour": "red"})
    story.when(question).then_refused(unknown, "field_unknown", nearest=None)


def test_a_ticket_keeps_its_version_whatever_is_published_later() -> None:
    old = ticket()
    stricter = {**REFUND, "fields": [{"code": "order", "type": "integer"}]}
    later = old.after(5).beside(refund=published("ticket-type/refund", REFUND, stricter))
    later.then(SetFields(fields={"order": "A-18"}), FieldsChanged)
    new = configured(refund=published("ticket-type/refund", REFUND, stricter))
    new.then_refused(OPEN, "field_invalid", field="order", expected="integer")


def test_a_withdrawn_version_still_explains_the_tickets_that_name_it() -> None:
    gone = withdrawn()
    kept = ticket().beside(**{name.replace("/", "_"): story for name, story in _others(gone)})
    kept.then_refused(SetFields(fields={"ordr": "x"}), "field_unknown", nearest="order")
    assert opened(gone).ticket_type == of(2)


def _others(story: Story) -> list[tuple[str, Story]]:
    return [(name, Story(stream=name, state=state)) for name, state in story.others.items()]


def test_a_ticket_put_into_another_type_has_the_version_that_was_in_force_then() -> None:
    question = OpenTicket(channel="web", type_code="question")
    story = configured().when(question).after(5).when(ClassifyTicket(type_code="refund"))
    strict = published("ticket-type/refund", REFUND).after(60)
    strict = strict.when(Publish(document={**REFUND, "fields": []}))
    later = story.after(90).beside(refund=strict)
    later.then(SetFields(fields={"order": "A-1"}), FieldsChanged)
    later.then_refused(
        SolveTicket(resolution="fixed"), "field_missing", fields=["order", "account"]
    )
    back = later.when(ClassifyTicket(type_code="question"))
    assert back.when(TakeTicket(), SolveTicket(resolution="fixed")).state.ticket_type.version == 0


def test_all_that_is_required_to_solve_is_missed_at_once_and_then_enough() -> None:
    bare = configured(
        refund=published(
            "ticket-type/refund",
            {
                **REFUND,
                "fields": [
                    {"code": name, "type": "text", "required": ["solve"]}
                    for name in ("a", "b", "c")
                ],
            },
        )
    ).when(OpenTicket(channel="web", type_code="refund", fields={"b": "there"}))
    bare.then_refused(SolveTicket(resolution="fixed"), "field_missing", fields=["a", "c"])
    there = bare.when(TakeTicket(), SetFields(fields={"a": "1", "c": "3"}))
    there.then(SolveTicket(resolution="fixed"), TicketSolved)


def test_reasons_that_the_software_gives_by_itself_are_always_valid() -> None:
    story = ticket().when(TakeTicket(), SendReply(text="Hi"), PendTicket(reason="asked"))
    story.when(CloseTicket(reason="spam"))
    assert solved().when(ReopenTicket()).when(SolveTicket(resolution="refunded"), CloseTicket())


def test_what_changes_nothing_and_what_the_status_forbids_is_answered_so_first() -> None:
    solved().then_nothing(SolveTicket(resolution="nonsense"))
    closed = solved().when(CloseTicket())
    closed.then_refused(SetFields(fields={"ordr": 1}), "ticket_closed")


def test_an_import_is_free_of_guards() -> None:
    past = configured().past().when(BARE)
    past.when(SetFields(fields={"more": 1}), PendTicket(reason="x"), SolveTicket(resolution="y"))
    assert past.state.ticket_type.version == 0


def test_a_share_of_tickets_falls_into_a_pilot_and_every_ticket_tells_its_arm() -> None:
    half = published("ticket-type/refund", REFUND).after(1)
    half = half.when(
        Publish(document={**REFUND, "group": None}, scope=Scope(groups=None, share="0.5"))
    )
    story = configured(refund=half).after(2)
    events = [
        opened(Story(**{**vars(story), "stream": f"ticket/{number}"})) for number in range(60)
    ]
    told = {(event.ticket_type.version, event.variant) for event in events}
    assert told == {(1, "v1"), (2, "v2")}


CODED = frozenset(
    {"channel", "inbox", "type_code", "stage", "tier", "priority", "impact", "urgency"}
    | {"reason", "resolution"}
)


@pytest.mark.parametrize("command", get_args(TicketCommand))
def test_every_code_that_a_command_on_a_ticket_can_state_is_checked(command: type[Command]) -> None:
    stated = set(command.model_fields) & CODED
    checked = STATED_CODES.get(command, ())
    assert {one.field for one in checked} == stated
    assert {one.codes for one in checked} <= set(DeskDocument(format=2, zone="UTC").codes)


@pytest.mark.parametrize("command", [AddNote(text="!"), SendReply(text="Hi"), TakeTicket()])
def test_commands_that_state_no_code_ask_for_no_configuration(command: object) -> None:
    story = ticket()
    context = Context(now=NOON + minutes(1), command_id=ANN, stream=story.stream, actor=AS_ANN)
    asked = TICKET.needs(story.state, command, context)
    assert not {name for name in asked if name == "desk" or name.startswith("ticket-type")}
