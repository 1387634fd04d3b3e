"""Kinds, origins, merges, people, due times and redactions of tickets, example by example."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from deskledger.domain.customer.commands import RegisterCustomer
from deskledger.domain.errors import InvalidInput
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage
from deskledger.domain.ticket.due import SetDue, TicketDueSet
from deskledger.domain.ticket.events import Origin, TicketOpened
from deskledger.domain.ticket.merging import younger_first
from deskledger.domain.ticket.participants import (
    AddParticipant,
    ChangeCustomer,
    ParticipantsChanged,
    participants_at,
)
from deskledger.domain.ticket.redaction import InteractionRedacted, RedactInteraction
from deskledger.domain.ticket.relation_commands import (
    LinkTicket,
    MergeTicket,
    MirrorLinks,
    UnlinkTicket,
)
from deskledger.domain.ticket.relations import LinksChanged, Merged
from tests.domain.stories import (
    ANN,
    AS_ANN,
    AS_CUSTOMER,
    AS_LINKER,
    CUSTOMER,
    NOON,
    Story,
    desk,
    minutes,
    part,
    ticket_named,
)

OPEN = OpenTicket(channel="email")
OLDER = ticket_named("older").partition("/")[2]


def ticket() -> Story:
    return desk().when(OPEN)


def older(**stated: Any) -> Story:
    story = replace(desk(), stream=ticket_named("older")).after(-60)
    return story.when(OpenTicket(channel="email", **stated))


def from_older(relation: str, **stated: Any) -> OpenTicket:
    origin = Origin(relation=relation, ticket=OLDER, interaction=None)
    return OpenTicket(channel="email", origin=origin, **stated)


def zoe() -> Story:
    return Story(stream=f"customer/{CUSTOMER}").when(RegisterCustomer())


def test_what_is_opened_from_its_parent_is_a_task_begun_inside_the_desk() -> None:
    story = desk().beside(older=older())
    opened, linked = story.then(from_older("parent", blocking=True), TicketOpened, LinksChanged)
    assert (opened.kind, opened.direction) == ("task", "internal")
    assert [one.model_dump() for one in linked.added] == [
        {"relation": "parent", "ticket": OLDER, "blocking": True}
    ]


@pytest.mark.parametrize("kind", ["request", "feedback"])
def test_a_child_is_nothing_but_a_task(kind: Any) -> None:
    with pytest.raises(ValidationError, match="is a task"):
        from_older("parent", kind=kind)


def test_a_task_may_stand_alone_and_feedback_is_a_customers() -> None:
    alone = desk().decide(OpenTicket(channel="email", kind="task"))[0]
    feedback = desk().decide(OpenTicket(channel="email", kind="feedback"))[0]
    assert (alone.direction, feedback.direction) == ("internal", "in")
    stated = desk().decide(OpenTicket(channel="email", kind="task", direction="in"))[0]
    assert stated.direction == "in"


def test_only_a_child_blocks() -> None:
    with pytest.raises(ValidationError, match="only a child blocks"):
        from_older("follow_up_of", blocking=True)


@pytest.mark.parametrize("relation", ["child", "absorbed", "grandparent"])
def test_a_ticket_comes_from_nothing_else(relation: str) -> None:
    with pytest.raises(ValidationError, match=r"origin\.relation is one of"):
        from_older(relation)


@pytest.mark.parametrize("relation", ["parent", "child", "absorbed"])
def test_parents_and_children_are_not_linked_by_hand(relation: Any) -> None:
    with pytest.raises(ValidationError):
        LinkTicket(ticket=OLDER, relation=relation)


def test_a_merge_put_to_the_older_ticket_names_the_younger() -> None:
    story = older().beside(younger=ticket())
    with pytest.raises(InvalidInput, match="the older of the two") as told:
        story.decide(MergeTicket(ticket=part(ticket())))
    assert told.value.facts == {"stream": ticket().stream}


def test_of_two_tickets_opened_at_once_the_greater_id_is_the_younger() -> None:
    one, other = ("a", ticket().state), ("b", ticket().state)
    assert younger_first(one, other) == younger_first(other, one) == ("b", "a")


def test_a_child_that_is_told_of_its_parent_again_still_blocks_it() -> None:
    parent = older()
    child = desk().beside(older=parent).when(from_older("parent", blocking=True))
    tell_parent = MirrorLinks(ticket=part(child), relations=("child",))
    parent = parent.beside(child=child).by(AS_LINKER).when(tell_parent)
    tell_child = MirrorLinks(ticket=OLDER, relations=("parent",))
    child.beside(older=parent).by(AS_LINKER).then_nothing(tell_child)


def test_a_child_hears_of_its_parents_letting_go_only_after_it_was_merged() -> None:
    first = replace(desk(), stream=ticket_named("first")).after(-120).when(OPEN)
    parent = older()
    child = desk().beside(older=parent, first=first).when(from_older("parent", blocking=True))
    tell_parent = MirrorLinks(ticket=part(child), relations=("child",))
    parent = parent.beside(child=child).by(AS_LINKER).when(tell_parent)
    parent = parent.by(AS_ANN).when(UnlinkTicket(ticket=part(child), relation="child"))
    child = child.when(MergeTicket(ticket=part(first)))
    parent = parent.beside(child=child).by(AS_LINKER).when(tell_parent)
    tell_child = MirrorLinks(ticket=OLDER, relations=("parent",))
    child.beside(older=parent).by(AS_LINKER).then_nothing(tell_child)


def test_a_merged_ticket_is_closed_and_knows_since_when_it_was_not() -> None:
    (merged,) = ticket().after(5).beside(older=older()).then(MergeTicket(ticket=OLDER), Merged)
    assert merged.model_dump(mode="json")["status"] == {
        "before": "new",
        "after": "closed",
        "since": "2026-03-02T12:00:00.000000Z",
    }


def test_an_import_merges_what_was_closed_already_without_another_change_of_status() -> None:
    story = ticket().beside(older=older()).past().when(CloseTicket())
    (merged,) = story.then(MergeTicket(ticket=OLDER), Merged)
    assert merged.status is None


def test_there_is_one_requester_or_none() -> None:
    story = ticket().beside(zoe=zoe())
    (changed,) = story.then(ChangeCustomer(customer=CUSTOMER), ParticipantsChanged)
    assert [one.role for one in (*changed.added, *changed.removed)] == ["requester"]
    story = story.told(changed)
    assert (story.state.customer, list(participants_at(story.state.participants))) == (CUSTOMER, [])
    (gone,) = story.then(ChangeCustomer(customer=None), ParticipantsChanged)
    assert (gone.added, [one.customer for one in gone.removed]) == ((), [CUSTOMER])


def test_who_comes_later_sees_what_is_said_from_then_on_unless_they_are_of_the_desk() -> None:
    story = ticket().after(30)
    told = [
        story.decide(AddParticipant(role="cc", address="li@example.com"))[0],
        story.decide(AddParticipant(role="follower", agent=ANN))[0],
        story.decide(AddParticipant(role="cc", address="li@example.com", sees_from=None))[0],
    ]
    assert [one.added[0].sees_from for one in told] == [NOON + minutes(30), None, None]


def test_somebody_who_takes_part_may_be_let_see_more() -> None:
    story = ticket().after(30).when(AddParticipant(role="cc", address="li@example.com"))
    story.then_nothing(AddParticipant(role="cc", address="li@example.com"))
    more = AddParticipant(role="cc", address="li@example.com", sees_from=None)
    story.then(more, ParticipantsChanged)
    (one,) = participants_at(story.when(more).state.participants)
    assert one.sees_from is None


@pytest.mark.parametrize(
    "who",
    [
        {"role": "cc"},
        {"role": "cc", "address": "li@example.com", "customer": CUSTOMER},
        {"role": "cc", "agent": ANN},
        {"role": "collaborator", "customer": CUSTOMER},
        {"role": "requester", "customer": CUSTOMER},
    ],
)
def test_a_participant_is_one_person_in_a_role_that_fits(who: Any) -> None:
    with pytest.raises(ValidationError):
        AddParticipant(**who)


def test_a_due_time_replaces_the_one_before_and_says_whether_it_was_promised() -> None:
    first, second = NOON + minutes(60), NOON + minutes(90)
    story = ticket().when(SetDue(due_at=first))
    (changed,) = story.after(1).then(SetDue(due_at=second, promised=True), TicketDueSet)
    assert (changed.due.before, changed.due.after, changed.due.since) == (first, second, NOON)
    assert (changed.promised, changed.reason) == (True, "promised")
    story.then(SetDue(due_at=first, promised=True), TicketDueSet)
    story.then_nothing(SetDue(due_at=first))
    (cleared,) = story.then(SetDue(due_at=None, promised=True), TicketDueSet)
    assert (cleared.due.after, cleared.promised) == (None, False)


def test_only_what_is_left_of_a_message_is_redacted() -> None:
    story = ticket().by(AS_CUSTOMER).when(ReceiveMessage(text="4111 1111"))
    (interaction,) = story.state.interactions
    (told,) = story.then(
        RedactInteraction(interaction=interaction, reason="card"), InteractionRedacted
    )
    assert told.parts == ("text",)
    assert story.told(told).state.interactions[interaction].redacted == {"text"}
