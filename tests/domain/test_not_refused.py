"""What is let through: the past as it was, and what people may do beside the rule."""

from __future__ import annotations

from dataclasses import replace

from deskledger.domain.shapes import Party
from deskledger.domain.ticket.commands import (
    AssignTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    ReopenTicket,
    SolveTicket,
)
from deskledger.domain.ticket.contact_commands import ReceiveMessage, SendReply
from tests.domain.refused_situations import NOBODY, OPEN, blocked_ticket, solved, ticket
from tests.domain.stories import AS_ANN, AS_CUSTOMER, AS_SERVICE, CUSTOMER, NOON, minutes


def test_nothing_is_guarded_when_the_past_is_imported() -> None:
    story = (
        ticket()
        .past()
        .when(
            AssignTicket(group="nowhere", agent=NOBODY),
            SolveTicket(),
            CloseTicket(),
            SendReply(text="Hi"),
            HoldTicket(),
        )
    )
    assert story.state.party.present == Party(group="nowhere", agent=NOBODY)
    changed = [type(event).__name__ for event in story.events[1:]]
    assert changed == [
        "TicketAssigned",
        "TicketSolved",
        "TicketClosed",
        "ReplySent",
        "TicketReopened",
        "TicketPaused",
    ]
    assert story.state.status.present == "on_hold"


def test_an_import_cannot_go_before_the_opening_either() -> None:
    story = ticket().past()
    story.then_refused(CloseTicket(occurred_at=NOON - minutes(1)), "time_before_opening")


def test_a_customer_who_is_blocked_may_still_be_called() -> None:
    outbound = OpenTicket(channel="phone", direction="out", customer=CUSTOMER)
    assert blocked_ticket().by(AS_ANN).decide(outbound)


def test_what_a_blocked_customer_says_is_recorded_by_an_agent_who_wants_to() -> None:
    blocked = blocked_ticket().when(OPEN)
    letter = ReceiveMessage(text="Sorry")
    agents = replace(blocked.by(AS_ANN), on_behalf_of=AS_CUSTOMER)
    for story in (agents, blocked.by(AS_CUSTOMER).past()):
        assert story.decide(letter)[0].type == "CustomerMessageReceived"
    for story in (blocked.by(AS_CUSTOMER), replace(agents, actor=AS_SERVICE)):
        story.then_refused(letter, "customer_blocked", customer=CUSTOMER)


def test_a_customer_may_be_told_apart_from_an_agent_in_reopening() -> None:
    by_agent = solved().decide(ReopenTicket())
    by_customer = solved().by(AS_CUSTOMER).decide(ReopenTicket())
    assert [event.reason for event in (*by_agent, *by_customer)] == ["agent", "rejected"]
