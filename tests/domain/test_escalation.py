"""Escalation: each level once and in order, the highest acts, and only while its clock runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from deskledger.domain.shapes import Party
from deskledger.domain.tags import TagsChanged, TagTicket
from deskledger.domain.ticket.commands import AssignTicket, PrioritiseTicket, SolveTicket
from deskledger.domain.ticket.escalation import (
    ClockName,
    EscalateTicket,
    Recipient,
    TicketEscalated,
)
from deskledger.domain.ticket.events import TicketActivated, TicketAssigned, TicketPrioritised
from tests.domain.configured import CODES, published
from tests.domain.marks import (
    AS_POLICY,
    BY_POLICY,
    at_mark,
    escalate,
    paused,
    reached,
    running,
    stopped,
)
from tests.domain.stories import ANN, AS_ANN, AS_SERVICE, BOB, NOON, Story, minutes


def levels(events: Any) -> list[tuple[int, int, bool]]:
    """Of each escalation the levels before and after, and whether it acted."""
    told = [event for event in events if isinstance(event, TicketEscalated)]
    return [(one.level.before, one.level.after, one.acted) for one in told]


def pushed(story: Story) -> Story:
    return story.by(AS_POLICY)


def test_a_level_is_recorded_with_its_clock_its_mark_and_who_decided_it() -> None:
    story = pushed(reached(running().after(30), 1))
    (event,) = story.then(escalate(1), TicketEscalated)
    assert levels([event]) == [(0, 1, True)]
    assert event.level.since == NOON
    assert event.clock == ClockName(metric="resolution", instance=1)
    assert (event.mark, event.to, event.reason) == ("level-1", None, "mark_reached")
    assert event.by == BY_POLICY
    assert event.occurred_at == NOON + minutes(30)


def test_missing_lower_levels_are_recorded_first_in_the_same_commit() -> None:
    events = pushed(reached(running(), 3)).decide(escalate(3))
    assert levels(events) == [(0, 1, False), (1, 2, False), (2, 3, True)]
    assert [event.mark for event in events] == [None, None, "level-3"]
    assert [event.level.since for event in events] == [NOON] * 3


def test_after_downtime_each_level_is_recorded_and_only_the_highest_acts() -> None:
    story = running()
    for level in (1, 2, 3):
        story = reached(story, level)
    story = pushed(story).after(600)
    for level in (1, 2, 3):
        story = story.when(escalate(level, tags=(f"tag-{level}",)))
    assert levels(story.events) == [(0, 1, False), (1, 2, False), (2, 3, True)]
    added = [event.added for event in story.events if isinstance(event, TagsChanged)]
    assert [[tagged.tag for tagged in one] for one in added] == [["tag-3"]]


def test_a_level_that_was_recorded_is_not_recorded_again() -> None:
    story = at_mark(at_mark(running(), 1), 2)
    for level in (1, 2):
        story.after(5).then_nothing(escalate(level))


def test_each_clock_has_levels_of_its_own_and_the_ticket_has_the_highest() -> None:
    story = at_mark(at_mark(running(), 1), 2)
    story = reached(story, 1, metric="first_response")
    events = story.decide(escalate(1, metric="first_response"))
    assert levels(events) == [(0, 1, True)]
    assert story.told(*events).state.escalation.level.present == 2


def test_a_clock_that_no_longer_runs_is_not_escalated() -> None:
    story = pushed(stopped(reached(running().after(5), 1).after(5)))
    story.then_refused(escalate(1), "clock_stopped", metric="resolution", instance=1)
    story.then_refused(escalate(1, metric="agent_work"), "clock_stopped", since=None)
    assert pushed(reached(story, 1, metric="first_response")).decide(
        escalate(1, metric="first_response")
    )


def test_a_clock_that_stands_still_is_escalated_as_its_mark_does_not_come_again() -> None:
    assert levels(pushed(paused(reached(running(), 1))).decide(escalate(1))) == [(0, 1, True)]


def test_only_a_policy_escalates_a_clock() -> None:
    for actor in (AS_ANN, AS_SERVICE):
        reached(running(), 1).by(actor).then_refused(escalate(1), "not_permitted", needs="policy")


def test_a_mark_without_a_level_does_what_it_says_once_and_leaves_the_level() -> None:
    story = reached(at_mark(running(), 1), None, "soon")
    events = story.decide(escalate(None, "soon", tags=("soon",)))
    assert levels(events) == [(1, 1, True)]
    assert isinstance(events[-1], TagsChanged)
    told = story.told(*events).after(5)
    told.then_nothing(escalate(None, "soon", tags=("sooner",)))
    assert levels(reached(told, None, "half").decide(escalate(None, "half"))) == [(1, 1, True)]


def test_what_a_mark_does_stands_in_one_commit_in_order() -> None:
    story = pushed(reached(running(), 1))
    does: dict[str, Any] = {"agents": (BOB,), "priority": "urgent", "tags": ("late",)}
    kinds = (TicketAssigned, TicketActivated, TicketEscalated, TicketPrioritised, TagsChanged)
    assigned, _, escalated, raised, _ = story.then(escalate(1, **does), *kinds)
    assert assigned.party.after == Party(group="first-line", agent=BOB)
    assert (assigned.reason, escalated.to) == ("escalated", BOB)
    assert (raised.priority.before, raised.priority.after) == ("normal", "urgent")
    assert all(event.by == BY_POLICY for event in (assigned, escalated, raised))


@pytest.mark.parametrize(
    ("held", "asked", "after"),
    [
        ("high", "high", "high"),
        ("urgent", "high", "urgent"),
        ("low", "high", "high"),
        (None, "low", "low"),
        ("p2", "urgent", "urgent"),
    ],
)
def test_a_priority_is_raised_and_never_lowered(held: str | None, asked: str, after: str) -> None:
    story = running().when(PrioritiseTicket(priority=held))
    story = at_mark(story, 1, priority=asked)
    assert story.state.attributes["priority"].present == after


def test_a_priority_that_was_set_by_hand_is_raised_and_stays_set_by_hand() -> None:
    story = running().when(PrioritiseTicket(priority="low"))
    assert story.state.attributes["pinned"].present
    story = at_mark(story, 1, priority="urgent")
    assert story.state.attributes["priority"].present == "urgent"
    assert story.state.attributes["pinned"].present


def test_who_is_to_be_told_is_recorded_and_the_responsible_is_who_had_the_ticket() -> None:
    story = pushed(reached(running().when(AssignTicket(agent=ANN)), 1))
    notify = ("responsible", "group/second-line", f"agent/{ANN}")
    events = story.decide(escalate(1, agents=(BOB,), notify=notify))
    (told,) = [event.notify for event in events if isinstance(event, TicketEscalated)]
    assert told == (Recipient(kind="agent", id=ANN), Recipient(kind="group", id="second-line"))
    queued = pushed(reached(running(), 1)).decide(escalate(1, notify=("responsible",)))
    assert queued[0].notify == (Recipient(kind="group", id="first-line"),)
    intake = running().when(AssignTicket(group=None))
    assert pushed(reached(intake, 1)).decide(escalate(1, notify=("responsible",)))[0].notify == ()


def test_a_ticket_full_of_tags_is_escalated_without_more_of_them() -> None:
    story = running().when(TagTicket(add=tuple(f"t{number}" for number in range(99))))
    story = at_mark(story, 1, tags=("one", "two"))
    assert levels(story.events) == [(0, 1, True)]
    assert "one" in story.state.tags
    assert "two" not in story.state.tags


def test_by_hand_a_ticket_goes_up_by_one_level_or_to_the_one_that_is_stated() -> None:
    story = running().after(5).when(EscalateTicket())
    assert levels(story.events) == [(0, 1, True)]
    (event,) = [one for one in story.events if isinstance(one, TicketEscalated)]
    assert (event.reason, event.clock, event.mark) == ("manual", None, None)
    story = story.when(EscalateTicket(level=3, reason="angry"))
    assert levels(story.events) == [(0, 1, True), (1, 2, False), (2, 3, True)]
    for level in (1, 2, 3):
        story.then_nothing(EscalateTicket(level=level))
    story.when(EscalateTicket(level=9)).then_nothing(EscalateTicket())


def test_by_hand_goes_on_from_the_level_that_a_clock_has_reached() -> None:
    story = at_mark(at_mark(running(), 1), 2).by(AS_ANN)
    assert levels(story.decide(EscalateTicket())) == [(2, 3, True)]
    assert levels(reached(story.when(EscalateTicket()), 3).by(AS_POLICY).decide(escalate(3))) == [
        (2, 3, True)
    ]


def test_a_reopened_ticket_keeps_its_level() -> None:
    story = at_mark(running(), 1).by(AS_ANN).when(SolveTicket(resolution="fixed"))
    story.then_refused(EscalateTicket(), "ticket_solved")
    assert story.state.escalation.level.present == 1


def test_an_escalation_that_is_told_late_is_filed_where_it_belongs() -> None:
    story = running().after(10).when(EscalateTicket(level=2)).recording_late()
    late = EscalateTicket(occurred_at=NOON + minutes(5))
    assert levels(story.decide(late)) == [(0, 1, True)]
    assert story.when(late).state.escalation.level.present == 2


def test_an_import_tells_of_clocks_and_parties_without_asking_whether_they_are_there() -> None:
    story = replace(stopped(running()).past(), history=True)
    events = story.decide(escalate(2, agents=("somebody",)))
    assert levels(events) == [(0, 1, False), (1, 2, True)]
    assert story.told(*events).state.party.present.agent == "somebody"


@pytest.mark.parametrize(
    "stated",
    [
        {"level": 0},
        {"level": 10},
        {"mark": "late"},
        {"clock": {"metric": "resolution", "instance": 1}},
        {"clock": {"metric": "resolution", "instance": 1}, "mark": "late", "group": "a"},
        {"clock": {"metric": "resolution", "instance": 0}, "mark": "late"},
        {"notify": ["bob"]},
        {"priority": "Very high"},
    ],
)
def test_an_escalation_that_makes_no_sense_is_no_command(stated: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EscalateTicket.model_validate(stated)


def test_codes_of_a_policy_are_those_of_its_publication_not_of_the_desk() -> None:
    listed = published("desk", CODES)
    story = reached(running().beside(desk=listed), 1)
    events = pushed(story).decide(escalate(1, priority="high", tags=("unlisted",)))
    assert [type(event) for event in events] == [TicketEscalated, TicketPrioritised, TagsChanged]
    story.by(AS_ANN).then_refused(EscalateTicket(priority="high"), "code_unknown", what="priority")
