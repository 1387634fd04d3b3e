"""Who gets an escalated ticket: the first who is there now; who is on leave or gone is passed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from deskledger.domain.agent.commands import RemoveAgent
from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.availability.events import Availability
from deskledger.domain.availability.months import availability_stream
from deskledger.domain.group.commands import CloseGroup
from deskledger.domain.shapes import Party
from deskledger.domain.ticket.commands import AssignTicket
from deskledger.domain.ticket.escalation import EscalateTicket, PassedOver, TicketEscalated
from deskledger.domain.ticket.events import TicketAssigned
from tests.domain.marks import AS_POLICY, escalate, reached, running
from tests.domain.stories import ANN, AS_ANN, BOB, NOON, Story, agent, group

CAROL = "33333333-3333-8333-8333-333333333333"


def said(who: str, availability: Availability, at: datetime = NOON) -> Story:
    """A month in which an agent said whether they are there."""
    story = Story(stream=availability_stream(who, at), now=at).beside(who=agent(who))
    return story.when(SetAvailability(availability=availability))


def ticket(**beside: Story) -> Story:
    """A ticket in first-line at whose clock a mark of level 1 was reached."""
    return reached(running(), 1).by(AS_POLICY).beside(**beside)


def receive(story: Story, **named: Any) -> tuple[str | None, list[tuple[str, str]], Party]:
    """Who is found, who was asked in vain and why, and who is responsible then."""
    events = story.decide(escalate(1, **named))
    (escalated,) = [event for event in events if isinstance(event, TicketEscalated)]
    assert sum(isinstance(event, TicketAssigned) for event in events) <= 1
    passed = [(one.id, one.reason) for one in escalated.passed_over]
    return escalated.to, passed, story.told(*events).state.party.present


def test_the_first_who_is_there_gets_the_ticket() -> None:
    found = receive(ticket(ann=said(ANN, "available"), bob=said(BOB, "busy")), agents=(ANN, BOB))
    assert found == (ANN, [], Party(group="first-line", agent=ANN))
    story = ticket(ann=said(ANN, "available"), bob=said(BOB, "busy"))
    assert receive(story, agents=(BOB, ANN))[0] == BOB


def test_who_is_on_leave_or_gone_is_passed_over_for_the_next_and_that_is_recorded() -> None:
    story = ticket(
        ann=said(ANN, "away"), left=agent(CAROL).when(RemoveAgent()), bob=said(BOB, "available")
    )
    to, passed, party = receive(story, agents=(CAROL, "nobody", ANN, BOB))
    assert (to, party) == (BOB, Party(group="first-line", agent=BOB))
    assert passed == [(CAROL, "left"), ("nobody", "unknown"), (ANN, "away")]


def test_nobody_there_leaves_the_ticket_where_it_is_and_says_whom_it_asked() -> None:
    story = ticket(ann=said(ANN, "away"), bob=said(BOB, "away"))
    expected = (None, [(ANN, "away"), (BOB, "away")], Party(group="first-line", agent=None))
    assert receive(story, agents=(ANN, BOB)) == expected


def test_the_group_gets_the_ticket_where_none_of_its_members_is_there() -> None:
    story = ticket(ann=said(ANN, "available"), bob=said(BOB, "away"))
    to, passed, party = receive(story, agents=(ANN, BOB), group="second-line")
    assert (to, party) == ("second-line", Party(group="second-line", agent=None))
    assert passed == [(ANN, "not_in_group"), (BOB, "away")]
    here = ticket(bob=said(BOB, "available"))
    assert receive(here, agents=(BOB,), group="second-line")[2] == Party(
        group="second-line", agent=BOB
    )


def test_a_closed_group_stands_aside_for_its_successor() -> None:
    closed = (
        group("old").beside(heir=group("second-line")).when(CloseGroup(successor="second-line"))
    )
    to, passed, party = receive(ticket(old=closed), group="old")
    assert (to, party) == ("second-line", Party(group="second-line", agent=None))
    assert passed == [("old", "closed")]
    gone = group("second-line", BOB).beside(x=group("x")).when(CloseGroup(successor="x"))
    assert receive(ticket(old=closed, second=gone), group="old")[0] is None
    for name, why in (("old", "closed"), ("nowhere", "unknown")):
        story = ticket(old=group("old").when(CloseGroup()))
        assert receive(story, group=name)[:2] == (None, [(name, why)])


def test_an_agent_of_another_group_takes_the_ticket_out_of_its_own() -> None:
    story = ticket(carol=agent(CAROL), here=said(CAROL, "available"))
    assert receive(story, agents=(CAROL,))[2] == Party(group=None, agent=CAROL)


def test_who_has_the_ticket_already_is_found_and_nothing_is_assigned() -> None:
    story = running().when(AssignTicket(agent=BOB)).beside(bob=said(BOB, "available"))
    events = reached(story, 1).by(AS_POLICY).decide(escalate(1, agents=(BOB,)))
    assert [type(event) for event in events] == [TicketEscalated]
    assert events[0].to == BOB


def test_whether_somebody_is_there_is_looked_at_as_of_now_over_months_of_utc() -> None:
    year_end = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    story = ticket(ann=said(ANN, "away", year_end), bob=said(BOB, "available", year_end))
    assert receive(story, agents=(ANN, BOB))[:2] == (BOB, [(ANN, "away")])
    back = said(ANN, "available", NOON)
    assert receive(story.beside(ann=back), agents=(ANN, BOB))[0] == ANN
    later = said(ANN, "available", datetime(2026, 3, 2, 12, 4, tzinfo=UTC))
    assert receive(story.beside(ann=later), agents=(ANN, BOB))[0] == BOB
    assert receive(story.beside(ann=later).after(5), agents=(ANN, BOB))[0] == ANN


def test_agents_of_whom_nothing_was_ever_said_come_after_those_who_are_there() -> None:
    assert receive(ticket(), agents=(ANN, BOB))[:2] == (ANN, [(BOB, "offline")])
    here = ticket(bob=said(BOB, "available"))
    assert receive(here, agents=(ANN, BOB))[:2] == (BOB, [(ANN, "offline")])
    away = ticket(ann=said(ANN, "away"))
    assert receive(away, agents=(ANN, BOB), group="first-line")[:2] == (BOB, [(ANN, "away")])


def by_hand(story: Story, **named: Any) -> tuple[str | None, tuple[PassedOver, ...], Party]:
    events = story.by(AS_ANN).decide(EscalateTicket(**named))
    (escalated,) = [event for event in events if isinstance(event, TicketEscalated)]
    party = story.told(*events).state.party.present
    return escalated.to, escalated.passed_over, party


def test_by_hand_whoever_was_named_gets_the_ticket_there_or_not() -> None:
    story = ticket(ann=said(ANN, "away"), bob=said(BOB, "available"))
    assert by_hand(story, agents=(ANN,)) == (ANN, (), Party(group="first-line", agent=ANN))
    away = PassedOver(kind="agent", id=ANN, reason="away")
    assert by_hand(story, agents=(ANN, BOB))[:2] == (BOB, (away,))
    queue = ("second-line", (), Party(group="second-line", agent=None))
    assert by_hand(story, group="second-line") == queue


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("agent_unknown", {"agents": ("nobody",)}),
        ("agent_left", {"agents": (BOB, CAROL)}),
        ("agent_not_in_group", {"agents": (ANN,), "group": "second-line"}),
        ("group_unknown", {"group": "nowhere"}),
        ("group_closed", {"group": "old"}),
    ],
)
def test_by_hand_a_party_that_may_not_have_the_ticket_is_refused(
    code: str, named: dict[str, Any]
) -> None:
    gone = {"carol": agent(CAROL).when(RemoveAgent()), "old": group("old").when(CloseGroup())}
    ticket(**gone).by(AS_ANN).then_refused(EscalateTicket(**named), code)
