"""Live tickets: their events mean the same to clocks as to the ticket itself."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import given

from deskledger.domain.events import Event
from deskledger.domain.shapes import ActorKind
from deskledger.domain.sla.calendar_document import EVERY_DAY
from deskledger.domain.sla.clocks import clocks, in_order
from deskledger.domain.sla.durations import MINUTE
from deskledger.domain.sla.instants import micros_of
from deskledger.domain.sla.policy import Policy
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.terms import Rules
from deskledger.domain.sla.ticket import TicketClocks
from deskledger.domain.sla.views import ClockView
from deskledger.domain.ticket.clock_steps import author_of, clock_steps
from deskledger.domain.ticket.commands import OpenTicket, SolveTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Together
from tests.domain.histories import STEPS, tell
from tests.domain.histories import Step as Told
from tests.domain.stories import ANN, AS_ANN, AS_BOT, AS_CUSTOMER, NOON, Story, desk

METRICS = ("first_response", "next_response", "periodic_update", "time_to_own", "resolution")
POLICY = Policy.model_validate(
    {
        "name": "p",
        "calendar": "always",
        "targets": [{"metric": metric, "within": "PT1H"} for metric in METRICS],
    }
)
RULES = Rules((POLICY,), {"always": EVERY_DAY})


def steps_of(commits: Any) -> list[Step]:
    return in_order(step for commit in commits for step in clock_steps(commit, "agent"))


def shown(story: Story, *commands: Any) -> dict[tuple[str, int], ClockView]:
    """What the clocks show an hour after commands, each some minutes after the one before."""
    commits: list[tuple[Event, ...]] = []
    for actor, command in commands:
        story = story.by(actor) if actor else story
        before = len(story.events)
        story = story.when(command).after(10)
        commits.append(story.events[before:])
    now = micros_of(story.now)
    return {(one.metric, one.instance): one for one in clocks(steps_of(commits), RULES, now)}


@given(STEPS)
def test_the_clocks_end_in_the_state_of_the_ticket(steps: list[Told]) -> None:
    """Status, party, class and tags, late facts and imports included."""
    told = tell(steps)
    state, ticket = told.story.state, TicketClocks(RULES)
    for step in steps_of(told.commits):
        ticket.take(step)
    assert ticket.spans[-1].status == state.status.present.value
    assert ticket.attributes["group"] == state.party.present.group
    assert set(ticket.attributes["tags"]) == {
        tag for tag, held in state.tags.items() if held.present
    }
    for name, attribute in (("priority", "priority"), ("type", "type_code"), ("tier", "tier")):
        assert ticket.attributes[name] == state.attributes[attribute].present
    assert all(
        one.since <= two.since for one, two in zip(ticket.spans, ticket.spans[1:], strict=False)
    )


def whole(*parts: Any) -> Together:
    return Together(parts=parts)


OPENED = (AS_CUSTOMER, whole(OpenTicket(channel="email"), ReceiveMessage(text="Broken")))
REPLY = SendReply(text="Hi")


def test_a_reply_that_solves_is_one_step() -> None:
    done = whole(REPLY, SolveTicket(resolution="fixed"))
    seen = shown(desk(), OPENED, (AS_ANN, TakeTicket()), (AS_ANN, done))
    assert (seen["first_response", 1].state, seen["first_response", 1].used) == ("met", 20 * MINUTE)
    assert (seen["time_to_own", 1].state, seen["time_to_own", 1].used) == ("met", 10 * MINUTE)
    assert seen["resolution", 1].state == "met"
    assert ("periodic_update", 1) not in seen


def test_the_first_message_belongs_to_the_opening_and_later_ones_start_a_run() -> None:
    question = (AS_CUSTOMER, ReceiveMessage(text="Well?"))
    seen = shown(desk(), OPENED, question, (AS_ANN, REPLY), question)
    assert seen["next_response", 1].start == micros_of(NOON) + 30 * MINUTE
    assert seen["periodic_update", 1].start == micros_of(NOON) + 20 * MINUTE


def test_a_bot_answers_nothing_and_a_note_no_customer() -> None:
    seen = shown(desk(), OPENED, (AS_BOT, REPLY), (AS_ANN, AddNote(text="Hm")))
    assert seen["first_response", 1].state == "running"


def test_only_a_call_that_was_answered_is_a_contact_of_the_desk() -> None:
    missed = LogCall(direction="out", answered=False, started_at=NOON, ended_at=NOON)
    spoken = LogCall(direction="in", answered=True, started_at=NOON, ended_at=NOON)
    seen = shown(desk(), OPENED, (AS_ANN, missed))
    assert seen["first_response", 1].state == "running"
    seen = shown(desk(), OPENED, (AS_ANN, spoken))
    assert seen["first_response", 1].state == "met"


def test_a_customers_message_that_reopens_starts_a_run_on_the_open_ticket() -> None:
    done = (AS_ANN, whole(REPLY, SolveTicket(resolution="fixed")))
    seen = shown(desk(), OPENED, done, (AS_CUSTOMER, ReceiveMessage(text="It is not")))
    assert seen["next_response", 1].start == micros_of(NOON) + 20 * MINUTE
    assert seen["resolution", 1].state == "running"
    assert seen["resolution", 1].used == 20 * MINUTE


def test_whoever_has_a_ticket_from_its_opening_owned_it_at_once() -> None:
    opened = OpenTicket(channel="phone", direction="out", agent=ANN)
    seen = shown(desk(), (AS_ANN, whole(opened, REPLY)))
    assert (seen["time_to_own", 1].state, seen["time_to_own", 1].used) == ("met", 0)
    assert seen["periodic_update", 1].start == micros_of(NOON)
    assert seen["first_response", 1].state == "running"


def test_clocks_know_agents_customers_and_take_all_others_for_bots() -> None:
    authors = {kind: author_of(kind) for kind in get_args(ActorKind)}
    assert {kind for kind, author in authors.items() if author == "agent"} == {"agent", "importer"}
    assert {kind for kind, author in authors.items() if author == "customer"} == {"customer"}
